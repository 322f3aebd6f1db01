/**
 * The flags of an application, for typed keys: augment it to say which flags exist and what they hold.
 *
 * **Example**
 * ```ts
 * declare module 'pennon' {
 *   interface Flags { 'new-checkout': boolean }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: An application fills it by module augmentation.
export interface Flags {}

/** Any JSON value. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** What a flag can hold: a boolean, a string, a number, or any other JSON value for an object flag. */
export type FlagValue = Json;

/** The declared type of a flag. */
export type FlagKind = 'boolean' | 'string' | 'number' | 'object';

/** What a flag answers while its decision needs something that is not known here. */
export type OnUnknown = 'code-default' | 'last-known' | 'off';

/**
 * The one who asks: who is bucketed (`units`), what is known about them (`attributes`), and about the groups they belong to.
 *
 * **Shape** `units` are ids by unit type (`user`, `device`, or a group type); integers become decimal text.
 * `groups` are attributes by group type. Every part may be absent.
 */
export interface Context {
  readonly units?: Readonly<Record<string, string | number | null | undefined>>;
  readonly attributes?: Readonly<Record<string, Json | undefined>>;
  readonly groups?: Readonly<Record<string, Readonly<Record<string, Json | undefined>>>>;
}

/** Why a decision came out as it did, in OpenFeature's words. */
export type Reason =
  | 'STATIC'
  | 'DEFAULT'
  | 'TARGETING_MATCH'
  | 'SPLIT'
  | 'CACHED'
  | 'DISABLED'
  | 'UNKNOWN'
  | 'STALE'
  | 'ERROR';

/** What went wrong, spelled as OpenFeature spells it where it has a word. */
export type ErrorCode =
  | 'FLAG_NOT_FOUND'
  | 'TYPE_MISMATCH'
  | 'PARSE_ERROR'
  | 'TARGETING_KEY_MISSING'
  | 'INVALID_CONTEXT'
  | 'PROVIDER_NOT_READY'
  | 'PROVIDER_FATAL'
  | 'INVALID_OPTIONS'
  | 'GENERAL';

/**
 * A value with the story of how it was decided.
 *
 * **Shape** `variant` is absent when the value is the caller's default. `detail` is our own, finer word for the reason
 * (`killed`, `prerequisite`, `holdout`, `out-of-rollout`, `override`, …); `rule` is the id of the rule that decided;
 * `revision` is the revision of the plan. `errorCode` is present when `reason` is `ERROR`.
 */
export interface Details<Value = FlagValue> {
  readonly value: Value;
  readonly variant?: string | undefined;
  readonly reason: Reason;
  readonly detail?: string | undefined;
  readonly rule?: string | undefined;
  readonly revision?: number | undefined;
  readonly errorCode?: ErrorCode | undefined;
}

/** The keys a call accepts: the declared ones when the application declares any, else any string. */
export type FlagKey = keyof Flags extends never ? string : keyof Flags & string;

/** The declared keys whose value is a `Kind`, or any string when nothing is declared. */
export type KeyOf<Kind> = keyof Flags extends never
  ? string
  : { [Key in keyof Flags]: Flags[Key] extends Kind ? Key : never }[keyof Flags] & string;

/** The declared type of the flag `Key`, or `Fallback` when nothing is declared about it. */
export type ValueOf<Key extends string, Fallback> = Key extends keyof Flags ? Flags[Key] : Fallback;
