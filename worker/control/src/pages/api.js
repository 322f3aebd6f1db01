// The admin API as the page uses it.

/** Where the token lives: gone when the tab closes. */
export const TOKEN_ITEM = 'pennon.token';

/** What the API refuses, with everything it says about why. */
export class ApiFailure extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.currentVersion = error.current_version;
    this.problems = error.problems ?? [];
  }
}

/** Sends one request; answers `{ body, etag }`, throws `ApiFailure`. */
export async function ask(method, path, { body, ifMatch, ifNoneMatch } = {}) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem(TOKEN_ITEM) ?? ''}` };
  if (ifMatch !== undefined) headers['If-Match'] = ifMatch;
  if (ifNoneMatch !== undefined) headers['If-None-Match'] = ifNoneMatch;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(`/api/v1/${path}`, { method, headers, body });
  const text = await answer.text();
  const json = readJson(text);
  if (!answer.ok) {
    const unreadable = { code: 'unreadable', message: `the Worker answered ${answer.status}` };
    throw new ApiFailure(answer.status, json?.error ?? unreadable);
  }
  return { body: json, etag: answer.headers.get('ETag') };
}

/** The address of an environment, each part safe to stand in a path. */
export function environmentPath({ project, environment }) {
  return `projects/${encodeURIComponent(project)}/environments/${encodeURIComponent(environment)}`;
}

/** The address of a flag. */
export function flagPath(place, key) {
  return `${environmentPath(place)}/flags/${encodeURIComponent(key)}`;
}

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
