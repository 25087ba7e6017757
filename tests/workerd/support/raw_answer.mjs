// An answer of HTTP/1.1, to the letter.

/** What no client may ever see of home. */
export const HOMES_OWN = 'only-home-says-this';
export const RESULT = '{"jsonrpc":"2.0","id":1,"result":{}}';

/** Headers of home that are not the client's: where it is, who it trusts, what it would have a browser do. */
const UNFIT = {
  Server: `${HOMES_OWN}/1.0`,
  'Set-Cookie': `${HOMES_OWN}=1; Path=/`,
  'Alt-Svc': `h3="${HOMES_OWN}.example:443"`,
  'X-Powered-By': HOMES_OWN,
  'Access-Control-Allow-Origin': `https://${HOMES_OWN}.example`,
  'Access-Control-Allow-Credentials': 'true',
  'Gatelodge-Request-Id': HOMES_OWN,
  'Gatelodge-Subject': HOMES_OWN,
  'Service-Worker-Allowed': '/',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  Connection: 'keep-alive, Mcp-Named-By-Connection',
  'Mcp-Named-By-Connection': HOMES_OWN,
  Via: `1.1 ${HOMES_OWN}`,
};

/** An answer: its status, the headers that matter, and its body. */
export function answer(status, headers = {}, body = '') {
  return { status, headers, body: Buffer.from(body) };
}

/** Its bytes, between headers that are not the client's. */
export function bytesOf({ status, headers, body }) {
  const bodiless = status === 204 || status === 304 || status < 200;
  const all = { ...UNFIT, ...(!bodiless && { 'Content-Length': body.length }), ...headers };
  return Buffer.concat([Buffer.from(head(status, all)), bodiless ? Buffer.alloc(0) : body]);
}

export function head(status, headers) {
  const lines = Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}`));
  return `${[`HTTP/1.1 ${status} Whatever`, ...lines].join('\r\n')}\r\n\r\n`;
}
