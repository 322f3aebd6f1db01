/** Where the shop asks for its flags: the content of `/config.json`. */
export type Settings = {
  /** Address of the edge Worker. */
  readonly endpoint: string;
  /** Client key of the environment, `pk_…`. */
  readonly key: string;
  /** Page on which flags are changed, if there is one. */
  readonly control?: string;
};

/** Reads `/config.json`; undefined when the shop was started without a Pennon. */
export async function loadSettings(): Promise<Settings | undefined> {
  try {
    const response = await fetch('/config.json');
    const settings = (await response.json()) as Partial<Settings>;
    if (typeof settings.endpoint !== 'string' || typeof settings.key !== 'string') return undefined;
    return { ...settings, endpoint: settings.endpoint, key: settings.key };
  } catch {
    // A static host without the file may answer with its HTML page; that is "not configured" too.
    return undefined;
  }
}
