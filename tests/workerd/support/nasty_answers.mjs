// Answers of home, and of what stands in its place or on the way to it.

import { gzipSync } from 'node:zlib';

import { errorPage, headersOf, numberedPage, structured } from './cloudflare_pages.mjs';
import { HOMES_OWN, RESULT, answer } from './raw_answer.mjs';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
const TEXT = { 'Content-Type': 'text/plain' };

const page = (title) => `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1><p>${HOMES_OWN}</p></body></html>\n`;
const rpcError = (code, message) => ` {"jsonrpc":"2.0",\r\n "id":1,"error":{"code":${code},"message":"${message}: Gr\u00fc\u00dfe"}} `;
const redirect = (status, location) => answer(status, { ...HTML, ...(location && { Location: location }) }, page('Moved'));

const REDIRECTS = {
  '300 with choices': redirect(300),
  '301 elsewhere': redirect(301, `https://${HOMES_OWN}.example/`),
  '302 to a sign-in': redirect(302, '/login'),
  '302 to the same with a slash': redirect(302, '/mcp/'),
  '302 to Access': redirect(302, 'https://team.cloudflareaccess.com/cdn-cgi/access/login/home.example.net?redirect_url=%2Fmcp'),
  '303 to a page': redirect(303, '/thanks'),
  304: answer(304),
  '307 to another path': redirect(307, '/other'),
  '307 to another host': redirect(307, 'http://127.0.0.2:1/mcp/'),
  '307 without an address': redirect(307),
  '308 with another query': redirect(308, '/mcp/?x=1'),
};

const inJson = (status, number, title) => answer(status, { ...headersOf('application/json; charset=utf-8'), 'Retry-After': '120' }, structured(status, number, title));
const cloudflares = (status, title) => [
  [`${status} of Cloudflare`, answer(status, headersOf('text/html; charset=UTF-8'), errorPage(status, title))],
  [`${status} of Cloudflare, in JSON`, inJson(status, status, title)],
];
const numbered = (number, title) => [
  [`530 of Cloudflare, a page with ${number}`, answer(530, headersOf('text/html; charset=UTF-8'), numberedPage(number, title))],
  [`530 of Cloudflare, a line with ${number}`, answer(530, headersOf('text/plain; charset=UTF-8'), `error code: ${number}`)],
  [`530 of Cloudflare, JSON with ${number}`, inJson(530, number, title)],
];

const CLOUDFLARE = Object.fromEntries([
  ...cloudflares(502, 'Bad gateway'),
  ...cloudflares(504, 'Gateway time-out'),
  ...cloudflares(520, 'Web server is returning an unknown error'),
  ...cloudflares(521, 'Web server is down'),
  ...cloudflares(522, 'Connection timed out'),
  ...cloudflares(523, 'Origin is unreachable'),
  ...cloudflares(524, 'A timeout occurred'),
  ...cloudflares(525, 'SSL handshake failed'),
  ...cloudflares(526, 'Invalid SSL certificate'),
  ...numbered(1000, 'DNS points to prohibited IP'),
  ...numbered(1016, 'Origin DNS error'),
  ...numbered(1033, 'Cloudflare Tunnel error'),
  ['521 of Cloudflare, with a ray that has other numbers in it', answer(521, headersOf('text/html; charset=UTF-8'), errorPage(521, 'Web server is down').replace('8f2d4c7b', '81016103'))],
]);

const PROXIES = {
  '502 of a proxy': answer(502, HTML, page('502 Bad Gateway')),
  '502 without a body': answer(502),
  '503 of a proxy': answer(503, { ...HTML, 'Retry-After': '3600' }, page('503 Service Temporarily Unavailable')),
  '504 of a proxy': answer(504, HTML, page('504 Gateway Time-out')),
  'a status of 600': answer(600, JSON_TYPE, RESULT),
  'a status of 999': answer(999),
};

const REFUSALS = {
  '401 with a Bearer challenge': answer(
    401,
    { ...JSON_TYPE, 'WWW-Authenticate': `Bearer resource_metadata="https://${HOMES_OWN}.example/x"` },
    '{"error":"invalid_token"}',
  ),
  '401 with a Basic challenge': answer(401, { ...HTML, 'WWW-Authenticate': `Basic realm="${HOMES_OWN}"` }, page('401')),
  '401 with two challenges': answer(401, { ...TEXT, 'WWW-Authenticate': ['Bearer', `bAsIc realm="${HOMES_OWN}"`] }, 'no'),
  '401 without a challenge': answer(401, TEXT, 'Unauthorized'),
  '403 of a proxy': answer(403, HTML, page('403 Forbidden')),
  '403 for want of scope': answer(403, { ...JSON_TYPE, 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="all"' }, '{}'),
  "403 as of the TypeScript SDK's guard": answer(403, JSON_TYPE, '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Invalid Host: home.example.net"},"id":null}'),
  "403 as of the Python SDK's guard": answer(403, TEXT, 'Invalid Origin header'),
  407: answer(407, { 'Proxy-Authenticate': `Basic realm="${HOMES_OWN}"` }),
  "421 as of the Python SDK's guard": answer(421, TEXT, 'Invalid Host header'),
};

const SCRIPT = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

const NOT_MCP = {
  '200 with a page': answer(200, HTML, page('Welcome')),
  '200 with text': answer(200, TEXT, 'OK'),
  '400 with a page': answer(400, HTML, page('400 Bad Request')),
  '404 with a page': answer(404, HTML, page('404 Not Found')),
  '404 with text': answer(404, TEXT, 'Not Found'),
  '404 without a body': answer(404),
  '408 with a page': answer(408, HTML, page('408 Request Timeout')),
  '413 with a page': answer(413, HTML, page('413 Content Too Large')),
  '429 with a page': answer(429, HTML, page('429 Too Many Requests')),
  '500 with a page': answer(500, HTML, page('500 Internal Server Error')),
  // What a browser runs as well as a page.
  '400 with a drawing': answer(400, headersOf('image/svg+xml'), SCRIPT),
  '500 with XHTML': answer(500, headersOf('application/xhtml+xml'), SCRIPT),
  '500 with a page behind a comma': answer(500, headersOf(',text/html'), SCRIPT),
};

const EMPTY = {
  '200 without a body': answer(200),
  '200 without a body, as JSON': answer(200, JSON_TYPE),
  202: answer(202),
  204: answer(204),
  205: answer(205),
};

/** For whoever believes it, although the status is another. */
const CHALLENGE = { 'WWW-Authenticate': `Bearer resource_metadata="https://${HOMES_OWN}.example/x"` };

const MCP = {
  '200 with a result': answer(200, { ...JSON_TYPE, ...CHALLENGE, Location: `https://${HOMES_OWN}.example/` }, RESULT),
  '200 with a result and a session': answer(200, { ...JSON_TYPE, 'Mcp-Session-Id': 'abc' }, RESULT),
  '200 with a result in gzip, which nobody asked for': answer(200, { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, gzipSync(RESULT)),
  '200 with a result whose type is said twice': answer(200, { 'Content-Type': ['application/json', 'application/json'] }, RESULT),
  '400 in JSON-RPC': answer(400, JSON_TYPE, rpcError(-32004, 'Unsupported protocol version')),
  '404 in JSON-RPC': answer(404, JSON_TYPE, rpcError(-32601, 'Method not found')),
  '405 without a body': answer(405, { Allow: 'POST' }),
  '406 in JSON-RPC': answer(406, { ...JSON_TYPE, ...CHALLENGE }, rpcError(-32000, 'Not Acceptable')),
  '406 in words': answer(406, TEXT, 'Not acceptable'),
  '429 in JSON-RPC': answer(429, { ...JSON_TYPE, 'Retry-After': '7' }, rpcError(-32000, 'Too many')),
  '500 in JSON-RPC': answer(500, JSON_TYPE, rpcError(-32603, 'Internal error')),
  '500 in words': answer(500, TEXT, 'Internal Server Error'),
  '503 in JSON-RPC': answer(503, { ...JSON_TYPE, 'Retry-After': '11' }, rpcError(-32000, 'Starting')),
};

export const ANSWERS = { ...REDIRECTS, ...CLOUDFLARE, ...PROXIES, ...REFUSALS, ...NOT_MCP, ...EMPTY, ...MCP };
