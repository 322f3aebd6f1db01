import type { ViteUserConfig } from 'vitest/config';

/** Every story starts a machine of its own, so the stories take turns. */
const config: ViteUserConfig = {
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
};

export default config;
