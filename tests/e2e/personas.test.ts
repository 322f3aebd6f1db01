import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { become, isSameDocument, markDocument, renders, rows, waitForVariant } from './shop.ts';
import { type Stage, setStage, visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage(inject('app'));
});
afterAll(() => stage?.close());

test('another persona gets other decisions, without a reload', async () => {
  const { context, page } = await visit(stage);
  await markDocument(page);

  await become(page, 'Maya');
  await waitForVariant(page, 'free-shipping-from', 'far');
  expect(await rows(page)).toEqual({
    'new-checkout': { variant: 'off', reason: 'DEFAULT' },
    'gift-wrap': { variant: 'off', reason: 'DISABLED' },
    'hero-headline': { variant: 'invitation', reason: 'TARGETING_MATCH' },
    'free-shipping-from': { variant: 'far', reason: 'TARGETING_MATCH' },
    'promo-banner': { variant: 'overseas', reason: 'TARGETING_MATCH' },
  });
  await page.getByText('from €200').waitFor();

  await become(page, 'Guest');
  await waitForVariant(page, 'hero-headline', 'code default');
  expect((await rows(page))['hero-headline']?.reason).toBe('ERROR');
  expect(await isSameDocument(page)).toBe(true);
  await context.close();
});

test('only the parts whose decision changed render again', async () => {
  const { context, page } = await visit(stage);
  await become(page, 'Kenji');
  await waitForVariant(page, 'promo-banner', 'overseas');
  const kenji = await renders(page);

  await become(page, 'Maya');
  await waitForVariant(page, 'free-shipping-from', 'far');
  const maya = await renders(page);

  expect(maya.shipping).toBe((kenji.shipping ?? 0) + 1);
  expect(maya.promo).toBe(kenji.promo);
  expect(maya.header).toBe(kenji.header);
  await context.close();
});
