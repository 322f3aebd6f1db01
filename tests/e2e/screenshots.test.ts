import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { become } from './shop.ts';
import { open, type Stage, setStage } from './stage.ts';

const folder = process.env.PENNON_SCREENSHOTS ?? join(tmpdir(), 'pennon-screenshots');
const heights: Readonly<Record<number, number>> = { 390: 844, 768: 1024, 1280: 800 };

let stage: Stage;
beforeAll(async () => {
  stage = await setStage(inject('app'));
  await mkdir(folder, { recursive: true });
});
afterAll(() => stage?.close());

/** Clicks through the shop and takes a picture of each thing worth looking at. */
async function takePictures(page: Page, name: string, isWide: boolean): Promise<void> {
  const picture = async (part: string): Promise<void> => {
    await page.waitForTimeout(1_300);
    await page.screenshot({ path: join(folder, `${name}-${part}.png`) });
  };
  const toggle = async (): Promise<void> => {
    if (!isWide) await page.locator('.inspector-toggle').click();
  };
  await picture('top');
  await page.screenshot({ path: join(folder, `${name}-page.png`), fullPage: true });
  await toggle();
  await page.locator('[data-flag="new-checkout"] > button').click();
  await page.locator('.explanation ol').waitFor();
  await picture('why');
  await toggle();
  await page.getByRole('button', { name: 'Add Eddy to the basket' }).click();
  await picture('new-checkout');
  await page.keyboard.press('Escape');
  await toggle();
  await become(page, 'Jonas');
  await toggle();
  await page.locator('.basket-button').click();
  await picture('older-checkout');
}

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [390, 768, 1280]) {
    test(`the shop fits ${width} pixels, ${scheme}`, async () => {
      const context = await stage.browser.newContext({
        viewport: { width, height: heights[width] ?? 800 },
        colorScheme: scheme,
      });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await open(page, stage.app.url);
      await takePictures(page, `${scheme}-${width}`, width >= 1100);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(width);
      expect(errors).toEqual([]);
      await context.close();
    });
  }
}
