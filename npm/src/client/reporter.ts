import type { Logger } from './options.ts';

const warn: Logger = (message, cause) => {
  // biome-ignore lint/suspicious/noConsole: The console is where a developer looks; `logger` replaces it.
  console.warn('pennon:', message, cause ?? '');
};

/** Tells the logger what went wrong in the background, the same trouble once until something else happens. */
export const createReporter = (logger: Logger = warn): Logger => {
  let last: string | undefined;
  return (message, cause) => {
    if (message === last) return;
    last = message;
    try {
      logger(message, cause);
    } catch {
      // A logger that throws must not take the flags down with it.
    }
  };
};
