// Opens measured pages, each in a browser process of its own.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { inputs } from '../harness/place.mjs';
import { serve } from './server.mjs';

/** Folder of the pages' scripts and of what they load. */
export const pages = join(inputs, 'pages');
mkdirSync(pages, { recursive: true });

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Serves the folder while `use` runs, and hands it `open(name, work)`: a page with the script `<name>.js`, given to
 * `work`, in a browser that is closed after it.
 */
export async function withPages(use) {
  const executablePath = process.env.PENNON_CHROMIUM ?? BROWSERS.find(existsSync);
  if (executablePath === undefined) {
    throw new Error(`no browser among ${BROWSERS.join(', ')}; set PENNON_CHROMIUM`);
  }
  const server = await serve(pages);
  const open = async (name, work) => {
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      await page.goto(`${server.origin}/`);
      await page.addScriptTag({ url: `/${name}.js`, type: 'module' });
      return await work(page);
    } finally {
      await browser.close();
    }
  };
  try {
    return await use(open);
  } finally {
    server.close();
  }
}
