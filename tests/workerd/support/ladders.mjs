// What clients were seen to send before their user signs in, step by step:
// [method, path, headers, what must come back, the body if it is not the usual one].

const JSON_ONLY = { accept: 'application/json' };
const ANY = { accept: '*/*', 'user-agent': 'node' };
const EITHER = { accept: 'application/json, text/event-stream', 'user-agent': 'node' };
const V2025 = { 'mcp-protocol-version': '2025-11-25' };
const V2026 = { 'mcp-protocol-version': '2026-07-28' };
const V2024 = { accept: '*/*', 'mcp-protocol-version': '2024-11-05' };
const DISCOVER = { ...EITHER, ...V2026, 'mcp-method': 'server/discover' };

const PR = '/.well-known/oauth-protected-resource';
const AS = '/.well-known/oauth-authorization-server';
const OIDC = '/.well-known/openid-configuration';

/** What all of them register, and what one adds. */
function registers(more, headers = {}) {
  const common = {
    client_name: 'A client',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: ['http://localhost:33418/callback'],
    response_types: ['code'],
    scope: 'mcp',
    token_endpoint_auth_method: 'none',
  };
  return ['POST', '/register', headers, 'registered', { ...common, ...more }];
}

/** What a page's browser asks before it sends a request with these headers. */
function preflight(method, path, headers) {
  const asked = { 'access-control-request-method': method, 'access-control-request-headers': headers };
  return ['OPTIONS', path, { ...PAGE, ...asked }, 'preflight'];
}

const PAGE = { origin: 'http://localhost:8940' };
const HTTPX = { accept: '*/*', 'user-agent': 'python-httpx/0.28.1' };
const AIOHTTP = { accept: '*/*', 'user-agent': 'Python/3.12 aiohttp/3.13.5' };
const CODE = { accept: 'application/json', 'user-agent': 'Visual Studio Code/1.120.0' };
const NATIVE = { application_type: 'native' };

export const LADDERS = {
  'sdk-v1': [
    ['POST', '/mcp', EITHER, 'challenge'],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025 }, 'server'],
    registers(),
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025 }, 'server'],
  ],
  'sdk-v2': [
    ['POST', '/mcp', EITHER, 'challenge'],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025 }, 'server'],
    registers(NATIVE),
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025 }, 'server'],
  ],
  'sdk-v2 auto': [
    ['POST', '/mcp', DISCOVER, 'challenge'],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025 }, 'server'],
    registers(NATIVE),
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025 }, 'server'],
  ],
  'the TypeScript SDK without the challenge, all its rungs': [
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', PR, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025 }, 'server'],
    ['GET', OIDC, { ...JSON_ONLY, ...V2025 }, 'absent'],
    ['GET', `${AS}/mcp`, { ...JSON_ONLY, ...V2025 }, 'server'],
    ['GET', `${OIDC}/mcp`, { ...JSON_ONLY, ...V2025 }, 'absent'],
    ['GET', `/mcp${OIDC}`, { ...JSON_ONLY, ...V2025 }, 'absent'],
    registers(),
  ],
  'py-mcp, fastmcp': [
    ['POST', '/mcp', { ...DISCOVER, 'user-agent': 'python-httpx2' }, 'challenge'],
    ['GET', `${PR}/mcp`, V2026, 'resource'],
    ['GET', AS, V2026, 'server'],
    registers({ ...NATIVE, redirect_uris: ['http://localhost:51004/callback'] }, V2026),
  ],
  'the Python SDK without the challenge, all its rungs': [
    ['GET', `${PR}/mcp`, V2026, 'resource'],
    ['GET', PR, V2026, 'resource'],
    ['GET', AS, V2026, 'server'],
    ['GET', OIDC, V2026, 'absent'],
    registers(NATIVE, V2026),
  ],
  'mcp-remote': [
    ['GET', '/mcp', EITHER, 'challenge'],
    ['GET', `${PR}/mcp`, { ...JSON_ONLY, 'accept-encoding': 'identity', 'user-agent': 'undici' }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, 'user-agent': 'undici' }, 'server'],
    ['GET', '/mcp', EITHER, 'challenge'],
    ['POST', '/mcp', { ...EITHER, ...V2025, 'mcp-method': 'initialize' }, 'challenge'],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, 'user-agent': 'node' }, 'server'],
    registers({
      ...NATIVE,
      client_name: 'MCP CLI Proxy',
      client_uri: 'https://github.com/modelcontextprotocol/mcp-cli',
      redirect_uris: ['http://localhost:3335/oauth/callback'],
      software_id: '2e6dc280-f3c3-4e01-99a7-8181dbd1d23d',
      software_version: '0.15.1',
    }),
  ],
  'mcp-remote, ai-sdk without the document of the resource': [
    ['GET', `${AS}/mcp`, JSON_ONLY, 'server'],
    ['GET', AS, JSON_ONLY, 'server'],
  ],
  'gemini-core': [
    ['POST', '/mcp', EITHER, 'challenge'],
    ['HEAD', '/mcp', JSON_ONLY, 'challenge'],
    ['GET', `${PR}/mcp`, ANY, 'resource'],
    ['GET', AS, ANY, 'server'],
    ['GET', AS, ANY, 'server'],
    registers({ client_name: 'Gemini CLI MCP Client', redirect_uris: ['http://localhost:51004/oauth/callback'] }),
  ],
  'gemini-core at the bare host, and without the challenge': [
    ['HEAD', '/', { accept: 'text/event-stream', 'user-agent': 'node' }, 'challenge'],
    ['GET', PR, ANY, 'resource'],
    ['GET', AS, ANY, 'server'],
  ],
  'rmcp, Codex, goose': [
    ['GET', '/mcp', V2024, 'challenge'],
    ['GET', `${PR}/mcp`, V2024, 'resource'],
    ['GET', AS, V2024, 'server'],
    registers({ ...NATIVE, client_name: 'Codex', redirect_uris: ['http://127.0.0.1:51004/callback/aGVsbG8'] }),
  ],
  'rmcp that says nothing of what it takes': [
    ['GET', '/mcp', { 'mcp-protocol-version': '2024-11-05' }, 'challenge'],
    ['GET', `${PR}/mcp`, { 'mcp-protocol-version': '2024-11-05' }, 'resource'],
  ],
  'rmcp without the challenge': [
    ['GET', `${PR}/mcp`, V2024, 'resource'],
    ['GET', `/mcp${PR}`, V2024, 'resource'],
    ['GET', PR, V2024, 'resource'],
    ['GET', `${AS}/mcp`, V2024, 'server'],
    ['GET', `${OIDC}/mcp`, V2024, 'absent'],
    ['GET', `/mcp${OIDC}`, V2024, 'absent'],
    ['GET', AS, V2024, 'server'],
    registers(NATIVE),
  ],
  'Claude Code, older': [
    ['GET', `${AS}/mcp`, JSON_ONLY, 'server'],
    ['GET', `${OIDC}/mcp`, JSON_ONLY, 'absent'],
    ['GET', `/mcp${OIDC}`, JSON_ONLY, 'absent'],
    ['GET', `${PR}/mcp`, ANY, 'resource'],
    ['GET', PR, ANY, 'resource'],
    ['GET', AS, JSON_ONLY, 'server'],
    ['GET', OIDC, JSON_ONLY, 'absent'],
    registers(),
  ],
  'claude.ai': [
    ['POST', '/mcp', { ...EITHER, 'user-agent': 'Claude-User' }, 'challenge'],
    ['GET', `${PR}/mcp`, HTTPX, 'resource'],
    ['GET', PR, HTTPX, 'resource'],
    ['GET', AS, HTTPX, 'server'],
    ['GET', OIDC, HTTPX, 'absent'],
    registers({ redirect_uris: ['https://claude.ai/api/mcp/auth_callback'] }, HTTPX),
  ],
  'claude.ai, older, that looks at the bare host and guesses': [
    ['HEAD', '/', HTTPX, 'challenge'],
    ['GET', '/', HTTPX, 'page'],
    registers({ redirect_uris: ['https://claude.ai/api/mcp/auth_callback'] }, HTTPX),
    ['GET', '/authorize', HTTPX, 'refused page'],
    ['POST', '/token', HTTPX, 'refused', {}],
  ],
  'Codex, older': [
    ['GET', `${AS}/mcp`, {}, 'server'],
    ['GET', `/mcp${AS}`, {}, 'server'],
    ['GET', AS, {}, 'server'],
  ],
  ChatGPT: [
    ['POST', '/mcp', { ...EITHER, 'user-agent': 'openai-mcp/1.0.0' }, 'challenge'],
    ['GET', `${PR}/mcp`, AIOHTTP, 'resource'],
    ['GET', `${PR}/mcp`, AIOHTTP, 'resource'],
    ['GET', AS, AIOHTTP, 'server'],
    ['GET', OIDC, AIOHTTP, 'absent'],
    registers({ client_name: 'ChatGPT', redirect_uris: ['https://chatgpt.com/connector/oauth/abc'] }, AIOHTTP),
  ],
  'VS Code, Copilot Chat': [
    ['POST', '/mcp', { ...EITHER, 'user-agent': CODE['user-agent'] }, 'challenge'],
    ['GET', `${PR}/mcp`, { ...CODE, ...V2025 }, 'resource'],
    ['GET', PR, { ...CODE, ...V2025 }, 'resource'],
    ['GET', AS, { ...CODE, ...V2025 }, 'server'],
    ['GET', `${AS}/mcp`, { ...CODE, ...V2025 }, 'server'],
    ['GET', `${OIDC}/mcp`, { ...CODE, ...V2025 }, 'absent'],
    ['GET', `/mcp${OIDC}`, { ...CODE, ...V2025 }, 'absent'],
    registers({
      client_name: 'Visual Studio Code',
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
    }),
  ],
  Cursor: [
    ['POST', '/mcp', EITHER, 'challenge'],
    ['GET', `${PR}/mcp`, ANY, 'resource'],
    ['GET', PR, ANY, 'resource'],
    ['GET', AS, JSON_ONLY, 'server'],
    registers({
      client_name: 'Cursor',
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ],
    }),
  ],
  n8n: [
    ['POST', '/mcp', EITHER, 'challenge'],
    ['GET', `${PR}/mcp`, JSON_ONLY, 'resource'],
    ['GET', AS, JSON_ONLY, 'server'],
    registers({ client_name: 'n8n', redirect_uris: ['https://n8n.example/rest/oauth2-credential/callback'] }),
  ],
  LibreChat: [
    ['HEAD', '/mcp', {}, 'challenge'],
    ['POST', '/mcp', {}, 'challenge', {}],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025 }, 'server'],
    registers({ redirect_uris: ['https://chat.example/api/mcp/home/oauth/callback'] }),
  ],
  mcporter: [
    ['POST', '/mcp', EITHER, 'challenge'],
    ['POST', '/mcp', EITHER, 'challenge'],
    ['GET', `${PR}/mcp`, { ...EITHER, ...V2025 }, 'resource'],
    ['GET', AS, { accept: 'application/json, text/event-stream, application/json', ...V2025 }, 'server'],
    registers({ redirect_uris: ['http://127.0.0.1:51004/callback'] }),
    ['GET', `${PR}/mcp`, { ...EITHER, ...V2025 }, 'resource'],
    ['GET', AS, { accept: 'application/json, text/event-stream, application/json', ...V2025 }, 'server'],
  ],
  'inspector-cli': [
    ['POST', '/mcp', EITHER, 'challenge'],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, JSON_ONLY, 'server'],
    registers({
      ...NATIVE,
      client_name: 'MCP Inspector',
      client_uri: 'https://github.com/modelcontextprotocol/inspector',
      redirect_uris: ['http://127.0.0.1:6276/oauth/callback'],
    }),
  ],
  'ai-sdk': [
    ['POST', '/mcp', { ...DISCOVER, 'user-agent': 'ai-sdk/2.0.99' }, 'challenge'],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2026 }, 'resource'],
    ['GET', AS, { ...ANY, ...V2026 }, 'server'],
    registers(NATIVE),
    ['GET', `${PR}/mcp`, { ...ANY, ...V2026 }, 'resource'],
    ['GET', AS, { ...ANY, ...V2026 }, 'server'],
  ],
  oauth4webapi: [
    ['GET', `${PR}/mcp`, { ...JSON_ONLY, 'user-agent': 'oauth4webapi/v3.8.8' }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, 'user-agent': 'oauth4webapi/v3.8.8' }, 'server'],
  ],
  'use-mcp, in a browser': [
    preflight('POST', '/mcp', 'content-type'),
    ['POST', '/mcp', { ...EITHER, ...PAGE }, 'challenge'],
    preflight('GET', `${PR}/mcp`, 'mcp-protocol-version'),
    ['GET', `${PR}/mcp`, { ...EITHER, ...V2025, ...PAGE }, 'resource'],
    preflight('GET', AS, 'mcp-protocol-version'),
    ['GET', AS, { ...JSON_ONLY, ...V2025, ...PAGE }, 'server'],
    preflight('POST', '/register', 'content-type'),
    registers({ client_uri: 'http://localhost:8940', redirect_uris: ['http://localhost:8940/oauth/callback'] }, PAGE),
    ['GET', `${PR}/mcp`, { ...EITHER, ...V2025, ...PAGE }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025, ...PAGE }, 'server'],
    preflight('POST', '/token', 'content-type'),
    preflight('POST', '/mcp', 'authorization,content-type'),
    preflight('POST', '/mcp', 'authorization,content-type,mcp-protocol-version,mcp-session-id'),
    preflight('GET', '/mcp', 'authorization,mcp-protocol-version,mcp-session-id'),
  ],
};
