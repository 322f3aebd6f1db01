// Starts a Worker on workerd, with stand-ins for the stores and objects that it is bound to.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inputs, root } from '../harness/place.mjs';

const PATIENCE_MS = 10_000;
const text = (value) => JSON.stringify(value);

/** The workerd that the repository's own tests run; the program itself, not the script that starts it. */
function program() {
  return createRequire(join(root, 'package.json'))('workerd').default;
}

/**
 * Key-value store, bucket and cache over HTTP, as workerd asks for them. The bucket and the cache are empty, so
 * every record comes from the key-value store.
 */
export async function standIn(records) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://store');
    const found = records[decodeURIComponent(pathname.slice(1))];
    if (request.headers['cf-r2-request'] !== undefined) {
      const error = { version: 1, v4code: 10007, message: 'The specified key does not exist.' };
      response.writeHead(404, { 'cf-r2-error': text(error) }).end();
    } else if (request.method !== 'GET') {
      request.resume().on('end', () => response.writeHead(204).end());
    } else if (found === undefined) {
      // 504 is how a cache says that it has nothing; 404 is how the key-value store does.
      const isCache = /only-if-cached/.test(request.headers['cache-control'] ?? '');
      response.writeHead(isCache ? 504 : 404).end();
    } else {
      response.writeHead(200).end(found);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, close: () => server.close() };
}

/** Writes the configuration of a Worker, and gives what starting it needs. */
export function prepare(name, worker, { port, storesPort }) {
  const folder = join(inputs, 'edge-workers', name);
  mkdirSync(folder, { recursive: true });
  for (const module of worker.modules) {
    writeFileSync(join(folder, module.name), module.content);
  }
  const file = join(folder, 'workerd.capnp');
  writeFileSync(file, configuration(worker, port, storesPort));
  return { file, url: `http://127.0.0.1:${port}` };
}

function configuration(worker, port, storesPort) {
  const modules = worker.modules.map(
    ({ name, kind }) => `(name = ${text(name)}, ${kind} = embed ${text(name)})`,
  );
  const { date, flags, classes } = settings();
  const objects = classes.map(({ binding, className }) => {
    const designator = `(className = ${text(className)}, serviceName = "objects")`;
    return `(name = ${text(binding)}, durableObjectNamespace = ${designator})`;
  });
  const bindings = [
    '(name = "SNAPSHOTS", kvNamespace = "stores")',
    '(name = "ARCHIVE", r2Bucket = "stores")',
    ...objects,
  ];
  // A class that answers 404: nothing that is measured asks an object.
  const script = classes.map(
    ({ className }) =>
      `export class ${className} { fetch() { return new Response('', { status: 404 }); } }`,
  );
  const namespaces = classes.map(
    ({ className }) => `(className = ${text(className)}, uniqueKey = ${text(className)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "objects", worker = .objects),
    (name = "stores", external = (address = "127.0.0.1:${storesPort}", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [${modules.join(', ')}],
  compatibilityDate = ${text(date)},
  compatibilityFlags = [${flags.map(text).join(', ')}],
  bindings = [${worker.isEdge ? bindings.join(', ') : ''}],
  cacheApiOutbound = "stores",
);
const objects :Workerd.Worker = (
  modules = [(name = "objects.mjs", esModule = ${text(script.concat('export default {};').join('\n'))})],
  compatibilityDate = ${text(date)},
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (inMemory = void),
);
`;
}

/** What the edge Worker's own configuration says, comments left out. */
function settings() {
  const file = readFileSync(join(root, 'worker/edge/wrangler.jsonc'), 'utf8');
  const config = JSON.parse(file.replaceAll(/^\s*\/\/.*$/gm, ''));
  return {
    date: config.compatibility_date,
    flags: config.compatibility_flags,
    classes: config.durable_objects.bindings.map(({ name, class_name }) => ({
      binding: name,
      className: class_name,
    })),
  };
}

/** Starts it and waits for the first answer; `coldMs` is how long that took, `coldCpuMs` how much processor time. */
export async function start({ file, url }, request) {
  const began = performance.now();
  const child = spawn(program(), ['serve', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  for (;;) {
    try {
      const response = await ask(url, request);
      const coldMs = performance.now() - began;
      const body = await response.text();
      if (response.status !== (request.status ?? 200) || !(request.check ?? (() => true))(body)) {
        throw new Wrong(`${request.path} answers ${response.status}: ${body.slice(0, 200)}`);
      }
      const coldCpuMs = threadsMilliseconds(child.pid);
      return { pid: child.pid, coldMs, coldCpuMs, stop: () => stop(child) };
    } catch (error) {
      if (error instanceof Wrong || performance.now() - began > PATIENCE_MS) {
        await stop(child);
        throw new Error(`${error.message}\n${complaint}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

class Wrong extends Error {}

export function ask(url, { method, path, headers, body }) {
  return fetch(url + path, { method, headers, body });
}

async function stop(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** The same, finer, while all its threads live, in milliseconds. */
function threadsMilliseconds(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = tasks.map((task) => {
    const [running] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ');
    return Number(running);
  });
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** Processor time that a process has used so far, in microseconds. */
export function cpuMicroseconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
