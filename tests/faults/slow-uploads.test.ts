// Bodies that come slowly: they are waited for only where a body is wanted, and do not make a batch a
// later one.
import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pause } from './load.ts';
import { Machine } from './machine.ts';
import { uuid7 } from './people.ts';
import { Project } from './project.ts';
import { logLines } from './raw-log.ts';

const SLOW_MS = 2_500;

let machine: Machine;
let project: Project;

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

/** A request whose head is on its way and whose body is not; it goes on when one ends it. */
function headOf(method: string, path: string, length: number): ClientRequest {
  const headers = { 'Content-Length': length, 'Content-Type': 'text/plain' };
  const sent = request(`${machine.edge}${path}`, { method, headers });
  sent.on('error', () => undefined);
  sent.flushHeaders();
  return sent;
}

const BODILESS: readonly [string, number][] = [
  ['/v1/config', 405],
  ['/healthz', 405],
  ['/nothing/here', 404],
];

it.each(BODILESS)('POST %s is answered before its body has come', async (path, status) => {
  const sent = headOf('POST', path, 60_000);
  const answered = once(sent, 'response').then(([response]) => response.statusCode);
  expect(await Promise.race([answered, pause(SLOW_MS)])).toBe(status);
  sent.destroy();
});

it.each([0, 100_000])('a batch with %i more bytes came when its head came', async (more) => {
  const id = uuid7();
  const now = Date.now();
  const units = { user: id };
  const seen = { id, type: 'exposure', at: now, units, flag: 'by-user', variant: 'on' };
  const body = JSON.stringify({ id: uuid7(), sent_at: now, events: [seen] }) + ' '.repeat(more);
  const sent = headOf('POST', `/v1/events?key=${project.clientKey}`, body.length);
  const answered = once(sent, 'response').then(([response]) => response.statusCode);
  await pause(SLOW_MS);
  sent.end(body);
  expect(await answered).toBe(200);
  const line = (await logLines(project)).find((line) => line.id === id);
  expect(Number(line?.received_at) - now).toBeLessThan(SLOW_MS / 2);
  expect(Number(line?.at) - now).toBeLessThan(SLOW_MS / 2);
});
