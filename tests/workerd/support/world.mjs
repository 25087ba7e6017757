// The world outside of the edge: one answer for each address, and a record of who was asked. What is not given an
// answer is a name that does not resolve.

export class World {
  constructor(home) {
    /** The home server, which is reached at its own address. */
    this.home = home;
    this.answers = new Map();
    /** Each request that left the edge for the world, oldest first. */
    this.asked = [];
  }

  /** From now on this address answers so: a function of the request, or JSON. */
  put(url, answer) {
    this.answers.set(url, typeof answer === 'function' ? answer : () => json(answer));
  }

  count(url) {
    return this.asked.filter((request) => request.url === url).length;
  }

  /** For `outboundService`. */
  get service() {
    return (request) => {
      if (this.home && request.url === this.home.url) return fetch(request.url, forwarded(request));
      this.asked.push({ url: request.url, method: request.method, headers: Object.fromEntries(request.headers) });
      const answer = this.answers.get(request.url);
      if (!answer) throw new Error(`no such host: ${request.url}`);
      return answer(request);
    };
  }
}

export function json(value, { status = 200, headers = {} } = {}) {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });
}

function forwarded(request) {
  const { method, body } = request;
  const headers = [...request.headers].filter(([name]) => !['host', 'content-length', 'connection'].includes(name));
  return { method, headers, body, duplex: 'half' };
}
