// Reads the files of the raw log, as an admin does.
import { gunzipSync } from 'node:zlib';

export interface RawFile {
  readonly name: string;
  readonly bytes: number;
}

interface Page {
  readonly files: readonly RawFile[];
  readonly next: string | null;
}

/** A line of the raw log; which fields it has depends on its type. */
export type Line = Record<string, unknown>;

/** Asks an admin route of one environment. */
export class RawLog {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(base: string, token: string) {
    this.#base = base;
    this.#headers = { Authorization: `Bearer ${token}` };
  }

  /** Has every shard write what it holds. */
  flush(): Promise<Response> {
    return fetch(`${this.#base}/log/flush`, { method: 'POST', headers: this.#headers });
  }

  /** All files of a folder, page by page. */
  async list(folder = 'log'): Promise<RawFile[]> {
    const files: RawFile[] = [];
    let after = '';
    do {
      const query = after === '' ? '' : `?after=${encodeURIComponent(after)}`;
      const response = await this.get(`${folder}${query}`);
      const page = (await response.json()) as Page;
      files.push(...page.files);
      after = page.next ?? '';
    } while (after !== '');
    return files;
  }

  get(path: string): Promise<Response> {
    return fetch(`${this.#base}/${path}`, { headers: this.#headers });
  }

  async bytes(name: string, folder = 'log'): Promise<Uint8Array> {
    const response = await this.get(`${folder}/${name}`);
    if (!response.ok) {
      throw new Error(`${name}: ${response.status} ${await response.text()}`);
    }
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Every line of every file. */
  async lines(): Promise<Line[]> {
    const lines: Line[] = [];
    for (const { name } of await this.list()) {
      const text = gunzipSync(await this.bytes(name)).toString();
      lines.push(
        ...text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      );
    }
    return lines;
  }
}
