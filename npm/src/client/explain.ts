import type { FlagError } from '../errors.ts';
import type { Context } from '../types.ts';
import type { Explanation } from './client.ts';
import type { CurrentPlan } from './plans.ts';
import type { Ask } from './request.ts';
import type { State } from './state.ts';
import type { LoadFull } from './wasm.ts';

// This module loads on demand, so it imports nothing that the page already has: that would split shared code off.

/** Explains one decision; rejects with a `FlagError`, whose class the caller brings. */
export type Explain = (
  Failure: typeof FlagError,
  state: State,
  ask: Ask,
  context: Context,
  key: string,
) => Promise<Explanation>;

/** The names file is only polish: an explanation without it speaks of ids. */
const fetchNames = async (
  state: State,
  ask: Ask,
  hash: Uint8Array,
): Promise<Uint8Array | undefined> => {
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const { status, bytes } = await ask(state, `names/${state.keyPath}/${hex}`);
  return status === 200 ? bytes : undefined;
};

/** The number of the reason that a flag was switched off by hand, and where a decision has it. */
const KILLED = 5;
const REASON_SHIFT = 10;
const REASON_MASK = 31;

/** Whether the flag is killed, also by a kill that came ahead of its plan, of which the plan's bytes know nothing. */
const isKilled = ({ engine }: CurrentPlan, key: string): boolean =>
  ((engine.decide(engine.index(key)) >> REASON_SHIFT) & REASON_MASK) === KILLED;

/** Makes the `explain` of an environment, over the full wasm that it loads. */
export const explainWith =
  (loadFull: LoadFull): Explain =>
  async (Failure, state, ask, context, key) => {
    const { current: plan, now, place = 'client' } = state;
    if (!plan) throw new Failure('PROVIDER_NOT_READY');
    if (plan.engine.index(key) < 0) throw new Failure('FLAG_NOT_FOUND');
    try {
      const [full, names] = await Promise.all([loadFull(), fetchNames(state, ask, plan.hash)]);
      const explanation = full.explain(plan.plan, names, context, key, now(), place);
      return isKilled(plan, key)
        ? { ...explanation, sentences: [`${key} is off: the flag is killed.`] }
        : explanation;
    } catch (cause) {
      throw new Failure('GENERAL', undefined, { cause });
    }
  };
