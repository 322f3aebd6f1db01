// Starts the Workers for tests: in this process, or as one that can be killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare';
import {
  type Addresses,
  addresses,
  evaluateLimits,
  eventLimits,
  type LocalOptions,
  localOptions,
  streamLimits,
} from '../local.ts';

/** Tests send from one address, and faster than people. */
const NO_LIMIT = 1_000_000;
const NO_LIMITS = {
  ...eventLimits(NO_LIMIT),
  ...evaluateLimits(NO_LIMIT),
  ...streamLimits(NO_LIMIT),
};

const SERVE = fileURLToPath(new URL('../serve.ts', import.meta.url));

/** The Workers inside this process; their stores can be reached through `miniflare`. */
export interface Started extends Addresses {
  readonly miniflare: Miniflare;
  readonly persist: string;
  stop(): Promise<void>;
}

/** The Workers in a process group of their own. */
export interface Spawned extends Addresses {
  /** What the Workers have logged so far. */
  log(): string;
  /** SIGKILL to workerd and to what started it, at once. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A folder for state, which {@link removeState} takes away again. */
export function makeState(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'pennon-state-'));
}

export function removeState(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

/** Starts on free ports, on the state in `persist`, or on an empty state that goes with it. */
export async function startWorkers(options: Partial<LocalOptions> = {}): Promise<Started> {
  const persist = options.persist ?? (await makeState());
  const miniflare = new Miniflare(localOptions({ limits: NO_LIMITS, ...options, persist }));
  const urls = await addresses(miniflare);
  return {
    ...urls,
    miniflare,
    persist,
    async stop() {
      await miniflare.dispose();
      if (options.persist === undefined) {
        await removeState(persist);
      }
    },
  };
}

/** Starts `serve.ts` with the Node that runs the test. */
export async function spawnWorkers(persist: string): Promise<Spawned> {
  const limits = ['event', 'evaluate', 'stream'].flatMap((of) => [`--${of}-limit`, `${NO_LIMIT}`]);
  const options = ['--persist', persist, ...limits];
  const child = spawn(process.execPath, ['--no-warnings', SERVE, ...options], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines: string[] = [];
  const urls = await firstLine(child, lines);
  return {
    ...urls,
    log: () => lines.join('\n'),
    async kill() {
      process.kill(-pidOf(child), 'SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Collects all lines, and waits for the one that holds the addresses. */
function firstLine(child: ChildProcess, lines: string[]): Promise<Addresses> {
  const { stdout } = child;
  if (stdout === null) {
    throw new Error('the Workers have no standard output');
  }
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the Workers ended early:\n${lines.join('\n')}`)));
    createInterface({ input: stdout }).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('{"edge"')) {
        resolve(JSON.parse(line));
      }
    });
  });
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) {
    throw new Error('the Workers were not started');
  }
  return child.pid;
}
