// The numbers of a client. This module imports nothing, so that the build can write them where they are used.

/** What `ready` waits for at most. */
export const READY_TIMEOUT_MS = 5_000;
export const DEFAULT_REFRESH_MS = 30_000;

/** So many events make a batch, and the first of fewer waits so long. */
export const MAX_EVENTS = 20;
export const SEND_AFTER_MS = 5_000;
/** What waits longer than a week, or among more than so many, is given up. */
export const MAX_AGE_MS = 604_800_000;
export const MAX_WAITING = 1_000;
/** Somebody may let a refused key in again, but hardly while this page lasts. */
export const REFUSED_PAUSE_MS = 86_400_000;
/** A client remembers so many exposures as counted, which a server that sees many people would exceed. */
export const MAX_SEEN = 10_000;
