// The numbers of a client. This module imports nothing, so that the build can write them where they are used.

/** What `ready` waits for at most. */
export const READY_TIMEOUT_MS = 5_000;
export const DEFAULT_REFRESH_MS = 30_000;
/** While the edge tells of changes, looking for them is only a precaution. */
export const LIVE_REFRESH_MS = 300_000;
/** After a change was told, every page waits a part of this, so that not all ask at one moment. */
export const SPREAD_MS = 500;
/** The edge may hold a change back for a few seconds. */
export const BEHIND_MS = 300;
/** A connection says so often that it lives, and one that is lost comes back after a part of so much. */
export const PING_MS = 50_000;
export const RECONNECT_MS = 2_000;

/** So many events make a batch, and the first of fewer waits so long. */
export const MAX_EVENTS = 20;
export const SEND_AFTER_MS = 5_000;
/** Browsers let 64 KiB leave with a page, and a character takes three bytes at most. */
export const LEAVING_MAX_LENGTH = 20_000;
/** What waits longer than a week, or among more than so many, is given up. */
export const MAX_AGE_MS = 604_800_000;
export const MAX_WAITING = 1_000;
/** Somebody may let a refused key in again, but hardly while this page lasts. */
export const REFUSED_PAUSE_MS = 86_400_000;
/** A client remembers so many exposures as counted, which a server that sees many people would exceed. */
export const MAX_SEEN = 10_000;

/** A request that has not been answered by then counts as failed. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** A pause of more than a day is taken for a mistake. */
export const RETRY_AFTER_MAX_SECONDS = 86_400;

/** Codes above this one close a connection for good: the key or the page was refused. */
export const LAST_TEMPORARY_CODE = 4400;
