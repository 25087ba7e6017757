// Does one thing with storage, and nothing else: what the local storage takes by itself.
import { DurableObject } from 'cloudflare:workers';

const VALUE = 'x'.repeat(500);

export default {
  async fetch(request, { KV, OBJECTS }) {
    const { pathname, search } = new URL(request.url);
    if (pathname === '/kv-read') await KV.get('read');
    if (pathname === '/kv-write') await KV.put(`written${search}`, VALUE);
    if (pathname === '/object') await OBJECTS.getByName(`named${search}`).fetch(request);
    return new Response('done');
  },
};

/** As a Ledger does: it loads, and saves. */
export class Objects extends DurableObject {
  async fetch() {
    await this.ctx.storage.get('record');
    await this.ctx.storage.put('record', VALUE);
    return new Response('done');
  }
}
