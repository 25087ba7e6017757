// A real browser, and a loopback page of another web origin that stands for the client.

import http from 'node:http';
import { once } from 'node:events';

import { chromium } from 'playwright-core';

import { chromiumPath } from '../../../scripts/chromium.mjs';

/** `args` are Chromium's own. */
export function launchChromium(args = []) {
  return chromium.launch({ executablePath: chromiumPath(), headless: true, args });
}

/** Answers every path with a page; `pages` gives other content for some, or `{ location }`, where it redirects to. */
export async function startSite(pages = {}, createServer = http.createServer) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    const page = pages[pathname] ?? '<!doctype html><title>Client</title><h1>Connected</h1>';
    if (page.location) return response.writeHead(302, page).end();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    return response.end(page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    pages,
    port,
    url: `http://localhost:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
