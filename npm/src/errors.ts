import type { ErrorCode } from './types.ts';

/**
 * The only error this package throws, and only from set-up functions: reading a flag never throws.
 *
 * **Shape** `code` says what went wrong; `cause` is the underlying error, where there is one.
 */
export class FlagError extends Error {
  declare readonly code: ErrorCode;

  constructor(code: ErrorCode, detail = '', options?: ErrorOptions) {
    super(detail ? `${code}: ${detail}` : code, options);
    this.name = 'FlagError';
    this.code = code;
  }
}
