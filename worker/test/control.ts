// The control Worker for tests: started, set up, and asked as an admin would ask it.
import { makeState, removeState, type Spawned, spawnWorkers } from './start.ts';

export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

export interface Question {
  readonly body?: unknown;
  /** Sent as it is, for bodies that are not JSON. */
  readonly text?: string | Uint8Array<ArrayBuffer>;
  readonly token?: string | null;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

/** The Workers on a state that outlives them, until `end`. */
export class Control {
  /** The first admin token; empty until `setUp`. */
  token = '';
  workers: Spawned;
  readonly state: string;

  private constructor(state: string, workers: Spawned) {
    this.state = state;
    this.workers = workers;
  }

  static async start(): Promise<Control> {
    const state = await makeState();
    return new Control(state, await spawnWorkers(state));
  }

  /** Starts, and uses the setup link that the log shows. */
  static async setUp(): Promise<Control> {
    const control = await Control.start();
    return control.orEnd(async () => {
      const answer = await control.ask('POST', await control.setupPath(), { token: null });
      control.token = answer.body.token;
    });
  }

  /** A project with two environments, the state in which most stories begin. */
  static async withProject(): Promise<Control> {
    const control = await Control.setUp();
    return control.orEnd(async () => {
      await control.ask('POST', '/api/v1/projects', { body: { key: 'shop', name: 'The shop' } });
      for (const key of ['live', 'test']) {
        const body = { key, name: key };
        await control.ask('POST', '/api/v1/projects/shop/environments', { body });
      }
    });
  }

  /** Leaves no process behind when a step of setting up fails: no test would end it. */
  private async orEnd(step: () => Promise<void>): Promise<this> {
    try {
      await step();
      return this;
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  /** Path of the setup link, once the log shows one. */
  async setupPath(): Promise<string> {
    await this.ask('GET', '/healthz', { token: null });
    return until(() =>
      this.workers
        .log()
        .match(/\/setup\/[0-9a-z]+/g)
        ?.at(-1),
    );
  }

  async ask(method: string, path: string, question: Question = {}): Promise<Answer> {
    const headers: Record<string, string> = {};
    const token = question.token === undefined ? this.token : question.token;
    if (token) headers.Authorization = `Bearer ${token}`;
    if (question.ifMatch !== undefined) headers['If-Match'] = question.ifMatch;
    if (question.ifNoneMatch !== undefined) headers['If-None-Match'] = question.ifNoneMatch;
    const body =
      question.text ?? (question.body === undefined ? null : JSON.stringify(question.body));
    const answer = await fetch(`${this.workers.control}${path}`, { method, headers, body });
    const text = await answer.text();
    const isJson = answer.headers.get('Content-Type')?.startsWith('application/json');
    return {
      status: answer.status,
      etag: answer.headers.get('ETag'),
      body: isJson ? JSON.parse(text) : text,
    };
  }

  /** SIGKILL, and a start on the same state. */
  async crash(): Promise<void> {
    await this.workers.kill();
    this.workers = await spawnWorkers(this.state);
  }

  async end(): Promise<void> {
    await this.workers.stop();
    await removeState(this.state);
  }
}

export const LIVE = '/api/v1/projects/shop/environments/live';
export const TEST = '/api/v1/projects/shop/environments/test';

/** A boolean flag that everybody gets. */
export function booleanFlag(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'boolean',
    variants: { on: true, off: false },
    enabled: true,
    off: 'off',
    rules: [],
    fallthrough: { variant: 'on' },
    ...changes,
  };
}

/** Waits until something is there. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('waited for 20 seconds in vain');
}
