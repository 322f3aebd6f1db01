import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Admin } from './admin.ts';
import { startBrowser } from './browser.ts';
import { seedDemo } from './seed-demo.ts';
import { type AppServer, serveApp } from './serve-app.ts';
import { startWorkers, type Workers } from './workers.ts';

/** Everything a story needs: both Workers with the demo project, the shop, and a browser. */
export type Stage = {
  readonly admin: Admin;
  readonly app: AppServer;
  readonly browser: Browser;
  /** What the shop reads as `/config.json`. */
  readonly settings: { readonly endpoint: string; readonly key: string; readonly control: string };
  /** Kills workerd without warning. */
  killWorkers(): Promise<void>;
  /** Starts workerd again on the same state and ports. */
  restartWorkers(): Promise<void>;
  close(): Promise<void>;
};

/** Sets the stage with the shop built in the folder `app`. */
export async function setStage(app: string): Promise<Stage> {
  const state = await mkdtemp(join(tmpdir(), 'pennon-story-'));
  let workers: Workers = await startWorkers({ state });
  const { edge, control } = workers;
  const { admin, key } = await seedDemo(control, await workers.token());
  const settings = { endpoint: edge, key, control };
  const server = await serveApp(app, settings);
  const browser = await startBrowser();
  return {
    admin,
    app: server,
    browser,
    settings,
    killWorkers: () => workers.kill(),
    async restartWorkers() {
      workers = await startWorkers({ state, edge, control });
    },
    async close() {
      await browser.close();
      await server.close();
      await workers.kill();
      await rm(state, { recursive: true, force: true });
    },
  };
}

/** A visitor's browser: cookies, storage and cache of their own. */
export type Visitor = { readonly context: BrowserContext; readonly page: Page };

/** Opens the shop for a new visitor and waits until it has decided with a plan. */
export async function visit({ browser, app }: Stage, url: string = app.url): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await open(page, url);
  return { context, page };
}

/** Opens the shop in a page, and waits until it has decided with a plan. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator('.live[data-revision]').waitFor({ state: 'attached' });
}
