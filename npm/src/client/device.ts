// The device id lives in the first-party cookie `pennon_device`, so that the server and the browser bucket alike.

/** What the cookie holds for somebody who opted out: a wish, and no id. */
export const OPTED_OUT = 'out';

/** 400 days, the longest that browsers keep a cookie. */
const MAX_AGE_SECONDS = 34_560_000;

/** Finds the device id in the text of a `Cookie` header or of `document.cookie`. */
export const deviceIn = (cookies: string): string | undefined =>
  /(?:^|; ?)pennon_device=([\w-]+)/.exec(cookies)?.[1];

/** Writes the page's cookie. */
export const writeDevice = (id: string): void => {
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `pennon_device=${id}; path=/; max-age=${MAX_AGE_SECONDS}; samesite=lax${secure}`;
};
