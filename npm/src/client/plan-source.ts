import { createEngine, type Engine } from '../engine/engine.ts';
import { FlagError } from '../errors.ts';
import { type Envelope, isIntact, parseEnvelope } from './envelope.ts';
import type { Link } from './link.ts';
import type { Look } from './poller.ts';
import type { Loaded, LoadWasm } from './wasm.ts';

/** Where a plan came from. */
export type Origin = 'bootstrap' | 'cache' | 'network';

/** The plan in use. */
export interface CurrentPlan extends Envelope {
  readonly engine: Engine;
  readonly engineKind: Loaded['kind'];
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly origin: Origin;
  readonly etag: string | null | undefined;
}

/** Gets plans, and refuses those that are damaged, too new, older than the one in use, or of another environment. */
export interface PlanSource {
  current(): CurrentPlan | undefined;
  /** Takes a plan that is at hand; where the wasm is too, without waiting. */
  take(bytes: Uint8Array, origin: Origin, etag?: string | null): Promise<void>;
  /** Asks the edge for a newer plan. */
  look(): Promise<Look>;
  /** Whether the plan in use has expired. */
  isStale(): boolean;
}

/** `environment` is the one that plans must belong to, where the key tells it. */
export const createPlanSource = (
  { endpoint, headers, keyPath, now, report, send }: Link,
  environment: string | undefined,
  load: LoadWasm,
  place: 'client' | 'server',
  onPlan: (plan: CurrentPlan) => void,
): PlanSource => {
  let current: CurrentPlan | undefined;

  const parse = (bytes: Uint8Array<ArrayBuffer>): Envelope => {
    const envelope = parseEnvelope(bytes);
    if (environment && envelope.environment !== environment)
      throw new FlagError('PARSE_ERROR', 'another environment');
    if (current && envelope.revision < current.revision)
      throw new FlagError('PARSE_ERROR', 'an older revision');
    return envelope;
  };
  const accept = async (given: Uint8Array, origin: Origin, etag?: string | null): Promise<void> => {
    const bytes = new Uint8Array(given);
    const loading = load();
    // It is awaited below, but may fail before that, and what fails unheard is an error of the page.
    void Promise.resolve(loading).catch(() => {});
    const isTrusted = origin === 'bootstrap' && 'instantiate' in loading;
    if (!isTrusted && !(await isIntact(parse(bytes)))) throw new FlagError('PARSE_ERROR');
    const { instantiate, kind } = isTrusted ? loading : await loading;
    // Another plan may have come in while this one was being checked.
    const envelope = parse(bytes);
    if (envelope.revision === current?.revision) {
      current = { ...current, etag };
      return;
    }
    const engine = createEngine(instantiate, envelope.plan, place);
    current = { ...envelope, engine, engineKind: kind, bytes, origin, etag };
    onPlan(current);
  };
  /** Accepts, and tells whether it failed. */
  const attempt = async (...input: Parameters<typeof accept>): Promise<Look> => {
    try {
      await accept(...input);
      return { failed: false };
    } catch (cause) {
      report(`plan refused (${input[1]})`, cause);
      return { failed: true };
    }
  };

  return {
    current: () => current,
    async take(bytes, origin, etag) {
      await attempt(bytes, origin, etag);
    },
    async look() {
      const { status, bytes, etag, retryMs, cause } = await send(
        `${endpoint}/v1/config/${keyPath}`,
        { headers: { ...headers, ...(current?.etag && { 'if-none-match': current.etag }) } },
      );
      if (status === 304) return { failed: false };
      if (status === 200) return attempt(bytes, 'network', etag);
      report(`no plan (status ${status})`, cause);
      return { failed: true, retryMs };
    },
    isStale: () => !!current?.expiresMs && now() > current.expiresMs,
  };
};
