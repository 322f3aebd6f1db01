/** A flag as the admin API returns it: only what the stories change is named. */
export type FlagJson = { enabled: boolean; killed?: boolean } & Record<string, unknown>;

/** Counts of one flag in `GET …/exposures`. */
export type FlagExposures = {
  readonly flag: string;
  readonly variants: readonly { readonly variant: string; readonly exposed: number }[];
  readonly mixed: number;
};

/** What a person with a token does to one project and one of its environments. */
export type Admin = {
  /** Creates a thing below `/api/v1`. */
  create(path: string, body: unknown): Promise<Record<string, unknown>>;
  /** Writes a thing of the project: an attribute, list, segment or metric. */
  write(path: string, body: unknown): Promise<void>;
  /** Writes a whole flag. */
  writeFlag(key: string, flag: unknown): Promise<void>;
  /** Reads a flag, changes it, and writes it back under the version that was read. */
  changeFlag(key: string, change: (flag: FlagJson) => FlagJson): Promise<void>;
  /** Kills a flag, or brings it back. */
  kill(key: string, action?: 'kill' | 'unkill'): Promise<void>;
  /** Makes a client key. */
  clientKey(): Promise<string>;
  /** Makes a server key. */
  serverKey(): Promise<string>;
  /** Reads how many subjects saw each variant of a flag. */
  exposures(flag: string): Promise<Readonly<Record<string, number>>>;
};

/** Speaks the admin API of one project and environment with a token. */
export function createAdmin(
  control: string,
  token: string,
  project: string,
  environment: string,
): Admin {
  const inProject = `/api/v1/projects/${project}`;
  const inEnvironment = `${inProject}/environments/${environment}`;

  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers = {},
  ): Promise<Response> {
    const response = await fetch(control + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return response;
  }

  async function makeKey(kind: 'client' | 'server'): Promise<string> {
    const made = await send('POST', `${inEnvironment}/keys`, { kind });
    return ((await made.json()) as { key: string }).key;
  }

  return {
    async create(path: string, body: unknown): Promise<Record<string, unknown>> {
      return (await send('POST', `/api/v1${path}`, body)).json();
    },
    async write(path: string, body: unknown): Promise<void> {
      await send('PUT', `${inProject}/${path}`, body);
    },
    async writeFlag(key: string, flag: unknown): Promise<void> {
      await send('PUT', `${inEnvironment}/flags/${key}`, flag);
    },
    async changeFlag(key: string, change: (flag: FlagJson) => FlagJson): Promise<void> {
      const path = `${inEnvironment}/flags/${key}`;
      const read = await send('GET', path);
      const version = read.headers.get('etag') ?? '';
      const body = change((await read.json()) as FlagJson);
      await send('PUT', path, body, { 'if-match': version });
    },
    async kill(key: string, action: 'kill' | 'unkill' = 'kill'): Promise<void> {
      await send('POST', `${inEnvironment}/flags/${key}/${action}`, {
        reason: 'a story of the tests',
      });
    },
    clientKey: () => makeKey('client'),
    serverKey: () => makeKey('server'),
    async exposures(flag: string): Promise<Readonly<Record<string, number>>> {
      const read = await send('GET', `${inEnvironment}/exposures?flag=${flag}`);
      const { flags } = (await read.json()) as { flags: readonly FlagExposures[] };
      const variants = flags.find((entry) => entry.flag === flag)?.variants ?? [];
      return Object.fromEntries(variants.map(({ variant, exposed }) => [variant, exposed]));
    },
  };
}
