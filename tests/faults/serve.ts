// As `worker/serve.ts`, with bindings that can fail:
//
//   node tests/faults/serve.ts --persist FOLDER [--edge-port N --control-port N] [--variables JSON]
//     [--unlimited]
import { parseArgs } from 'node:util';
import { Miniflare } from 'miniflare';
import { addresses, evaluateLimits, eventLimits, streamLimits } from '../../worker/local.ts';
import { faultyOptions } from './faulty-options.ts';

/** Tests send from one address, and faster than people. */
const NO_LIMIT = 1_000_000;

const { values } = parseArgs({
  options: {
    'edge-port': { type: 'string', default: '0' },
    'control-port': { type: 'string', default: '0' },
    persist: { type: 'string', default: '' },
    variables: { type: 'string', default: '{}' },
    unlimited: { type: 'boolean', default: false },
  },
});

const miniflare = new Miniflare(
  faultyOptions({
    persist: values.persist,
    edgePort: Number(values['edge-port']),
    controlPort: Number(values['control-port']),
    variables: JSON.parse(values.variables),
    isUnlimited: values.unlimited,
    // A load generator is one address that sends as fast as it can.
    limits: { ...eventLimits(NO_LIMIT), ...evaluateLimits(NO_LIMIT), ...streamLimits(NO_LIMIT) },
  }),
);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await miniflare.dispose();
    process.exit(0);
  });
}
process.stdout.write(`${JSON.stringify(await addresses(miniflare))}\n`);
