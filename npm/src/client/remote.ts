import type { Context } from '../types.ts';
import type { Link } from './link.ts';
import type { Resolution } from './resolution.ts';

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

/** Asks the edge about `flags`, and gives what it could decide. Rejects when there is no answer in time. */
export const evaluate = async (
  { keyPath, ask }: Link,
  context: Context,
  flags: readonly string[],
): Promise<ReadonlyMap<string, Resolution>> => {
  const body = JSON.stringify({ context, flags: flags.slice(0, MAX_FLAGS) });
  const { status, bytes, cause } = await Promise.race([
    ask(`evaluate?key=${keyPath}`, body),
    new Promise<{ status: number; bytes?: never; cause?: unknown }>((resolve) =>
      setTimeout(resolve, TIMEOUT_MS, { status: 0 }),
    ),
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
