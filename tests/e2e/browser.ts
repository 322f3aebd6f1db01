import { type Browser, chromium } from 'playwright-core';

/** Starts the Chromium of this machine, without profile, and without calls home. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.PENNON_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
