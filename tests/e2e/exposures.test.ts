import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { agree, become } from './shop.ts';
import { open, type Stage, setStage, visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage(inject('app'));
});
afterAll(() => stage?.close());

const settled = { timeout: 30_000, interval: 500 };

async function exposed(flag: string): Promise<number> {
  return Object.values(await stage.admin.exposures(flag)).reduce((sum, count) => sum + count, 0);
}

function headline(page: Page): Promise<string | null> {
  return page.locator('.hero').getAttribute('data-scene');
}

test('nothing is counted before the visitor agrees', async () => {
  const { context, page } = await visit(stage);
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.url()));
  await become(page, 'Jonas');
  await page.waitForTimeout(6_000);
  expect(sent.filter((url) => url.includes('/v1/events'))).toEqual([]);
  expect(await exposed('hero-headline')).toBe(0);
  await context.close();
});

test('every user is counted once for a variant, through reloads and a killed server', async () => {
  const { context, page } = await visit(stage);
  const astrid = await headline(page);
  await agree(page);
  await vi.waitFor(async () => expect(await exposed('hero-headline')).toBe(1), settled);

  await become(page, 'Jonas');
  const jonas = await headline(page);
  await vi.waitFor(async () => expect(await exposed('hero-headline')).toBe(2), settled);

  const expected: Record<string, number> = {};
  for (const variant of [astrid, jonas]) {
    expected[variant ?? ''] = (expected[variant ?? ''] ?? 0) + 1;
  }
  const counted = async (): Promise<Record<string, number>> => {
    const all = Object.entries(await stage.admin.exposures('hero-headline'));
    return Object.fromEntries(all.filter(([, count]) => count > 0));
  };
  expect(await counted()).toEqual(expected);

  await stage.killWorkers();
  await stage.restartWorkers();
  expect(await counted()).toEqual(expected);

  await open(page, stage.app.url);
  await become(page, 'Jonas');
  await page.waitForTimeout(6_000);
  expect(await counted()).toEqual(expected);
  await context.close();
});

test('a flag counts when what it decides is seen, not when the panel shows it', async () => {
  const { context, page } = await visit(stage);
  await agree(page);
  await vi.waitFor(async () => expect(await exposed('promo-banner')).toBeGreaterThan(0), settled);
  expect(await exposed('new-checkout')).toBe(0);

  await page.getByRole('button', { name: 'Add Eddy to the basket' }).click();
  await vi.waitFor(async () => expect(await exposed('new-checkout')).toBe(1), settled);
  await context.close();
});

test('what is seen while the server is away is counted when it returns', async () => {
  const { context, page } = await visit(stage);
  await agree(page);
  const before = await exposed('hero-headline');

  await stage.killWorkers();
  await become(page, 'Nils');
  await page.waitForTimeout(6_000);
  await stage.restartWorkers();

  await vi.waitFor(async () => expect(await exposed('hero-headline')).toBe(before + 1), settled);
  await context.close();
});

test('a purchase is sent with its value', async () => {
  const { context, page } = await visit(stage);
  await agree(page);
  const sent = page.waitForRequest(
    (request) =>
      request.url().includes('/v1/events') && (request.postData() ?? '').includes('"purchase"'),
  );
  await page.getByRole('button', { name: 'Add Eddy to the basket' }).click();
  await page.getByRole('button', { name: /^Pay / }).click();
  const batch = (await sent).postDataJSON() as { events: { type: string; value?: number }[] };
  expect(batch.events.find((event) => event.type === 'track')?.value).toBe(64);
  await context.close();
});
