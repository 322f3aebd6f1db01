// Many connections while much is published. The long form of docs/push.md:
//
//   PENNON_SOCKETS=1000 PENNON_VERSIONS=100 npx vitest run test/stream-load.test.ts
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE } from './control.ts';
import { isRevision, Stream } from './stream-client.ts';

const SOCKETS = Number(process.env.PENNON_SOCKETS ?? 200);
const VERSIONS = Number(process.env.PENNON_VERSIONS ?? 25);
/** Connections that are opened at a time. */
const AT_ONCE = 50;

let control: Control;
let key: string;

beforeAll(async () => {
  control = await Control.withProject();
  key = (await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'client' } })).body.key;
});
afterAll(() => control.end());

async function open(n: number): Promise<Stream[]> {
  const streams: Stream[] = [];
  while (streams.length < n) {
    const wanted = Math.min(AT_ONCE, n - streams.length);
    const more = Array.from({ length: wanted }, () => Stream.open(control.workers.edge, key));
    streams.push(...(await Promise.all(more)));
  }
  return streams;
}

/** When each stream was told of a revision or a newer one. */
function timesOf(streams: readonly Stream[], revision: number): number[] {
  return streams.map((stream) => {
    const place = stream.messages.findIndex((message) => {
      return isRevision(message) && message.revision >= revision;
    });
    return stream.times[place] ?? Number.NaN;
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

test(`${SOCKETS} sockets while ${VERSIONS} versions are published`, async () => {
  const streams = await open(SOCKETS);
  const began: [revision: number, at: number][] = [];
  for (let n = 0; n < VERSIONS; n += 1) {
    const at = performance.now();
    const body = booleanFlag({ fallthrough: { variant: n % 2 === 0 ? 'off' : 'on' } });
    const answer = await control.ask('PUT', `${LIVE}/flags/sale`, { body });
    began.push([answer.body.revision, at]);
  }
  const last = began.at(-1)?.[0] ?? 0;
  await Promise.all(streams.map((stream) => stream.reached(last, 30_000)));

  for (const stream of streams) {
    expect(stream.newest).toBe(last);
    expect(stream.revisions).toEqual(stream.revisions.toSorted((a, b) => a - b));
  }
  const toLast = began.map(([revision, at]) => Math.max(...timesOf(streams, revision)) - at);
  const sorted = toLast.toSorted((a, b) => a - b);
  const [p50, p99] = [quantile(sorted, 0.5), quantile(sorted, 0.99)].map(Math.round);
  console.log(
    JSON.stringify({
      sockets: SOCKETS,
      versions: VERSIONS,
      publish_to_last_socket_ms: { p50, p99 },
    }),
  );
  expect(p99).toBeLessThan(5_000);
  for (const stream of streams) stream.close();
}, 300_000);
