import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** The page of the shop, served on a free port of this machine. */
export type AppServer = { readonly url: string; close(): Promise<void> };

/**
 * Serves the built shop from `folder` with `settings` as its `/config.json`.
 * `policy` becomes the Content-Security-Policy of every answer.
 */
export async function serveApp(
  folder: string,
  settings: object,
  policy?: string,
): Promise<AppServer> {
  const server = createServer(async (request, response) => {
    if (policy !== undefined) response.setHeader('content-security-policy', policy);
    const { pathname } = new URL(request.url ?? '/', 'http://app');
    if (pathname === '/config.json') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(settings));
      return;
    }
    const path = pathname === '/' ? '/index.html' : normalize(pathname);
    try {
      const bytes = await readFile(join(folder, path));
      response.setHeader('content-type', contentTypes[extname(path)] ?? 'application/octet-stream');
      response.end(bytes);
    } catch {
      response.statusCode = 404;
      response.end('not found');
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
