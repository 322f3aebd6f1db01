import type { Page } from 'playwright-core';

/** What a decision row of the inspector says about a flag. */
export type Row = { readonly variant: string; readonly reason: string };

/** Reads the decision that the page shows for a flag. */
export async function row(page: Page, flag: string): Promise<Row> {
  const item = page.locator(`[data-flag="${flag}"]`);
  return {
    variant: (await item.locator('.decision-variant').textContent()) ?? '',
    reason: (await item.getAttribute('data-reason')) ?? '',
  };
}

/** Reads all decisions that the page shows, by flag. */
export async function rows(page: Page): Promise<Readonly<Record<string, Row>>> {
  const flags = await page
    .locator('[data-flag]')
    .evaluateAll((items) => items.map((item) => item.getAttribute('data-flag') ?? ''));
  const read = await Promise.all(flags.map(async (flag) => [flag, await row(page, flag)] as const));
  return Object.fromEntries(read);
}

/** Waits until the page shows this variant for a flag. */
export async function waitForVariant(page: Page, flag: string, variant: string): Promise<void> {
  await page
    .locator(`[data-flag="${flag}"] .decision-variant`)
    .filter({ hasText: new RegExp(`^${variant}$`) })
    .waitFor({ timeout: 20_000 });
}

/** Becomes another persona of the switcher. */
export async function become(page: Page, persona: string): Promise<void> {
  await page.locator('.personas button').filter({ hasText: persona }).click();
}

/** Agrees to be counted. */
export async function agree(page: Page): Promise<void> {
  await page.getByRole('switch').check();
}

/** How often each part of the shop that reads a flag has rendered so far. */
export async function renders(page: Page): Promise<Readonly<Record<string, number>>> {
  const read = async (selector: string): Promise<number> =>
    Number(await page.locator(selector).getAttribute('data-renders'));
  return {
    hero: await read('.hero'),
    shipping: await read('[data-testid="shipping"]'),
    promo: await read('.promo'),
    header: await read('.header'),
  };
}

/** Marks the document, so that a reload in between is noticed. */
export async function markDocument(page: Page): Promise<void> {
  await page.evaluate(() => document.documentElement.setAttribute('data-mark', 'kept'));
}

/** Whether the marked document is still the one shown. */
export async function isSameDocument(page: Page): Promise<boolean> {
  return (await page.locator('html').getAttribute('data-mark')) === 'kept';
}

/** Becomes somebody nobody has seen before, with the facts of the current persona. */
export async function newUser(page: Page): Promise<void> {
  const line = page.locator('.facts-line code');
  const before = await line.textContent();
  await page.getByRole('button', { name: 'New user id' }).click();
  await line.filter({ hasNotText: before ?? '' }).waitFor();
}
