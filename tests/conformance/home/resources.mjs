// Resources: text, bytes, one to subscribe to, and a template.

import { ResourceTemplate } from '@modelcontextprotocol/server';

import { PNG } from './content.mjs';

export function registerResources(server) {
  const resource = (name, uri, mimeType, content) =>
    server.registerResource(name, uri, { description: `${name}, for testing`, mimeType }, () => ({ contents: [{ uri, mimeType, ...content }] }));

  resource('Static text', 'test://static-text', 'text/plain', { text: 'This is the content of the static text resource.' });
  resource('Static bytes', 'test://static-binary', 'image/png', { blob: PNG });
  resource('Watched resource', 'test://watched-resource', 'text/plain', { text: 'Watched resource content' });
  server.registerResource(
    'Template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'Whatever has an id', mimeType: 'application/json' },
    (uri, { id }) => {
      const said = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
      return { contents: [{ uri: uri.href, mimeType: 'application/json', text: said }] };
    },
  );
}

/** Up to 2025-11-25 a session subscribes by calls of its own, which the SDK leaves to the server. Nothing here ever changes. */
export function acceptSubscriptions(server) {
  server.setRequestHandler('resources/subscribe', () => ({}));
  server.setRequestHandler('resources/unsubscribe', () => ({}));
}
