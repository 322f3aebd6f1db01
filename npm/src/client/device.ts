// The device id lives in the first-party cookie `pennon_device`, so that the server and the browser bucket alike.

/** 400 days, the longest that browsers keep a cookie. */
const MAX_AGE_SECONDS = 34_560_000;

/** Finds the device id in the text of a `Cookie` header or of `document.cookie`. */
export const deviceIn = (cookies: string): string | undefined =>
  /(?:^|; ?)pennon_device=([\w-]+)/.exec(cookies)?.[1];

/** Writes the id into the page's cookie, or removes the cookie when there is none; a page that may not is left alone. */
export const writeDevice = (id: string | undefined): void => {
  document.cookie = `pennon_device=${id ?? ''}; path=/; max-age=${id ? MAX_AGE_SECONDS : 0}; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
};
