// What clients were seen to send before their user signs in, step by step: [method, path, headers, what must come back].

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

const REGISTER = ['POST', '/register', {}, 'registered'];

export const LADDERS = {
  'sdk-v1, sdk-v2': [
    ['POST', '/mcp', EITHER, 'challenge'],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025 }, 'server'],
    REGISTER,
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025 }, 'server'],
  ],
  'sdk-v2 auto': [
    ['POST', '/mcp', DISCOVER, 'challenge'],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, ...V2025 }, 'server'],
    REGISTER,
  ],
  'py-mcp, fastmcp': [
    ['POST', '/mcp', DISCOVER, 'challenge'],
    ['GET', `${PR}/mcp`, V2026, 'resource'],
    ['GET', AS, V2026, 'server'],
    REGISTER,
  ],
  'mcp-remote': [
    ['GET', '/mcp', EITHER, 'challenge'],
    ['GET', `${PR}/mcp`, { ...JSON_ONLY, 'accept-encoding': 'identity' }, 'resource'],
    ['GET', AS, JSON_ONLY, 'server'],
    ['GET', '/mcp', EITHER, 'challenge'],
    ['POST', '/mcp', { ...EITHER, ...V2025, 'mcp-method': 'initialize' }, 'challenge'],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, JSON_ONLY, 'server'],
    REGISTER,
  ],
  'gemini-core': [
    ['POST', '/mcp', EITHER, 'challenge'],
    ['HEAD', '/mcp', JSON_ONLY, 'challenge'],
    ['GET', `${PR}/mcp`, ANY, 'resource'],
    ['GET', AS, ANY, 'server'],
    ['GET', AS, ANY, 'server'],
    REGISTER,
  ],
  rmcp: [
    ['GET', '/mcp', V2024, 'challenge'],
    ['GET', `${PR}/mcp`, V2024, 'resource'],
    ['GET', AS, V2024, 'server'],
    REGISTER,
  ],
  'rmcp without the challenge': [
    ['GET', `${PR}/mcp`, V2024, 'resource'],
    ['GET', `/mcp${PR}`, V2024, 'resource'],
    ['GET', PR, V2024, 'resource'],
    ['GET', `${AS}/mcp`, V2024, 'server'],
    ['GET', `${OIDC}/mcp`, V2024, 'absent'],
    ['GET', `/mcp${OIDC}`, V2024, 'absent'],
    ['GET', AS, V2024, 'server'],
  ],
  'Claude Code, older': [
    ['GET', `${AS}/mcp`, JSON_ONLY, 'server'],
    ['GET', `${OIDC}/mcp`, JSON_ONLY, 'absent'],
    ['GET', `/mcp${OIDC}`, JSON_ONLY, 'absent'],
    ['GET', `${PR}/mcp`, ANY, 'resource'],
    ['GET', PR, ANY, 'resource'],
    ['GET', AS, JSON_ONLY, 'server'],
    ['GET', OIDC, JSON_ONLY, 'absent'],
    REGISTER,
  ],
  'claude.ai': [
    ['POST', '/mcp', { ...EITHER, 'user-agent': 'Claude-User' }, 'challenge'],
    ['GET', `${PR}/mcp`, { 'user-agent': 'python-httpx/0.28.1' }, 'resource'],
    ['GET', PR, { 'user-agent': 'python-httpx/0.28.1' }, 'resource'],
    ['GET', AS, { 'user-agent': 'python-httpx/0.28.1' }, 'server'],
    ['GET', OIDC, { 'user-agent': 'python-httpx/0.28.1' }, 'absent'],
    REGISTER,
  ],
  'Codex, older': [
    ['GET', `${AS}/mcp`, {}, 'server'],
    ['GET', `/mcp${AS}`, {}, 'server'],
    ['GET', AS, {}, 'server'],
  ],
  ChatGPT: [
    ['POST', '/mcp', { ...EITHER, 'user-agent': 'openai-mcp/1.0.0' }, 'challenge'],
    ['GET', `${PR}/mcp`, { 'user-agent': 'Python/3.12 aiohttp/3.13.5' }, 'resource'],
    ['GET', `${PR}/mcp`, { 'user-agent': 'Python/3.12 aiohttp/3.13.5' }, 'resource'],
    ['GET', AS, { 'user-agent': 'Python/3.12 aiohttp/3.13.5' }, 'server'],
    ['GET', OIDC, { 'user-agent': 'Python/3.12 aiohttp/3.13.5' }, 'absent'],
  ],
  LibreChat: [
    ['HEAD', '/mcp', {}, 'challenge'],
    ['POST', '/mcp', {}, 'challenge'],
    ['GET', `${PR}/mcp`, ANY, 'resource'],
  ],
  mcporter: [
    ['POST', '/mcp', EITHER, 'challenge'],
    ['POST', '/mcp', EITHER, 'challenge'],
    ['GET', `${PR}/mcp`, { ...EITHER, ...V2025 }, 'resource'],
    ['GET', AS, { accept: 'application/json, text/event-stream, application/json', ...V2025 }, 'server'],
    REGISTER,
  ],
  'inspector-cli': [
    ['POST', '/mcp', EITHER, 'challenge'],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2025 }, 'resource'],
    ['GET', AS, JSON_ONLY, 'server'],
    REGISTER,
  ],
  'ai-sdk': [
    ['POST', '/mcp', { ...DISCOVER, 'user-agent': 'ai-sdk/2.0.99' }, 'challenge'],
    ['GET', `${PR}/mcp`, { ...ANY, ...V2026 }, 'resource'],
    ['GET', AS, { ...ANY, ...V2026 }, 'server'],
    REGISTER,
    ['GET', `${PR}/mcp`, { ...ANY, ...V2026 }, 'resource'],
    ['GET', AS, { ...ANY, ...V2026 }, 'server'],
  ],
  oauth4webapi: [
    ['GET', `${PR}/mcp`, { ...JSON_ONLY, 'user-agent': 'oauth4webapi/v3.8.8' }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, 'user-agent': 'oauth4webapi/v3.8.8' }, 'server'],
  ],
  'use-mcp, in a browser': [
    ['POST', '/mcp', { ...EITHER, origin: 'http://localhost:8940' }, 'challenge'],
    ['GET', `${PR}/mcp`, { ...EITHER, ...V2025, origin: 'http://localhost:8940' }, 'resource'],
    ['GET', AS, { ...JSON_ONLY, origin: 'http://localhost:8940' }, 'server'],
    REGISTER,
  ],
};
