// What a shard pays for a batch of 20 events of one person: five exposures, fifteen orders, three
// metrics, one dimension. Run by hand, after `cargo xtask build workers`:
// node_modules/.bin/node --experimental-strip-types tests/faults/shard-cost.ts
import { Machine } from './machine.ts';
import { uuid7 } from './people.ts';

const BATCHES = 400;
const ENVIRONMENT = 'env_cost';
const hour = 3_600_000;

const metric = (key: string, kind: string) => ({
  key,
  version: '00000001',
  kind,
  event: 'order-paid',
  window_ms: 72 * hour,
  direction: 'up',
});
const definitions_body = {
  metrics: [metric('orders', 'count'), metric('paid', 'conversion'), metric('revenue', 'sum')],
  dimensions: [{ key: 'country', source: 'edge' }],
  units: ['user'],
};

function delivery(batch: number) {
  const id = () => uuid7().replaceAll('-', '');
  const at = Date.now();
  const person = { unit_type: 'user', unit_id: `person-${batch}`, hash: batch };
  const copies = Array.from({ length: 20 }, (_, index) => {
    const what =
      index < 5
        ? { exposure: { flag: `flag-${index}`, variant: 'on', levels: { country: 'DE' } } }
        : { track: { name: 'order-paid', value: 9.99 } };
    return { index, id: id(), at, ...person, ...what, line: JSON.stringify({ ...what, at }) };
  });
  const place = { environment: ENVIRONMENT, pepper: '5a'.repeat(32), shard: 0, shards: 1 };
  const counted = { definitions: '00ff00ff00ff00ff', definitions_body };
  return { ...place, ...counted, batch: id(), received_at: at, copies };
}

const machine = await Machine.start();
try {
  const ask = async (path: string, init: RequestInit, status: number) => {
    const answer = await machine.object('SHARD', `${ENVIRONMENT}/0`, path, init);
    await answer.arrayBuffer();
    if (answer.status !== status) throw new Error(`${path} answers ${answer.status}`);
  };
  const deliver = (batch: number) =>
    ask('/deliver', { method: 'POST', body: JSON.stringify(delivery(batch)) }, 200);
  const refused = (batch: number) =>
    ask('/nothing', { method: 'POST', body: JSON.stringify(delivery(batch)) }, 404);
  const cost = async (one: (batch: number) => Promise<void>, from: number) => {
    const rows = async () => (await machine.rowsWritten()).Shard ?? 0;
    const [cpuBefore, rowsBefore] = [machine.cpuMs(), await rows()];
    for (let batch = from; batch < from + BATCHES; batch += 1) await one(batch);
    const cpu = (machine.cpuMs() - cpuBefore) / BATCHES;
    return { cpu, rows: ((await rows()) - rowsBefore) / BATCHES };
  };
  await cost(deliver, 0);
  const [empty, counted] = [await cost(refused, 0), await cost(deliver, BATCHES)];
  const figures = {
    batches: BATCHES,
    cpu_ms_per_batch: Number((counted.cpu - empty.cpu).toFixed(2)),
    cpu_ms_of_an_empty_request: Number(empty.cpu.toFixed(2)),
    rows_written_per_batch: Number(counted.rows.toFixed(2)),
  };
  console.log(JSON.stringify(figures));
} finally {
  await machine.stop();
}
