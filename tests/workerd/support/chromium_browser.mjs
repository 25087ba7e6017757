// A real browser, and a loopback page of another web origin that stands for the client.

import http from 'node:http';
import { once } from 'node:events';

import { chromium } from 'playwright-core';

import { chromiumPath } from '../../../scripts/chromium.mjs';

export function launchChromium() {
  return chromium.launch({ executablePath: chromiumPath(), headless: true });
}

/** Answers every path with a page; `pages` gives other content for some. */
export async function startSite(pages = {}) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(pages[pathname] ?? '<!doctype html><title>Client</title><h1>Connected</h1>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    pages,
    url: `http://localhost:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
