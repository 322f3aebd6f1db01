import type { ErrorCode } from './types.ts';

/** What a caller reads about each code in `details.errorMessage`; the wasm and the client carry codes only. */
export const MESSAGES: Readonly<Record<ErrorCode, string>> = {
  FLAG_NOT_FOUND: 'no such flag',
  TYPE_MISMATCH: 'another type than the default',
  PARSE_ERROR: 'plan damaged or too new',
  TARGETING_KEY_MISSING: 'the context lacks the unit id',
  INVALID_CONTEXT: 'a unit id is not text',
  PROVIDER_NOT_READY: 'no plan yet',
  PROVIDER_FATAL: 'key refused',
  INVALID_OPTIONS: 'missing or wrong option',
  GENERAL: 'not decided',
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
