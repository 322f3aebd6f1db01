import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { become, isSameDocument, markDocument, row, waitForVariant } from './shop.ts';
import { type Stage, setStage, visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage(inject('app'));
});
afterAll(() => stage?.close());

test('an open page follows a flag that is changed through the API', async () => {
  const { context, page } = await visit(stage);
  await markDocument(page);
  expect(await row(page, 'promo-banner')).toEqual({ variant: 'club', reason: 'TARGETING_MATCH' });
  await page.locator('.live[data-push="true"]', { hasText: 'Live by push' }).waitFor();
  // An isolate of the edge that was just asked may answer with what it has for up to 3 seconds more.
  await page.waitForTimeout(4_000);

  await stage.admin.changeFlag('promo-banner', (flag) => ({
    ...flag,
    rules: [],
    fallthrough: { variant: 'overseas' },
  }));

  const published = performance.now();
  await waitForVariant(page, 'promo-banner', 'overseas');
  const tookMs = Math.round(performance.now() - published);
  console.log(`${tookMs} ms from the answer of the API to the page`);
  // It takes less than a second; a machine that is busy with other tests gets more, but far less than a poll takes.
  expect(tookMs).toBeLessThan(5_000);
  await page.locator('.promo', { hasText: 'crosses the ocean' }).waitFor();
  expect(await isSameDocument(page)).toBe(true);
  await context.close();
});

test('a killed flag switches the open page off, and a revived one on again', async () => {
  const { context, page } = await visit(stage);
  await markDocument(page);
  await page.getByRole('button', { name: 'Add Eddy to the basket' }).click();
  await page.getByRole('button', { name: /^Pay / }).waitFor();

  await stage.admin.kill('new-checkout');
  await page.getByRole('button', { name: 'Go to delivery' }).waitFor({ timeout: 5_000 });
  expect(await row(page, 'new-checkout')).toEqual({ variant: 'off', reason: 'DISABLED' });
  expect(await row(page, 'gift-wrap')).toEqual({ variant: 'off', reason: 'DISABLED' });

  await stage.admin.kill('new-checkout', 'unkill');
  await page.getByRole('button', { name: /^Pay / }).waitFor();
  expect(await isSameDocument(page)).toBe(true);
  await context.close();
});

test('the page explains a decision in sentences', async () => {
  const { context, page } = await visit(stage);
  await become(page, 'Jonas');
  // The edge may still have the plan of the story before, in which the flag is killed.
  await page.locator('[data-flag="new-checkout"][data-reason="DEFAULT"]').waitFor();
  await page.locator('[data-flag="new-checkout"] > button').click();
  const sentences = page.locator('[data-flag="new-checkout"] .explanation ol li');
  await sentences.first().waitFor();
  expect((await sentences.allTextContents()).join(' ')).toContain('Club members have it first');
  await context.close();
});
