import type { ViteUserConfig } from 'vitest/config';

/** Every story starts its own Workers and browser, so the stories take turns. */
const config: ViteUserConfig = {
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['build-app.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
};

export default config;
