// Repeats the decisions in Chromium: once with WebAssembly, once on a page whose policy forbids it.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = new URL('../../', import.meta.url);
const FORBIDDEN = "script-src 'self'";

const TYPES = { js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm' };

const PAGE = `<!doctype html><meta charset="utf-8"><title>parity</title>
<script type="module" src="/tests/parity/page.mjs"></script>`;

/** The reports of both builds. */
export async function repeatInChromium(cases) {
  const server = createServer(answer(JSON.stringify(cases)));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const browser = await chromium.launch({
    executablePath: process.env.PENNON_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    return {
      'Chromium, WebAssembly': await reportOf(browser, `${origin}/wasm`),
      'Chromium, fallback': await reportOf(browser, `${origin}/fallback`),
    };
  } finally {
    await browser.close();
    server.close();
  }
}

async function reportOf(browser, url) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction(() => globalThis.report !== undefined, undefined, {
    timeout: 120_000,
  });
  return page.evaluate(() => globalThis.report);
}

function answer(cases) {
  return ({ url }, response) => {
    if (url === '/wasm' || url === '/fallback') {
      const policy = url === '/fallback' ? { 'content-security-policy': FORBIDDEN } : {};
      response.writeHead(200, { 'content-type': 'text/html', ...policy }).end(PAGE);
    } else if (url === '/cases.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(cases);
    } else {
      const path = fileURLToPath(new URL(`.${url}`, ROOT));
      const type = TYPES[path.split('.').at(-1)] ?? 'text/plain';
      try {
        const body = readFileSync(path);
        response.writeHead(200, { 'content-type': type }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    }
  };
}
