import { defineConfig } from 'vitest/config';

// Each file starts a workerd of its own; one at a time leaves the machine room for it.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
