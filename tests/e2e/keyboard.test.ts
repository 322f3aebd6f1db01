import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Stage, setStage, visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage(inject('app'));
});
afterAll(() => stage?.close());

/** Presses Tab until the control with this name has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const target = page.getByRole('button', { name });
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`no way to ${name} with the keyboard`);
}

test('one can buy a kite and ask why with the keyboard alone', async () => {
  const { context, page } = await visit(stage);

  await tabTo(page, 'Add Gull to the basket');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Basket' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  expect(focused).toBe('Add Gull to the basket');

  await page.keyboard.press('Enter');
  await tabTo(page, /^Basket/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^Pay /);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Thank you.' }).waitFor();
  await page.keyboard.press('Escape');

  await tabTo(page, /Flag hero-headline/);
  await page.keyboard.press('Enter');
  await page.locator('[data-flag="hero-headline"] .explanation ol').waitFor();
  await context.close();
});
