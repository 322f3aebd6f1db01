import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { define, wasmText } from './artefacts.mjs';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const WASM_TEXT = 'pennon:wasm-text';

const config: ViteUserConfig = defineConfig({
  plugins: [
    {
      name: 'pennon-artefacts',
      enforce: 'pre',
      resolveId: (id: string) => (id === WASM_TEXT ? `\0${WASM_TEXT}` : undefined),
      load: (id: string) => (id === `\0${WASM_TEXT}` ? wasmText(path('./wasm')) : undefined),
    },
  ],
  define: { ...define },
  resolve: {
    alias: {
      pennon: path('./src/entry/node.ts'),
      'pennon:fallback': path('./wasm/eval-fallback.js'),
      'pennon:full': path('./wasm/full.js'),
    },
  },
  test: {
    env: { PENNON_WASM: path('./wasm') },
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    // Declared flags hold for a whole program, so the type tests are one of their own.
    typecheck: {
      enabled: true,
      include: ['src/**/*.test-d.ts'],
      tsconfig: path('./tsconfig.test-d.json'),
    },
  },
});

export default config;
