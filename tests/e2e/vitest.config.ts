import { defineConfig } from 'vitest/config';

/** Every story starts its own Workers and browser, so the stories take turns. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['build-app.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
