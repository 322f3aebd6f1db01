import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Control } from './control.ts';

let control: Control;
let link: string;

beforeAll(async () => {
  control = await Control.start();
  link = await control.setupPath();
});
afterAll(() => control.end());

test('a restart before anybody used the link prints another one, and both work', async () => {
  await control.crash();
  const second = await control.setupPath();
  expect(second).not.toBe(link);
  expect((await control.ask('GET', link)).status).toBe(200);
  expect((await control.ask('GET', second)).status).toBe(200);
});

test('guesses of strangers lock nobody out who has the link', async () => {
  const guesses = Array.from({ length: 15 }, (_, i) => control.ask('POST', `/setup/guess${i}`));
  const statuses = (await Promise.all(guesses)).map((answer) => answer.status);
  expect(statuses).toContain(429);
  expect((await control.ask('GET', link)).status).toBe(200);
  const used = await control.ask('POST', link, { body: { expires_in_days: 5000 } });
  expect(used.body.error.code).toBe('invalid_expiry');
});

test('a stranger cannot have the link printed under a name of their own', async () => {
  await control.crash();
  // `fetch` would not send a Host of our choice.
  const stranger = request(`${control.workers.control}/healthz`, {
    headers: { host: 'evil.example' },
  });
  stranger.end();
  const [answer] = await once(stranger, 'response');
  answer.resume();
  expect((await control.ask('GET', await control.setupPath())).status).toBe(200);
  expect(control.workers.log()).not.toContain('evil.example');
});

test('the page shows without using the link up, and forbids everything inline', async () => {
  const page = await fetch(control.workers.control + link);
  expect(page.status).toBe(200);
  expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  expect(page.headers.get('Referrer-Policy')).toBe('no-referrer');
  const html = await page.text();
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
  expect(html).not.toMatch(/\s(style|on[a-z]+)=/);
});

test('a bad expiry is refused and does not use the link up', async () => {
  const answer = await control.ask('POST', link, { body: { expires_in_days: 5000 } });
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatchObject({ code: 'invalid_expiry', path: '/expires_in_days' });
});

test('of two people who use the link at once, one gets in', async () => {
  const answers = await Promise.all([control.ask('POST', link), control.ask('POST', link)]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 404]);
  const made = answers.find((answer) => answer.status === 201);
  expect(made?.body.token).toMatch(/^at_acc[0-9a-z]+_[0-9a-z]{59}$/);
  control.token = made?.body.token;
});

test('the link is dead after use, also after a restart, and no other is printed', async () => {
  await control.crash();
  await control.ask('GET', '/healthz');
  expect((await control.ask('POST', link)).status).toBe(404);
  expect((await control.ask('GET', link)).status).toBe(404);
  expect(control.workers.log()).not.toContain('/setup/');
  expect((await control.ask('GET', '/api/v1/projects')).status).toBe(200);
});

test('guessing is slowed down', async () => {
  const statuses = [];
  for (let i = 0; i < 12; i++) {
    statuses.push((await control.ask('POST', `/setup/guess${i}`)).status);
  }
  expect(statuses).toContain(404);
  expect(statuses.at(-1)).toBe(429);
});
