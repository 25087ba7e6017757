// HTTP as bytes: no redirect is followed, no header is added, a header may be sent twice and a path may be malformed.
// `fetch` permits none of these, and a stranger does all of them.

import http from 'node:http';

/** Sends a request and reads the whole answer. */
export async function send(url, options = {}) {
  const { response } = await open(url, options);
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return new Reply(response, Buffer.concat(chunks));
}

/** Where public https addresses are served in a test, as the platform's front would do it: TLS ends there. */
const published = new Map();

/** `address` is where a test finds the edge; `publicUrl` is where the edge believes to be found. */
export function publish(publicUrl, loopbackUrl, address = publicUrl) {
  published.set(address, { loopbackUrl, publicUrl });
}

/** Sends a request and hands over the answer as soon as its head is in. */
export function open(url, { method = 'GET', headers = {}, body, form, json, write } = {}) {
  const { content, type } = contentOf({ body, form, json });
  const [, scheme, asked, path] = /^(https?):\/\/([^/?#]+)(.*)$/s.exec(url);
  const behind = published.get(`${scheme}://${asked}`);
  const host = behind ? new URL(behind.loopbackUrl).host : asked;
  const front = behind && { host: new URL(behind.publicUrl).host, 'x-forwarded-proto': scheme };
  const sent = { ...(type && { 'content-type': type }), ...front, ...headers };
  if (content !== undefined && !('transfer-encoding' in sent)) sent['content-length'] = Buffer.byteLength(content);
  return new Promise((resolve, reject) => {
    const request = http.request({
      agent: false,
      headers: present(sent),
      hostname: host.replace(/:\d+$/, ''),
      method,
      path: path.startsWith('/') ? path : `/${path}`,
      port: /:(\d+)$/.exec(host)?.[1],
    });
    request.on('response', (response) => resolve({ request, response }));
    request.on('error', reject);
    if (write) write(request);
    else request.end(content);
  });
}

export class Reply {
  constructor(response, bytes) {
    this.status = response.statusCode;
    this.headers = response.headers;
    this.rawHeaders = response.rawHeaders;
    this.bytes = bytes;
  }

  get text() {
    return this.bytes.toString('utf8');
  }

  json() {
    try {
      return JSON.parse(this.text);
    } catch {
      throw new Error(`HTTP ${this.status} should carry JSON, it carries: ${this.text.slice(0, 300)}`);
    }
  }
}

function contentOf({ body, form, json }) {
  if (form !== undefined) {
    const pairs = form instanceof URLSearchParams ? form : new URLSearchParams(Object.entries(present(form)));
    return { content: String(pairs), type: 'application/x-www-form-urlencoded' };
  }
  if (json !== undefined) return { content: JSON.stringify(json), type: 'application/json' };
  return { content: body };
}

/** An object without its undefined members: `{ scope: undefined }` in a test means "leave `scope` out". */
export function present(members) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
