// A project on a machine, asked as an admin and as a client would ask it.
import type { Machine } from './machine.ts';

const PROJECT = '/api/v1/projects/shop';
const LIVE = `${PROJECT}/environments/live`;

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
  readonly headers: Headers;
}

/** The flags that exposures name, and the unit each counts. */
export const FLAGS = { 'by-user': 'user', 'by-device': 'device' } as const;
export type FlagKey = keyof typeof FLAGS;

/** What `order-paid` is made of. */
export const METRICS = {
  paid: { event: 'order-paid', type: 'conversion' },
  orders: { event: 'order-paid', type: 'count' },
  revenue: { event: 'order-paid', type: 'sum' },
} as const;

/** An environment with two flags, three metrics and both keys. */
export class Project {
  readonly machine: Machine;
  readonly path = LIVE;
  token = '';
  environment = '';
  publicKey = '';
  clientKey = '';
  serverKey = '';

  private constructor(machine: Machine) {
    this.machine = machine;
  }

  static async setUp(machine: Machine): Promise<Project> {
    const project = new Project(machine);
    await fetch(`${machine.control}/healthz`);
    const [path] = await machine.logged(/\/setup\/[0-9a-z]+/);
    project.token = (await project.ask('POST', path)).body.token;
    await project.must('POST', '/api/v1/projects', { key: 'shop', name: 'The shop' });
    const made = await project.must('POST', `${PROJECT}/environments`, { key: 'live', name: 'L' });
    project.environment = made.id;
    project.publicKey = made.public_key;
    for (const [key, metric] of Object.entries(METRICS)) {
      await project.must('PUT', `${PROJECT}/metrics/${key}`, metric);
    }
    for (const key of Object.keys(FLAGS)) {
      await project.writeFlag(key);
    }
    project.clientKey = (await project.must('POST', `${LIVE}/keys`, { kind: 'client' })).key;
    project.serverKey = (await project.must('POST', `${LIVE}/keys`, { kind: 'server' })).key;
    return project;
  }

  /** The same project, on a machine that has the same state. */
  on(machine: Machine): Project {
    return Object.assign(new Project(machine), {
      token: this.token,
      environment: this.environment,
      publicKey: this.publicKey,
      clientKey: this.clientKey,
      serverKey: this.serverKey,
    });
  }

  /** A boolean flag that halves its units. */
  async writeFlag(key: string, changes: object = {}): Promise<Answer> {
    const unit = key in FLAGS ? FLAGS[key as FlagKey] : 'user';
    const ranges = [
      { variant: 'on', from: 0, to: 5000 },
      { variant: 'off', from: 5000, to: 10_000 },
    ];
    return this.ask('PUT', `${LIVE}/flags/${key}`, {
      type: 'boolean',
      variants: { on: true, off: false },
      enabled: true,
      off: 'off',
      unit,
      rules: [],
      fallthrough: { distribution: { ranges } },
      ...changes,
    });
  }

  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers: Record<string, string> = {};
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const init = body === undefined ? { method, headers } : { method, headers, body: text(body) };
    const response = await fetch(`${this.machine.control}${path}`, init);
    const answer = await response.text();
    const isJson = response.headers.get('Content-Type')?.startsWith('application/json');
    return {
      status: response.status,
      body: isJson ? JSON.parse(answer) : answer,
      headers: response.headers,
    };
  }

  /** Asks, and throws unless it was done. */
  async must(method: string, path: string, body?: unknown): Promise<Answer['body']> {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  /** What a client downloads. */
  config(headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.machine.edge}/v1/config/${this.clientKey}`, { headers });
  }

  /** Sends a body as `navigator.sendBeacon` does. */
  send(body: string | Uint8Array<ArrayBuffer>, headers: object = {}): Promise<Response> {
    return fetch(`${this.machine.edge}/v1/events?key=${this.clientKey}`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain;charset=UTF-8', ...headers },
      body,
    });
  }
}

function text(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
