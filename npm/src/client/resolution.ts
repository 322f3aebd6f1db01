import type { Engine } from '../engine/engine.ts';
import { MESSAGES } from '../errors.ts';
import type { Details, ErrorCode, FlagValue, Reason } from '../types.ts';

/** What is known about one flag before a caller's default and type come in; `value` is absent when the default holds. */
export interface Resolution {
  readonly value?: FlagValue | undefined;
  readonly variant?: string | undefined;
  readonly reason: Reason;
  readonly detail?: string | undefined;
  readonly rule?: string | undefined;
  readonly revision?: number | undefined;
  readonly errorCode?: ErrorCode | undefined;
  /** Whether reading it is still to be counted as an exposure. */
  exposure: boolean;
}

/** The core's reasons in the order of their numbers: OpenFeature's word, and our finer one. */
const REASONS = [
  'STATIC',
  'DEFAULT',
  'TARGETING_MATCH',
  'SPLIT',
  'DISABLED disabled',
  'DISABLED killed',
  'DISABLED prerequisite',
  'TARGETING_MATCH holdout',
  'DEFAULT out-of-rollout',
  'SPLIT fallthrough',
  'UNKNOWN unknown',
  'ERROR missing-unit',
  'ERROR invalid-context',
  'ERROR error',
];

/** The codes of those reasons that are errors. */
const ERRORS: Readonly<Record<number, ErrorCode>> = {
  11: 'TARGETING_KEY_MISSING',
  12: 'INVALID_CONTEXT',
  13: 'GENERAL',
};

const REASON_SHIFT = 10;
const REASON_MASK = 31;
const EXPOSURE_SHIFT = 30;

/** An answer that is an error: the caller's default with a code. */
export const failure = (errorCode: ErrorCode): Resolution => ({
  reason: 'ERROR',
  errorCode,
  exposure: false,
});

/** Turns a packed decision of the engine into an answer; a stale plan says so instead of the reason. */
export const resolveDecision = (
  engine: Engine,
  flag: number,
  decision: number,
  revision: number | undefined,
  stale: boolean,
): Resolution => {
  const index = (decision >>> REASON_SHIFT) & REASON_MASK;
  const [reason, detail] = (REASONS[index] ?? 'ERROR').split(' ') as [Reason, string?];
  return {
    value: engine.value(flag, decision),
    variant: engine.variant(flag, decision),
    reason: stale && reason !== 'ERROR' ? 'STALE' : reason,
    detail,
    rule: engine.ruleId(flag, decision),
    revision,
    errorCode: ERRORS[index],
    exposure: ((decision >>> EXPOSURE_SHIFT) & 1) === 1,
  };
};

/** What two answers are compared by: everything a reader can see except the revision, which every publish changes. */
const fingerprint = ({ revision: _, exposure: __, ...seen }: Resolution): string =>
  JSON.stringify(seen);

/** Keeps the earlier of two equal answers, so that readers can compare by identity; what is to be counted is renewed. */
export const keepSame = (earlier: Resolution, later: Resolution): Resolution => {
  if (fingerprint(earlier) !== fingerprint(later)) return later;
  earlier.exposure = later.exposure;
  return earlier;
};

const mismatch = failure('TYPE_MISMATCH');

/** The answer as a caller with this default may use it: an error when the flag holds another type. */
export const matchType = (resolution: Resolution, fallback: FlagValue): Resolution =>
  resolution.value == null || typeof resolution.value === typeof fallback ? resolution : mismatch;

/** Lays the caller's default under an answer. */
export const toDetails = <Value extends FlagValue>(
  resolution: Resolution,
  fallback: Value,
): Details<Value> => {
  const { exposure: _, ...details } = matchType(resolution, fallback);
  return {
    ...details,
    value: (details.value ?? fallback) as Value,
    errorMessage: details.errorCode && MESSAGES[details.errorCode],
  };
};
