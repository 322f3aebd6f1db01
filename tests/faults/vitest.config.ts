import type { ViteUserConfig } from 'vitest/config';

/** Every story has a machine of its own and mostly waits, so two are told at once. */
const config: ViteUserConfig = {
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
};

export default config;
