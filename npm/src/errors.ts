import type { ErrorCode } from './types.ts';

/** What a caller reads about a code: its words. The wasm and the client carry codes only. */
export const messageOf = (code: ErrorCode): string => code.toLowerCase().replaceAll('_', ' ');

/**
 * The only error this package throws, and only from set-up functions: reading a flag never throws.
 *
 * **Shape** `code` says what went wrong; `cause` is the underlying error, where there is one.
 */
export class FlagError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message?: string, options?: ErrorOptions) {
    super(message ? `${messageOf(code)}: ${message}` : messageOf(code), options);
    this.name = 'FlagError';
    this.code = code;
  }
}
