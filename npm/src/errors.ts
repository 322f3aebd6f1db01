import type { ErrorCode } from './types.ts';

/** What a caller reads about each code in `details.errorMessage`; the wasm and the client carry codes only. */
export const MESSAGES: Readonly<Record<ErrorCode, string>> = {
  FLAG_NOT_FOUND: 'the plan has no such flag',
  TYPE_MISMATCH: 'the flag holds another type than the default',
  PARSE_ERROR: 'the plan is damaged or too new',
  TARGETING_KEY_MISSING: 'the context lacks the unit id that the flag buckets by',
  INVALID_CONTEXT: 'a unit id is neither text nor an integer',
  PROVIDER_NOT_READY: 'no plan has been loaded yet',
  PROVIDER_FATAL: 'the endpoint refuses the key',
  INVALID_OPTIONS: 'an option is missing or wrong',
  GENERAL: 'the flag could not be decided',
};

/**
 * The only error this package throws, and only from set-up functions: reading a flag never throws.
 *
 * **Shape** `code` says what went wrong; `cause` is the underlying error, where there is one.
 */
export class FlagError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string = MESSAGES[code], options?: ErrorOptions) {
    super(message, options);
    this.name = 'FlagError';
    this.code = code;
  }
}
