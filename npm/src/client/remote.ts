import type { Engine } from '../engine/engine.ts';
import type { Context } from '../types.ts';
import type { Answer, Ask } from './request.ts';
import type { Resolution } from './resolution.ts';
import type { State } from './state.ts';

// This module loads on demand, as `explain.ts` does, and so imports nothing either.

/** An answer that comes later would change a page that somebody reads already. */
const TIMEOUT_MS = 3_000;
/** The edge takes no more at once. */
const MAX_FLAGS = 1_000;

/** A decision as the edge tells it; `docs/http-api.md` describes it. */
interface Told {
  readonly value?: Resolution['value'];
  readonly variant?: string;
  readonly reason: Resolution['reason'];
  readonly rule?: string;
  readonly exposure?: boolean;
}

const isDecided = ({ reason }: Told): boolean => reason !== 'ERROR' && reason !== 'UNKNOWN';

/** The number of the reason that a flag cannot be decided here, and where a decision has it. */
const UNKNOWN = 10;
const REASON_SHIFT = 10;
const REASON_MASK = 31;

/** Asks the edge about what `engine` cannot decide, and gives what it could. Rejects when there is no answer in time. */
export const evaluate = async (
  state: State,
  ask: Ask,
  engine: Engine,
  context: Context,
): Promise<ReadonlyMap<string, Resolution>> => {
  const flags = engine
    .keys()
    .filter((_, flag) => ((engine.decide(flag) >> REASON_SHIFT) & REASON_MASK) === UNKNOWN);
  const body = JSON.stringify({ context, flags: flags.slice(0, MAX_FLAGS) });
  const { status, bytes, cause } = await Promise.race([
    ask(state, `evaluate${state.query}`, body),
    new Promise<Answer>((resolve) => setTimeout(resolve, TIMEOUT_MS, { status: 0 })),
  ]);
  if (status !== 200) throw new Error(`no answer (${status})`, { cause });
  const answer = JSON.parse(new TextDecoder().decode(bytes));
  return new Map(
    Object.entries(answer.flags as Record<string, Told>)
      .filter(([, told]) => isDecided(told))
      .map(([key, { value, variant, reason, rule, exposure }]) => [
        key,
        {
          value,
          variant,
          reason,
          detail: 'edge',
          rule,
          revision: answer.revision,
          exposure: exposure !== false && variant !== undefined,
        },
      ]),
  );
};
