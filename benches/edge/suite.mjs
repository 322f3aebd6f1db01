// Processor time per request and cold start of the edge Worker, above a Worker that does nothing.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { work } from '../harness/place.mjs';
import { inTurns } from '../rounds.mjs';
import { row } from '../rows.mjs';
import { ask, cpuMicroseconds, prepare, standIn, start } from './workerd.mjs';
import { edgeWorker, emptyWorker, growthbookWorker } from './workers.mjs';

const ROUNDS = 5;
const WARM_UP = 2_000;
const REQUESTS = 12_000;
const CONNECTIONS = 16;
const COLD_STARTS = 5;
const FIRST_PORT = 18_840;
/** What a cold start may take longer than that of an empty Worker. */
const COLD_BUDGET_MS = 10;

const autocannon = createRequire(join(work, 'package.json'))('autocannon');

/** Rows of the edge. */
export async function edgeRows() {
  const edge = await edgeWorker();
  const workers = { edge, empty: await emptyWorker(), growthbook: await growthbookWorker() };
  const stores = await standIn(edge.records);
  try {
    return await measured(workers, stores.port);
  } finally {
    stores.close();
  }
}

async function measured(workers, storesPort) {
  const prepared = Object.entries(workers).map(([name, worker], n) => {
    const place = prepare(name, worker, { port: FIRST_PORT + n, storesPort });
    return [name, { place, requests: worker.requests }];
  });
  const byName = Object.fromEntries(prepared);
  const figures = await inTurns(Object.keys(workers), ROUNDS, (name) => measure(byName[name]));
  const { edge, empty, growthbook } = figures;
  const peer = growthbook.post - empty.post;
  const above = (name, ours, target) =>
    row(`edge: ${name}, CPU above an empty Worker`, 'us', ours, peer, 'growthbook Worker', target);
  return [
    above('evaluate 100 flags', edge.evaluate - empty.post, 4),
    above('config 304', edge.known - empty.get, 4),
    above('config 200', edge.config - empty.get, null),
    cold('cold start above an empty Worker', edge.coldMs - empty.coldMs, 1),
    cold('the same, processor time', edge.coldCpuMs - empty.coldCpuMs, null),
    cold('the same with the stores', edge.coldWithStoresMs - empty.coldMs, null),
    row('edge: an empty Worker, CPU', 'us', empty.post, growthbook.post, 'growthbook Worker', null),
  ];
}

/** Milliseconds beside those that a cold start may take longer. */
const cold = (name, ours, target) =>
  row(`edge: ${name}`, 'ms', Math.max(ours, 0.1), COLD_BUDGET_MS, 'what it may take', target);

/** One round of one Worker: a cold start, then processor time per request for each kind of request. */
async function measure({ place, requests }) {
  const { refused, ...measured } = requests;
  const [first] = Object.values(measured);
  const figures = await coldest(place, refused ?? first);
  const worker = await start(place, first);
  figures.coldWithStoresMs = worker.coldMs;
  try {
    for (const [name, request] of Object.entries(measured)) {
      const response = await ask(place.url, request);
      await response.arrayBuffer();
      if (response.status !== (request.status ?? 200)) {
        throw new Error(`${request.path} answers ${response.status}`);
      }
      await load(place.url, request, WARM_UP);
      const before = cpuMicroseconds(worker.pid);
      await load(place.url, request, REQUESTS);
      figures[name] = (cpuMicroseconds(worker.pid) - before) / REQUESTS;
    }
  } finally {
    await worker.stop();
  }
  return figures;
}

/** The shortest of some cold starts: what a busy machine adds is not the Worker's. */
async function coldest(place, request) {
  const starts = [];
  for (let n = 0; n < COLD_STARTS; n++) {
    const once = await start(place, request);
    await once.stop();
    starts.push(once);
  }
  return {
    coldMs: Math.min(...starts.map(({ coldMs }) => coldMs)),
    coldCpuMs: Math.min(...starts.map(({ coldCpuMs }) => coldCpuMs)),
  };
}

async function load(url, { method, path, headers, body, status = 200 }, amount) {
  const connections = CONNECTIONS;
  const result = await autocannon({ url: url + path, method, headers, body, connections, amount });
  const answered = result.statusCodeStats?.[status]?.count ?? 0;
  if (answered < amount) {
    throw new Error(
      `${path}: ${amount - answered} of ${amount} requests were not answered ${status}`,
    );
  }
}
