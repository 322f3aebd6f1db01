import type { Engine } from '../engine/engine.ts';
import { EXPOSURE, REASON_MASK, REASON_SHIFT } from '../engine/plan-layout.ts';
import type { Details, ErrorCode, FlagValue, Reason } from '../types.ts';

/** What is known about one flag before a caller's default and type come in; `value` is absent when the default holds. */
export interface Resolution extends Omit<Details, 'value'> {
  readonly value?: FlagValue | undefined;
  /** Whether reading it is still to be counted as an exposure. */
  exposure?: boolean | undefined;
}

/** One line of the table of answers: it stays, and its fields are rewritten. */
export interface Cell {
  /** For readers who follow everything. */
  live: Resolution;
  /** For readers who follow everything but what is held. */
  shown: Resolution;
  /** What is shown whatever is published. */
  held?: Resolution | undefined;
}

/** The core's reasons in the order of their numbers: OpenFeature's word, our finer one, and the code of an error. */
const REASONS = (
  'STATIC,DEFAULT,TARGETING_MATCH,SPLIT,DISABLED disabled,DISABLED killed,DISABLED prerequisite,' +
  'TARGETING_MATCH holdout,DEFAULT out-of-rollout,SPLIT fallthrough,UNKNOWN unknown,' +
  'ERROR missing-unit TARGETING_KEY_MISSING,ERROR invalid-context INVALID_CONTEXT,ERROR error GENERAL'
).split(',');

/** An answer that is an error: the caller's default with a code. */
export const failure = (errorCode: ErrorCode): Resolution => ({ reason: 'ERROR', errorCode });

/** A plan that decides. */
export interface DecidingPlan {
  readonly engine: Engine;
  readonly revision: number;
  readonly expiresMs: number;
}

/** Decides a flag for the context that the engine has; a stale plan says so instead of the reason. */
export const resolve = (plan: DecidingPlan, key: string, nowMs: number): Resolution => {
  const { engine } = plan;
  const flag = engine.index(key);
  if (flag < 0) return failure('FLAG_NOT_FOUND');
  const decision = engine.decide(flag);
  const [reason, detail, errorCode] = (
    REASONS[(decision >> REASON_SHIFT) & REASON_MASK] as string
  ).split(' ') as [Reason, string?, ErrorCode?];
  return {
    value: engine.value(flag, decision),
    variant: engine.variant(flag, decision),
    reason: nowMs > plan.expiresMs && !errorCode ? 'STALE' : reason,
    detail,
    rule: engine.ruleId(flag, decision),
    revision: plan.revision,
    errorCode,
    exposure: decision >= EXPOSURE,
  };
};

/** What two answers are compared by: everything a reader can see except the revision, which every publish changes. */
const fingerprint = (answer: Resolution): unknown => {
  try {
    return JSON.stringify({ ...answer, revision: 0, exposure: 0 });
  } catch {
    // An override that is no JSON equals nothing.
    return {};
  }
};

/** Keeps the earlier of two equal answers, so that readers can compare by identity; what is to be counted is renewed. */
export const keepSame = (earlier: Resolution, later: Resolution): Resolution => {
  if (fingerprint(earlier) !== fingerprint(later)) return later;
  earlier.exposure = later.exposure;
  return earlier;
};

const mismatch = failure('TYPE_MISMATCH');

/** The value as a caller with this default may use it; the default where the flag holds none or another type. */
export const valueFor = ({ value }: Resolution, fallback: FlagValue): FlagValue =>
  typeof value === typeof fallback ? (value ?? fallback) : fallback;

/** Lays the caller's default under an answer, which is an error when the flag holds another type. */
export const toDetails = <Value extends FlagValue>(
  answer: Resolution,
  fallback: Value,
): Details<Value> => {
  const isUsable = answer.value == null || typeof answer.value === typeof fallback;
  const { exposure: _, ...details } = isUsable ? answer : mismatch;
  return { ...details, value: valueFor(details, fallback) as Value };
};
