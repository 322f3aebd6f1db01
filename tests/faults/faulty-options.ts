// The Workers as `worker/local.ts` describes them, each behind `faulty-worker.js`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MiniflareOptions } from 'miniflare';
import { type LocalOptions, localOptions } from '../../worker/local.ts';

const WRAPPER = readFileSync(join(import.meta.dirname, 'faulty-worker.js'), 'utf8');
const NAME = 'faulty-worker.js';
/** Names of bindings that limit requests. */
const LIMIT = /_BY_(KEY|ADDRESS)$/;

/** The few parts of miniflare's options that change. */
interface Worker {
  readonly config: {
    readonly manifest: {
      mainModule: string;
      readonly modules: Record<string, { readonly type: string; readonly contents: string }>;
    };
    env: Record<string, unknown>;
    readonly exports: Record<string, unknown>;
  };
}

/** What differs from one machine of one's own. */
export interface FaultyOptions extends LocalOptions {
  /** Variables of both Workers, in place of those of `worker/local.ts`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Without the bindings that limit requests: a request then waits for nothing before it works. */
  readonly isUnlimited?: boolean;
}

/** Options whose bindings fail when `/__faults` says so. */
export function faultyOptions({
  variables = {},
  isUnlimited,
  ...local
}: FaultyOptions): MiniflareOptions {
  const options = localOptions(local);
  const { workers } = options as unknown as { workers: Worker[] };
  for (const { config } of workers) {
    const classes = Object.keys(config.exports);
    const exports = classes.map(
      (name) => `export const ${name} = object('${name}', real.${name});`,
    );
    config.manifest.modules[NAME] = { type: 'esm', contents: [WRAPPER, ...exports].join('\n') };
    config.manifest.mainModule = NAME;
    for (const [name, value] of Object.entries(variables)) {
      config.env[name] = { type: 'text', value };
    }
    if (isUnlimited) {
      const bindings = Object.entries(config.env).filter(([name]) => !LIMIT.test(name));
      config.env = Object.fromEntries(bindings);
    }
  }
  return options;
}
