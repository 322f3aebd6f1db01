import { createEngine, type Engine } from '../engine/engine.ts';
import { FlagError } from '../errors.ts';
import { type Envelope, isIntact, parseEnvelope } from './envelope.ts';
import type { Look } from './poller.ts';
import { request, retryAfterMs } from './request.ts';
import type { Loaded, LoadWasm } from './wasm.ts';

/** Where a plan came from. */
export type Origin = 'bootstrap' | 'cache' | 'network';

/** The plan in use. */
export interface CurrentPlan {
  readonly engine: Engine;
  readonly engineKind: Loaded['kind'];
  readonly envelope: Envelope;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly origin: Origin;
  etag: string | null;
}

/** The outside world of a plan source. */
export interface PlanHost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The environment that plans must belong to; a key of another shape than ours says nothing about it. */
  readonly environment: string | undefined;
  readonly fetch: typeof fetch;
  readonly load: LoadWasm;
  now(): number;
  report(message: string, cause: unknown): void;
  onPlan(plan: CurrentPlan): void;
}

/** Gets plans and refuses those that are damaged, too new, older than the one in use, or somebody else's. */
export interface PlanSource {
  current(): CurrentPlan | undefined;
  /** Takes a plan without waiting where the wasm is at hand. */
  take(bytes: Uint8Array, origin: Origin, etag?: string): void | Promise<void>;
  /** Asks the edge for a newer plan. */
  look(): Promise<Look>;
}

export const createPlanSource = (host: PlanHost): PlanSource => {
  let current: CurrentPlan | undefined;

  const parse = (bytes: Uint8Array<ArrayBuffer>): Envelope => {
    const envelope = parseEnvelope(bytes);
    if (host.environment !== undefined && envelope.environment !== host.environment)
      throw new FlagError('PARSE_ERROR', `the plan is of ${envelope.environment}`);
    if (current && envelope.revision < current.envelope.revision)
      throw new FlagError('PARSE_ERROR', `revision ${envelope.revision} is older than the one held`);
    return envelope;
  };
  const install = (
    bytes: Uint8Array<ArrayBuffer>,
    { instantiate, kind }: Loaded,
    origin: Origin,
    etag: string | null,
  ): void => {
    // Another plan may have come in while this one was being checked.
    const envelope = parse(bytes);
    if (current?.envelope.revision === envelope.revision) {
      current.etag = etag;
      return;
    }
    const engine = createEngine(instantiate, envelope.plan);
    current = { engine, engineKind: kind, envelope, bytes, origin, etag };
    host.onPlan(current);
  };
  const accept = async (
    bytes: Uint8Array<ArrayBuffer>,
    origin: Origin,
    etag: string | null,
  ): Promise<void> => {
    if (!(await isIntact(parse(bytes)))) throw new FlagError('PARSE_ERROR');
    install(bytes, await host.load(), origin, etag);
  };

  return {
    current: () => current,
    async take(given, origin, etag) {
      const bytes = new Uint8Array(given);
      const report = (cause: unknown): void => host.report(`the plan from ${origin} was refused`, cause);
      try {
        const loaded = host.load();
        if (origin === 'bootstrap' && 'instantiate' in loaded)
          install(bytes, loaded, origin, null);
        else await accept(bytes, origin, etag ?? null);
      } catch (cause) {
        report(cause);
      }
    },
    async look() {
      try {
        const { response, bytes } = await request(host.fetch, host.url, {
          headers: {
            ...host.headers,
            ...(current?.etag && { 'if-none-match': current.etag }),
          },
        });
        if (response.status === 304) return { failed: false };
        if (!response.ok) {
          host.report(`the endpoint answered ${response.status}`, undefined);
          return { failed: true, retryMs: retryAfterMs(response, host.now()) };
        }
        await accept(bytes, 'network', response.headers.get('etag'));
        return { failed: false };
      } catch (cause) {
        host.report('no plan could be fetched', cause);
        return { failed: true };
      }
    },
  };
};
