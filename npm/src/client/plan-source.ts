import { createEngine, type Engine } from '../engine/engine.ts';
import { FlagError } from '../errors.ts';
import { checkHash, type Envelope, parseEnvelope } from './envelope.ts';
import type { Link } from './link.ts';
import type { Loaded, LoadWasm } from './wasm.ts';

/** Where a plan came from. */
export type Origin = 'bootstrap' | 'cache' | 'network';

/** The plan in use. */
export interface CurrentPlan extends Envelope {
  readonly engine: Engine;
  readonly kind: Loaded['kind'];
  readonly bytes: Uint8Array;
  readonly origin: Origin;
  etag: string | null | undefined;
}

/** Gets plans, and refuses those that are damaged, too new, older than the one in use, or of another environment. */
export interface PlanSource {
  current?: CurrentPlan;
  /** Whether the last attempt to get a plan failed. */
  failing: boolean;
  /** Takes a plan that is at hand; where the wasm is too, without waiting. */
  take(bytes: Uint8Array, origin: Origin, etag?: string | null): Promise<void>;
  /** Asks the edge for a newer plan, and tells for how long it wants to be left alone. */
  look(): Promise<number | undefined>;
  /** Whether the plan in use has expired. */
  isStale(): boolean;
}

/** `onPlan` is called with every plan that takes the place of another; the key names the environment of all plans. */
export const createPlanSource = (
  link: Link,
  key: string,
  load: LoadWasm,
  place: 'client' | 'server',
  onPlan: (plan: CurrentPlan) => void,
): PlanSource => {
  const plans: PlanSource = {
    failing: false,
    async take(bytes, origin, etag) {
      plans.failing = false;
      try {
        const envelope = parseEnvelope(bytes);
        const loading = load();
        const { instantiate, kind } =
          origin === 'bootstrap' && 'instantiate' in loading
            ? loading
            : (await Promise.all([loading, checkHash(envelope)]))[0];
        // Another plan may have come in while this one was being checked.
        const newerBy = envelope.revision - (plans.current?.revision ?? -1);
        if (newerBy < 0 || !key.includes(`_${envelope.environment}_`))
          throw new FlagError('PARSE_ERROR', 'old or foreign');
        if (newerBy) {
          const engine = createEngine(instantiate, envelope.plan, place);
          plans.current = { ...envelope, engine, kind, bytes, origin, etag };
          onPlan(plans.current);
        } else if (plans.current) plans.current.etag = etag;
      } catch (cause) {
        plans.failing = true;
        link.report(`plan refused (${origin})`, cause);
      }
    },
    async look() {
      const known = plans.current?.etag;
      const { status, bytes, etag, retryMs, cause } = await link.send(
        `config/${link.keyPath}`,
        known ? { headers: { 'if-none-match': known } } : {},
      );
      plans.failing = status !== 200 && status !== 304;
      if (plans.failing) link.report(`no plan (${status})`, cause);
      if (status === 200) await plans.take(bytes as Uint8Array, 'network', etag);
      return retryMs;
    },
    isStale: () => !!plans.current?.expiresMs && link.now() > plans.current.expiresMs,
  };
  return plans;
};
