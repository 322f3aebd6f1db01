// `node benches/plan-size.mjs [--json]`: the plan of 100 and of 1000 varied flags, beside the peers' formats.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib';
import { given, hasPeers, root } from './harness/place.mjs';
import { variedRuleset, variedSource } from './varied-flags.mjs';

const COUNTS = [100, 1_000];

/** Bytes of some content: raw, gzip at 9, brotli at 11. */
export function sizesOf(bytes) {
  const params = {
    [zlib.BROTLI_PARAM_QUALITY]: 11,
    [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params }).length,
  };
}

/** Rows of `cargo xtask size` for our plans. */
export async function planRows() {
  const { compile } = await import('./harness/compile.mjs');
  const budgets = JSON.parse(readFileSync(join(root, 'xtask/budgets.json'), 'utf8'));
  return Promise.all(
    COUNTS.map(async (n) => {
      const name = `plan of ${n} varied flags`;
      const { budget } = budgets.find((entry) => entry.name === name);
      return { name, ...sizesOf(compile(await variedRuleset(n))), budget };
    }),
  );
}

/** The same flags in the peers' layouts, as the harness writes them; without our ids, kill bits and prerequisites. */
export async function peerRows() {
  const { enc, flags } = await variedSource();
  return COUNTS.flatMap((n) =>
    Object.entries(enc).map(([format, write]) => ({
      name: `${format}, ${n} varied flags`,
      ...sizesOf(Buffer.from(write(flags(n)))),
    })),
  );
}

if (process.argv[1] === import.meta.filename) {
  if (!hasPeers()) {
    console.error(
      `NO PLAN SIZE: no peers at ${given}; set PENNON_BENCH_PEERS to the folder of bench-peers`,
    );
    process.exit(2);
  }
  const rows = await planRows();
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify(rows, null, 1));
  } else {
    const width = 70;
    for (const { name, raw, gzip, brotli, budget } of [...rows, ...(await peerRows())]) {
      console.log(
        name.padEnd(width),
        raw,
        gzip,
        brotli,
        budget === undefined ? '' : `of ${budget}`,
      );
    }
  }
  process.exitCode = rows.every(({ brotli, budget }) => brotli <= budget) ? 0 : 1;
}
