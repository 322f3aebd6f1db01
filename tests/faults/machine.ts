// One machine of one's own: Node, and workerd below it, on a state that outlives both.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childNamed, cpuMs, residentBytes } from './processes.ts';

const SERVE = join(import.meta.dirname, 'serve.ts');

/** What can be made to fail, and how; see `faulty-worker.js`. */
export interface Fault {
  readonly mode: 'refuse' | 'hang' | 'deaf' | 'answer' | 'trap' | 'watch';
  /** What is answered without asking the object. */
  readonly answer?: unknown;
  /** Strikes each nth call only. */
  readonly every?: number;
  /** Strikes calls one of whose arguments, or whose address, contains this. */
  readonly only?: string;
  /** Strikes calls of that method of a binding only. */
  readonly method?: string;
  /** Strikes calls of the object of that name only. */
  readonly object?: string;
}

export type Faults = Readonly<Record<string, Fault>>;

type Script = 'edge' | 'control';

export interface MachineOptions {
  /** Variables of both Workers. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Without the bindings that limit requests. */
  readonly isUnlimited?: boolean;
}

/** Both Workers in a process of their own. */
export class Machine {
  readonly state: string;
  edge = '';
  control = '';
  private node: ChildProcess | undefined;
  private workerd = 0;
  private text = '';
  private readonly options: MachineOptions;

  private constructor(state: string, options: MachineOptions) {
    this.state = state;
    this.options = options;
  }

  /** Starts on an empty state, or on that folder. */
  static async start(options: MachineOptions = {}, folder?: string): Promise<Machine> {
    const state = folder ?? (await mkdtemp(join(tmpdir(), 'pennon-faults-')));
    const machine = new Machine(state, options);
    await machine.start();
    return machine;
  }

  /** Starts again, at the same addresses. */
  async start(): Promise<void> {
    const node = spawn(process.execPath, ['--no-warnings', SERVE, ...this.words()], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: this.state },
    });
    this.node = node;
    this.text = '';
    const add = (chunk: Buffer): void => {
      this.text += chunk.toString();
    };
    node.stdout?.on('data', add);
    node.stderr?.on('data', add);
    const line = await this.logged(/^(\{"edge".*\})$/m);
    const origins: { edge: string; control: string } = JSON.parse(line[1] ?? '');
    this.edge = origins.edge;
    this.control = origins.control;
    this.workerd = childNamed(pidOf(node), 'workerd');
  }

  /**
   * SIGKILL to workerd, at once; then to the Node above it, which keeps nothing, and which is held
   * still before because it would start another workerd on the same state.
   */
  async kill(): Promise<void> {
    this.node?.kill('SIGSTOP');
    process.kill(this.workerd, 'SIGKILL');
    await this.end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Ends it in order, and leaves the state. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends it, and takes the state away. */
  async close(): Promise<void> {
    await this.end('SIGTERM');
    await rm(this.state, { recursive: true, force: true });
  }

  /** Bytes that workerd holds in memory. */
  resident(): number {
    return residentBytes(this.workerd);
  }

  /** Milliseconds that workerd has computed since its start. */
  cpuMs(): number {
    return cpuMs(this.workerd);
  }

  /** Replaces all faults of a Worker. */
  async fail(script: Script, faults: Faults): Promise<void> {
    await fetch(`${this[script]}/__faults`, { method: 'POST', body: JSON.stringify(faults) });
  }

  /** How often each fault has struck since it was set. */
  async struck(script: Script): Promise<Readonly<Record<string, number>>> {
    const response = await fetch(`${this[script]}/__faults`);
    return (await response.json()) as Record<string, number>;
  }

  /** Rows that the objects of each class have written since this start. */
  async rowsWritten(): Promise<Readonly<Record<string, number>>> {
    const response = await fetch(`${this.control}/__rows`);
    return (await response.json()) as Record<string, number>;
  }

  /** Lifts all faults. */
  async heal(): Promise<void> {
    await Promise.all([this.fail('edge', {}), this.fail('control', {})]);
  }

  /** Asks an object as a Worker would. */
  object(space: string, name: string, path: string, init: RequestInit = {}): Promise<Response> {
    const address = `${this.control}/__object/${space}/${encodeURIComponent(name)}${path}`;
    return fetch(address, init);
  }

  /** Waits for something in the log of this start. */
  async logged(pattern: RegExp): Promise<RegExpMatchArray> {
    for (let attempt = 0; attempt < 1_200; attempt += 1) {
      const found = this.text.match(pattern);
      if (found !== null) return found;
      if (this.hasEnded()) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the Workers did not print ${pattern}, but:\n${this.text}`);
  }

  private words(): string[] {
    const ports = (['edge', 'control'] as const).flatMap((script) => {
      return this[script] === '' ? [] : [`--${script}-port`, new URL(this[script]).port];
    });
    const variables = JSON.stringify(this.options.variables ?? {});
    const unlimited = this.options.isUnlimited ? ['--unlimited'] : [];
    return ['--persist', this.state, '--variables', variables, ...unlimited, ...ports];
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { node } = this;
    if (node === undefined || this.hasEnded()) return;
    const ended = once(node, 'exit');
    node.kill(signal);
    await ended;
  }

  private hasEnded(): boolean {
    return this.node?.exitCode !== null || this.node.signalCode !== null;
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the process was not started');
  return child.pid;
}
