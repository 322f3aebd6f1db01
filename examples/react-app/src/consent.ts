const key = 'updraft-consent';

/** Whether this visitor has agreed to be counted, on this or an earlier visit. */
export function hasConsented(): boolean {
  try {
    return localStorage.getItem(key) === 'yes';
  } catch {
    return false;
  }
}

/** Keeps a yes for the next visit; a no leaves nothing behind. */
export function rememberConsent(isGiven: boolean): void {
  try {
    if (isGiven) localStorage.setItem(key, 'yes');
    else localStorage.removeItem(key);
  } catch {
    // Blocked storage means that the shop asks again next time.
  }
}
