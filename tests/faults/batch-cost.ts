// What the batch of one person costs, as a browser sends it: `node tests/faults/batch-cost.ts`.
//
// Prints, for one and for two unit types in use, CPU of workerd (both Workers, shards, storage) and
// rows that the shards write. The first column without shards is what the edge alone takes.
import { Machine } from './machine.ts';
import { uuid7 } from './people.ts';
import { Project } from './project.ts';

const WARM = 100;
const MEASURED = 500;
const EVENTS = 20;

/** Two exposures, an order, and for the rest things that no metric reads. */
function batch(units: Record<string, string>): string {
  const at = Date.now() - 60_000;
  const event = (fields: object) => ({ id: uuid7(), at, units, ...fields });
  const events = [
    event({ type: 'exposure', flag: 'by-user', variant: 'on' }),
    event({ type: 'exposure', flag: 'by-device', variant: 'off' }),
    event({ type: 'track', name: 'order-paid', value: 10 }),
  ];
  while (events.length < EVENTS) events.push(event({ type: 'track', name: 'page-seen' }));
  return JSON.stringify({ id: uuid7(), client: 'cost/1', sent_at: Date.now(), events });
}

const machine = await Machine.start();
try {
  const project = await Project.setUp(machine);
  const user = () => ({ user: uuid7() });
  const both = () => ({ user: uuid7(), device: uuid7() });
  const away = { SHARD: { mode: 'answer', answer: { fresh: [] } } } as const;
  for (const [name, units, faults] of [
    ['two unit types, edge alone', both, away],
    ['two unit types', both, {}],
    ['one unit type', user, {}],
  ] as const) {
    await machine.fail('edge', faults);
    const send = async (count: number) => {
      for (let n = 0; n < count; n += 1) await (await project.send(batch(units()))).arrayBuffer();
    };
    await send(WARM);
    const [cpu, rows] = [machine.cpuMs(), (await machine.rowsWritten()).Shard ?? 0];
    await send(MEASURED);
    const cpuMs = (machine.cpuMs() - cpu) / MEASURED;
    const written = (((await machine.rowsWritten()).Shard ?? 0) - rows) / MEASURED;
    console.log(`${name}: ${cpuMs.toFixed(2)} ms CPU, ${written.toFixed(1)} rows a batch of 20`);
  }
} finally {
  await machine.close();
}
