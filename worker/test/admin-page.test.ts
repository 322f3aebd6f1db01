// The admin page as a person uses it, mostly by keyboard.
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE } from './control.ts';

let control: Control;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  control = await Control.withProject();
  const rules = [
    { id: 'r1', when: { attribute: 'country', op: 'eq', value: 'SE' }, outcome: { variant: 'on' } },
  ];
  await control.ask('PUT', `${LIVE}/flags/checkout`, { body: booleanFlag({ rules }) });
  await control.ask('PUT', `${LIVE}/flags/asleep`, { body: booleanFlag({ enabled: false }) });
  browser = await chromium.launch({
    executablePath: process.env.PENNON_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A refused request is reported by the browser too; the page itself says nothing there.
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
  });
});
afterAll(async () => {
  await browser.close();
  await control.end();
});

async function status(text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.getElementById('status')?.textContent?.includes(wanted),
    text,
  );
}

test('a wrong token leads back to signing in, a right one to the flags', async () => {
  await page.goto(`${control.workers.control}/`);
  await page.keyboard.type('at_wrong');
  await page.keyboard.press('Enter');
  await page.getByText('wrong, expired or revoked').waitFor();
  await page.fill('#token', control.token);
  await page.keyboard.press('Enter');
  await status('2 flags');
});

test('a switch and a kill by keyboard change the flag, and focus stays', async () => {
  await page.focus('[aria-label="asleep enabled"]');
  await page.keyboard.press('Space');
  await status('asleep is enabled');
  expect((await control.ask('GET', `${LIVE}/flags/asleep`)).body.enabled).toBe(true);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('flag:enabled:asleep');

  await page.focus('[aria-label="Kill checkout"]');
  await page.keyboard.press('Enter');
  await page.keyboard.type('too many errors');
  await page.keyboard.press('Enter');
  await status('checkout is killed');
  const { versions } = (await control.ask('GET', `${LIVE}/flags/checkout/history`)).body;
  expect(versions[0]).toMatchObject({ action: 'kill', reason: 'too many errors' });
});

test('a key that is down while the exposures come in is not lost', async () => {
  let letGo = () => {};
  const waits = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route('**/exposures', async (route) => {
    await waits;
    await route.continue();
  });
  const counted = page.waitForResponse('**/exposures');
  await page.reload();
  await page.focus('[aria-label="asleep enabled"]');
  await page.keyboard.down('Space');
  letGo();
  await counted;
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  await page.keyboard.up('Space');
  await status('asleep is disabled');
  await page.unroute('**/exposures');
  await page.keyboard.press('Space');
  await status('asleep is enabled');
});

test('problems are shown together, and each leads to its place in the text', async () => {
  await page.click('[id="flag:checkout"]');
  const text = await page.inputValue('#json');
  await page.fill(
    '#json',
    text.replace('"eq"', '"resembles"').replace('"off": "off"', '"off": "nowhere"'),
  );
  await page.keyboard.press('Control+s');
  await page.waitForSelector('.problems li:nth-child(2)');
  const selections = [];
  for (const button of await page.$$('.problems button')) {
    await button.click();
    selections.push(
      await page.$eval('#json', (area) => {
        const { value, selectionStart, selectionEnd } = area as HTMLTextAreaElement;
        return value.slice(selectionStart, selectionEnd);
      }),
    );
  }
  expect(selections.join(' ')).toContain('"nowhere"');
  expect(selections.join(' ')).toContain('"resembles"');
});

test('a new flag without a key is told so', async () => {
  await page.click('#new-flag');
  await page.click('text=Save and publish');
  await page.waitForSelector('.problems li');
  expect(await page.textContent('.problems')).toContain('a new flag needs a key');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('key');
});

test('markup in a flag stays text', async () => {
  const name = '<img src=x onerror=alert(1)>';
  await control.ask('PUT', `${LIVE}/flags/${encodeURIComponent(name)}`, {
    body: booleanFlag({ name }),
  });
  await page.reload();
  await status('3 flags');
  expect(await page.locator('img').count()).toBe(0);
  expect(await page.getByText(name).count()).toBeGreaterThan(0);
});

test('an old version comes back from the history', async () => {
  await page.click('[id="flag:asleep"]');
  await page.click('[aria-label="Revert to version 1"]');
  await status('Went back to version 1');
  expect((await control.ask('GET', `${LIVE}/flags/asleep`)).body.enabled).toBe(false);
});

test('an edit that comes too late is told so, and nothing is overwritten', async () => {
  await page.click('[id="flag:asleep"]');
  await page.waitForSelector('#json');
  await control.ask('PUT', `${LIVE}/flags/asleep`, { body: booleanFlag({ owner: 'maya' }) });
  await page.fill('#json', JSON.stringify(booleanFlag({ owner: 'bob' })));
  await page.keyboard.press('Control+s');
  await page.waitForSelector('.problems li');
  expect(await page.textContent('.problems')).toContain('Somebody changed this flag');
  expect((await control.ask('GET', `${LIVE}/flags/asleep`)).body.owner).toBe('maya');
});

test('a saved flag still shows what it was warned of', async () => {
  await page.click('#new-flag');
  await page.fill('#key', 'misspelt');
  const text = await page.inputValue('#json');
  await page.fill('#json', text.replace('"fallthrough"', '"fallthru"'));
  await page.keyboard.press('Control+s');
  await page.waitForSelector('.problems li.warning');
  expect(await page.textContent('.problems')).toContain('did you mean fallthrough?');
});

test('signing out forgets the token, and nothing broke on the way', async () => {
  await page.click('#sign-out');
  expect(await page.evaluate(() => sessionStorage.getItem('pennon.token'))).toBeNull();
  expect(complaints).toEqual([]);
});
