import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { serveApp } from './serve-app.ts';
import { become, rows } from './shop.ts';
import { type Stage, setStage, visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage(inject('app'));
});
afterAll(() => stage?.close());

const personas = ['Astrid', 'Nils', 'Jonas', 'Maya', 'Kenji', 'Guest'];

async function decisions(url: string): Promise<{ seen: unknown[]; engine: string | null }> {
  const { context, page } = await visit(stage, url);
  const seen: unknown[] = [];
  for (const persona of personas) {
    await become(page, persona);
    seen.push(await rows(page));
  }
  const engine = await page.locator('.live').getAttribute('data-engine');
  await context.close();
  return { seen, engine };
}

test('where the policy forbids WebAssembly, the fallback decides the same', async () => {
  const policy = `default-src 'self'; connect-src 'self' ${stage.settings.endpoint}`;
  const strict = await serveApp(inject('app'), stage.settings, policy);

  const open = await decisions(stage.app.url);
  const forbidden = await decisions(strict.url);
  await strict.close();

  expect(open.engine).toBe('wasm');
  expect(forbidden.engine).toBe('fallback');
  expect(forbidden.seen).toEqual(open.seen);
});
