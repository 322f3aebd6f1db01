import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { agree, newUser } from './shop.ts';
import { open, type Stage, setStage, visit } from './stage.ts';

// Nothing that people saw is lost or counted twice: with several tabs, when a tab crashes, when the network is away.

let stage: Stage;
beforeAll(async () => {
  stage = await setStage(inject('app'));
});
afterAll(() => stage?.close());

const FLAG = 'hero-headline';
const settled = { timeout: 40_000, interval: 500 };

async function exposed(): Promise<number> {
  return Object.values(await stage.admin.exposures(FLAG)).reduce((sum, count) => sum + count, 0);
}

/** The ids of the events that leave by fetch, in the order in which they do. */
function listen(context: BrowserContext): string[] {
  const ids: string[] = [];
  context.on('request', (request) => {
    if (request.method() !== 'POST' || !request.url().includes('/v1/events')) return;
    const { events } = request.postDataJSON() as { events: { id: string }[] };
    ids.push(...events.map(({ id }) => id));
  });
  return ids;
}

/** Waits until the records of events in this page's storage are gone. */
async function isDelivered(page: Page): Promise<void> {
  const waiting = () =>
    page.evaluate(
      () => Object.keys(localStorage).filter((key) => key.startsWith('pennon:event:')).length,
    );
  await vi.waitFor(async () => expect(await waiting()).toBe(0), settled);
}

test('two tabs share one outbox, and each event leaves once', async () => {
  const { context, page } = await visit(stage);
  await agree(page);
  const second = await context.newPage();
  await open(second, stage.app.url);
  await isDelivered(page);
  const before = await exposed();
  const ids = listen(context);
  for (let i = 0; i < 6; i += 1) await newUser(i % 2 ? page : second);
  await vi.waitFor(async () => expect(await exposed()).toBe(before + 6), settled);
  await isDelivered(page);
  await page.waitForTimeout(6_000);
  expect(new Set(ids).size).toBe(ids.length);
  expect(await exposed()).toBe(before + 6);
  await context.close();
});

test('what a tab saw before it crashed is delivered by the next one', async () => {
  const { context, page } = await visit(stage);
  await agree(page);
  await isDelivered(page);
  const before = await exposed();
  const ids = listen(context);
  for (let i = 0; i < 3; i += 1) await newUser(page);
  const crashed = page.waitForEvent('crash');
  // The renderer ends without a word: no event of the page's end runs.
  void page.goto('chrome://crash').catch(() => {});
  await crashed;
  expect(ids).toEqual([]);
  const next = await context.newPage();
  await open(next, stage.app.url);
  await vi.waitFor(async () => expect(await exposed()).toBe(before + 3), settled);
  await isDelivered(next);
  expect(new Set(ids).size).toBe(ids.length);
  await context.close();
});

test('what is seen offline is counted when the network is back', async () => {
  const { context, page } = await visit(stage);
  await agree(page);
  await isDelivered(page);
  const before = await exposed();
  await context.setOffline(true);
  for (let i = 0; i < 4; i += 1) await newUser(page);
  await page.waitForTimeout(12_000);
  expect(await exposed()).toBe(before);
  await context.setOffline(false);
  await vi.waitFor(async () => expect(await exposed()).toBe(before + 4), settled);
  await isDelivered(page);
  await page.reload();
  await page.waitForTimeout(6_000);
  expect(await exposed()).toBe(before + 4);
  await context.close();
});

test('a tab that is closed at once has told what was seen', async () => {
  const { context, page } = await visit(stage);
  await agree(page);
  await isDelivered(page);
  const before = await exposed();
  await newUser(page);
  await page.close({ runBeforeUnload: false });
  await vi.waitFor(async () => expect(await exposed()).toBe(before + 1), settled);
  await context.close();
});
