import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const serve = join(import.meta.dirname, '../../worker/serve.ts');

/** Both Workers on one workerd. */
export type Workers = {
  /** Origin of the edge Worker. */
  readonly edge: string;
  /** Origin of the control Worker. */
  readonly control: string;
  /** Opens the one-time link of the first start and returns the admin token. */
  token(): Promise<string>;
  /** Ends workerd without warning, as a power cut would. */
  kill(): Promise<void>;
};

/** Where the Workers keep their state, and the origins they must have again after a restart. */
export type WorkersOptions = {
  readonly state: string;
  readonly edge?: string;
  readonly control?: string;
};

/** Starts both Workers and waits until they answer. */
export async function startWorkers({ state, edge, control }: WorkersOptions): Promise<Workers> {
  const ports = ['--edge-port', portOf(edge), '--control-port', portOf(control)];
  // The child leads a process group of its own, so that workerd dies with it.
  // What it leaves in its temporary folder goes when the state goes.
  const child = spawn(process.execPath, [serve, ...ports, '--persist', state], {
    detached: true,
    env: { ...process.env, TMPDIR: state },
  });
  const output = collect(child);
  const killGroup = (): void => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    process.kill(-child.pid, 'SIGKILL');
  };
  process.once('exit', killGroup);
  child.once('exit', () => process.off('exit', killGroup));
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    killGroup();
    await ended;
  };
  try {
    const [, line = ''] = await output.find(/^(\{"edge".*\})$/m);
    const origins = JSON.parse(line) as { edge: string; control: string };
    const token = (): Promise<string> => openSetup(origins.control, output);
    return { ...origins, token, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

async function openSetup(control: string, output: Output): Promise<string> {
  await fetch(`${control}/healthz`);
  const [, secret = ''] = await output.find(/\/setup\/([0-9a-z]+)/);
  const response = await fetch(`${control}/setup/${secret}`, { method: 'POST' });
  if (!response.ok) throw new Error(`setup: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { token: string }).token;
}

function portOf(origin: string | undefined): string {
  return origin === undefined ? '0' : new URL(origin).port;
}

type Output = { find(pattern: RegExp): Promise<RegExpMatchArray> };

/** Keeps what a process prints, and finds patterns in it as they come. */
function collect(child: ChildProcess): Output {
  let text = '';
  const add = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return {
    async find(pattern) {
      for (let attempt = 0; attempt < 600; attempt += 1) {
        const found = text.match(pattern);
        if (found !== null) return found;
        if (child.exitCode !== null) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`the Workers did not print ${pattern}, but:\n${text}`);
    },
  };
}
