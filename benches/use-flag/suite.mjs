// `useFlag` beside `Map.get`, in Node and in Chromium.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { pages, withPages } from '../browser/pages.mjs';
import { compile } from '../harness/compile.mjs';
import { envelopeOf } from '../harness/envelope.mjs';
import { logicalRuleset } from '../harness/logical-ruleset.mjs';
import { fromHarness, root, work } from '../harness/place.mjs';
import { measuredBy } from '../node/child.mjs';
import { inTurns } from '../rounds.mjs';
import { row } from '../rows.mjs';

const ROUNDS = 5;
const FLAGS = 1_000;

/** At most twice the time of a `Map.get`. */
const TARGET = 0.5;

export async function useFlagRows() {
  const { flagSet } = await fromHarness('lib/logical.mjs');
  writeFileSync(
    join(pages, 'use-flag.envelope'),
    envelopeOf(compile(logicalRuleset(flagSet(FLAGS)))),
  );
  await bundle('use-flag-node.mjs', NODE);
  await bundle('use-flag.js', PAGE);
  const figures = await withPages((open) =>
    inTurns(['node', 'chromium'], ROUNDS, (place) =>
      place === 'node'
        ? measuredBy([join(pages, 'use-flag-node.mjs')])
        : open('use-flag', (page) => page.evaluate(() => globalThis.bench())),
    ),
  );
  return ['node', 'chromium'].map((place) => {
    const { useFlag, mapGet } = figures[place];
    return row(`${place}: useFlag read`, 'ns', useFlag, mapGet, 'Map.get', TARGET);
  });
}

const MEASURED = `
  import { reads } from ${JSON.stringify(join(root, 'benches/use-flag/reads.mjs'))};
  import { flagSet } from ${JSON.stringify(join(work, 'lib/logical.mjs'))};
  import * as timing from ${JSON.stringify(join(work, 'lib/timing.mjs'))};
  const run = (envelope) => reads(timing, new Uint8Array(envelope), flagSet(${FLAGS}));`;

const NODE = `${MEASURED}
  import { readFileSync } from 'node:fs';
  const file = ${JSON.stringify(join(pages, 'use-flag.envelope'))};
  console.log('@@' + JSON.stringify(await run(readFileSync(file))));
  process.exit(0);`;

const PAGE = `${MEASURED}
  globalThis.bench = async () => run(await (await fetch('/use-flag.envelope')).arrayBuffer());`;

const bundle = (file, contents) =>
  build({
    stdin: { contents, resolveDir: join(root, 'benches'), loader: 'js' },
    outfile: join(pages, file),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    alias: { react: join(root, 'benches/use-flag/react-stub.mjs') },
    external: ['node:*', './full.js', './eval-fallback.js'],
    logLevel: 'error',
  });
