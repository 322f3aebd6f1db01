// A browser that visits a page, and an edge that the page finds.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const CHROMIUM = process.env.PENNON_CHROMIUM ?? '/usr/bin/chromium';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

const listen = (server) =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)),
  );

/** Serves the files of a folder with additional headers. */
const createFileServer = (folder, headers) =>
  createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    try {
      const body = await readFile(join(folder, path));
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/plain', ...headers });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });

/** Lets a page open a WebSocket, and says nothing on it. */
const welcome = ({ headers }, socket) => {
  const proof = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(proof).digest('base64');
  socket.on('error', () => {});
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
};

/** Answers with the plan and its names, and keeps the events it gets. */
const createEdge = ({ plan, names }, events) =>
  createServer(async (request, response) => {
    const cors = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'if-none-match',
      'access-control-expose-headers': 'etag, retry-after',
    };
    if (request.url.startsWith('/v1/names')) {
      response.writeHead(200, cors).end(names);
      return;
    }
    if (!request.url.startsWith('/v1/events')) {
      response.writeHead(200, { etag: '"1"', ...cors }).end(plan);
      return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    if (body) events.push(...JSON.parse(body).events);
    response.writeHead(200, cors).end('{}');
  }).on('upgrade', welcome);

/**
 * Opens the page of `site` (a folder to serve, or an address) and waits until it says what it saw.
 *
 * Throws when that differs from `expected`, when the console had errors, or when the exposure was not counted once.
 */
export const visit = async (project, site, expected, headers = {}) => {
  const events = [];
  const errors = [];
  const requested = [];
  const edge = createEdge(project, events);
  const files = site.startsWith('http') ? undefined : createFileServer(site, headers);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const address = new URL(files ? await listen(files) : site);
    address.searchParams.set('edge', await listen(edge));
    const page = await browser.newPage();
    page.on('request', (request) => requested.push(new URL(request.url()).pathname));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      const isPolicy = message.text().includes('Content Security Policy');
      const isIcon = message.location().url.endsWith('favicon.ico');
      if (['error', 'warning'].includes(message.type()) && !isPolicy && !isIcon)
        errors.push(`${message.text()} ${message.location().url}`);
    });
    await page.goto(address.href);
    const seen = await page
      .waitForFunction(() => globalThis.seen, undefined, { timeout: 15_000 })
      .then((handle) => handle.jsonValue());
    for (const [name, value] of Object.entries(expected))
      if (seen[name] !== value) errors.push(`${name} is ${seen[name]}, not ${value}`);
    const exposed = events.map(({ flag }) => flag).join();
    if (exposed !== 'experiment') errors.push(`counted: ${exposed}`);
    if (errors.length) throw new Error(errors.join('\n'));
    return { requested };
  } finally {
    await browser.close();
    files?.close();
    edge.closeAllConnections();
    edge.close();
  }
};
