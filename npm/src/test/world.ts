import { vi } from 'vitest';
import type { Connected } from '../client/client.ts';
import { createConnector } from '../client/connect.ts';
import type { Environment } from '../client/environment.ts';
import { explainWith } from '../client/explain.ts';
import type { ClientOptions, Storage } from '../client/options.ts';
import type { Page } from '../client/page.ts';
import { evaluate } from '../client/remote.ts';
import { demandSigned } from '../client/trust.ts';
import { type Full, fromBytes } from '../client/wasm.ts';
import { operate } from '../engine/operators.ts';
import { readArtefact } from './artefact.ts';
import { ENVIRONMENT } from './plans.ts';

/** What the fake edge answers to one request. */
export type Reply = Response | Promise<Response> | (() => Response | Promise<Response>);

/** An event as the edge receives it. */
export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly units: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A batch as the edge receives it. */
export interface ReceivedBatch {
  readonly id: string;
  readonly sent_at: number;
  readonly dropped?: number;
  readonly events: readonly ReceivedEvent[];
}

/** The outside world of a client, under a test's control. */
export interface World {
  /** What the edge answers when asked for the plan. */
  config: Reply;
  /** What the edge answers to a batch. */
  events: Reply;
  readonly configRequests: Request[];
  readonly batches: ReceivedBatch[];
  /** Whether each batch was to outlive the page. */
  readonly keptAlive: (boolean | undefined)[];
  /** Batches that were handed to the browser. */
  readonly beacons: ReceivedBatch[];
  /** The bodies that the edge was asked to evaluate, and what it answers. */
  readonly questions: unknown[];
  evaluation: Reply;
  /** All events of all batches. */
  received(): readonly ReceivedEvent[];
  readonly storage: Storage;
  readonly warnings: string[];
  readonly page: FakePage;
  /** The wasm, from the artefacts. */
  readonly environment: Environment;
  /** Opens a client, as a visit to the page does. */
  visit(options?: Partial<ClientOptions>): Connected;
  /** Lets time pass for timers and clocks alike. */
  pass(ms: number): Promise<void>;
  /** Moves the clock without letting time pass. */
  setClock(ms: number): void;
  /** Serves a plan. */
  serve(envelope: Uint8Array<ArrayBuffer>): void;
}

/** A browser page that the test shows, hides and leaves. */
export interface FakePage extends Page {
  cookie: string | undefined;
  hidden: boolean;
  /** What the browser does with a beacon: tells whether it takes it. */
  onBeacon: (url: string, body: string) => boolean;
  /** While another page sends. */
  isAway: boolean;
  hide(): void;
  show(): void;
}

/** Keeps records for as long as the test lives. */
const openMemory = (): Storage => {
  const records = new Map<string, unknown>();
  return {
    get: async (key) => records.get(key),
    set: async (key, value) =>
      value === undefined ? records.delete(key) : records.set(key, value),
    keys: async (prefix) => [...records.keys()].filter((key) => key.startsWith(prefix)),
  };
};

const createPage = (): FakePage => {
  const listeners = new Set<() => void>();
  let session: unknown;
  const page: FakePage = {
    cookie: undefined,
    hidden: false,
    storage: openMemory(),
    device: () => page.cookie || undefined,
    setDevice: (id) => {
      page.cookie = id;
    },
    session: () => session,
    setSession: (value) => {
      session = value;
    },
    isHidden: () => page.hidden,
    onBeacon: () => true,
    isAway: false,
    beacon: (url, body) => page.onBeacon(url, body),
    alone: async (action) => {
      if (!page.isAway) await action();
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    hide() {
      page.hidden = true;
      for (const listener of listeners) listener();
    },
    show() {
      page.hidden = false;
      for (const listener of listeners) listener();
    },
  };
  return page;
};

/** Rejects when the client gives up, as `fetch` does. */
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.onabort = () => reject(signal.reason);
  });

const load = fromBytes(() => readArtefact('eval.wasm'));

/** The full wasm from the artefacts: in the built package it lies beside the entries. */
const loadFull = async (): Promise<Full> => {
  const full = await import('pennon:full');
  full.initSync({ module: readArtefact('full_bg.wasm') });
  return full;
};
const loadRare = async () => ({ explain: explainWith(loadFull), evaluate, demandSigned, operate });

export const KEY: string = `pk_${ENVIRONMENT}_0123456789`;

/** Makes a world at a fixed time, with fake timers until the test ends. */
export const createWorld = (): World => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 25), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), ms);
    return controller.signal;
  });
  watchDigests();
  const answer = async (reply: Reply): Promise<Response> =>
    (await (typeof reply === 'function' ? reply() : reply)).clone();
  const page = createPage();
  page.onBeacon = (_, body) => world.beacons.push(JSON.parse(body)) > 0;
  const world: World = {
    config: new Response(null, { status: 503 }),
    events: Response.json({ accepted: 0, duplicates: 0, rejected: [] }),
    configRequests: [],
    batches: [],
    keptAlive: [],
    beacons: [],
    questions: [],
    evaluation: new Response('', { status: 404 }),
    received: () => world.batches.flatMap(({ events }) => events),
    storage: openMemory(),
    warnings: [],
    page,
    environment: { load, loadRare },
    visit: (options = {}) =>
      createConnector({ load, loadRare, page: world.page })({
        endpoint: 'https://edge.test',
        key: KEY,
        context: { units: { user: 'u1' } },
        storage: world.storage,
        fetch: async (input, init) => {
          const request = new Request(input as string, init as RequestInit);
          const { pathname } = new URL(request.url);
          if (pathname === '/v1/evaluate') {
            world.questions.push(JSON.parse(await request.text()));
            return Promise.race([answer(world.evaluation), aborted(request.signal)]);
          }
          if (pathname !== '/v1/events') {
            world.configRequests.push(request);
            return Promise.race([answer(world.config), aborted(request.signal)]);
          }
          world.keptAlive.push(init?.keepalive);
          world.batches.push(JSON.parse(await request.text()));
          return answer(world.events);
        },
        now: () => Date.now(),
        logger: (message) => void world.warnings.push(message),
        ...options,
      }) as Connected,
    async pass(ms) {
      // In steps, because what a timer starts may need real time before it sets the next one.
      const stepMs = Math.max(1_000, ms / 20);
      for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
        await vi.advanceTimersByTimeAsync(Math.min(stepMs, ms - passedMs));
        await settle();
      }
    },
    setClock: (ms) => void vi.setSystemTime(ms),
    serve(envelope) {
      world.config = () => new Response(envelope);
    },
  };
  return world;
};

const realSetTimeout = setTimeout;
const realDigest = crypto.subtle.digest.bind(crypto.subtle);
let digesting = 0;

/** Knows while a digest is being made, which takes as long as the machine is busy. */
const watchDigests = (): void => {
  vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (...input) => {
    digesting += 1;
    try {
      return await realDigest(...input);
    } finally {
      digesting -= 1;
    }
  });
};

/** Lets everything happen that waits for no fake timer. */
export const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 8; turns = digesting ? 0 : turns + 1)
    await new Promise((resolve) => realSetTimeout(resolve, 1));
};
