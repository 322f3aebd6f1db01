import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { serveApp } from './serve-app.ts';
import { agree, rows } from './shop.ts';
import { open, type Stage, setStage, visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage(inject('app'));
});
afterAll(() => stage?.close());

test('a page that starts without Pennon decides with the plan of the last visit', async () => {
  const { context, page } = await visit(stage);
  await agree(page);
  const online = await rows(page);
  // The plan is written behind the page's back; a second look gives it time.
  await page.waitForTimeout(1_000);
  await page.close();

  await stage.killWorkers();
  const later = await context.newPage();
  await open(later, stage.app.url);
  await later.locator('.live[data-live="false"]').waitFor();
  const offline = await rows(later);
  expect(Object.keys(offline)).toEqual(Object.keys(online));
  for (const [flag, { variant }] of Object.entries(online)) {
    expect(offline[flag]?.variant).toBe(variant);
  }

  await stage.restartWorkers();
  await later.locator('.live[data-live="true"]').waitFor();
  await context.close();
});

test('a first visit without Pennon shows the defaults of the code', async () => {
  await stage.killWorkers();
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  await page.goto(stage.app.url);
  await page.getByRole('heading', { level: 1, name: 'Kites made by hand.' }).waitFor();
  await page.getByText('from €120').waitFor();
  await context.close();
});

test('a shop that was started without Pennon says how to start it', async () => {
  const bare = await serveApp(inject('app'), {});
  const page = await stage.browser.newPage();
  await page.goto(bare.url);
  await page.getByText('start both with cargo xtask dev').waitFor();
  await page.close();
  await bare.close();
});
