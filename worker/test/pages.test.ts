import { afterAll, beforeAll, expect, test } from 'vitest';
import { Control, until } from './control.ts';

let control: Control;

beforeAll(async () => {
  control = await Control.start();
});
afterAll(() => control.end());

test('the admin page and every file it names are served under a policy without exceptions', async () => {
  const page = await fetch(`${control.workers.control}/`);
  const policy = page.headers.get('Content-Security-Policy') ?? '';
  expect(page.status).toBe(200);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  const html = await page.text();
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
  expect(html).not.toMatch(/\s(style|on[a-z]+)=/);

  const seen = new Set<string>();
  const queue = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  expect(queue.length).toBeGreaterThan(1);
  for (const path of queue) {
    if (seen.has(path)) continue;
    seen.add(path);
    const asset = await fetch(control.workers.control + path);
    expect([path, asset.status]).toEqual([path, 200]);
    expect(asset.headers.get('X-Content-Type-Options')).toBe('nosniff');
    const text = await asset.text();
    expect(text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
    queue.push(...[...text.matchAll(/from '\.\/([^']+)'/g)].map((match) => `/assets/${match[1]}`));
  }
  expect(seen.size).toBeGreaterThan(5);
});

test('opening the page before anybody has set up prints a setup link', async () => {
  await fetch(`${control.workers.control}/`);
  const line = await until(() => control.workers.log().match(/setup: open .*/)?.[0]);
  expect(line).toContain(`${control.workers.control}/setup/`);
});

test('the pages are for their own origin: nothing allows another one in', async () => {
  for (const path of ['/', '/api/v1/projects', '/healthz']) {
    const answer = await fetch(control.workers.control + path, {
      headers: { Origin: 'https://evil.example' },
    });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
  }
});
