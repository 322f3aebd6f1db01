// Runs both Workers until SIGINT or SIGTERM:
//
//   node worker/serve.ts --edge-port 8787 --control-port 8788 --persist .pennon/state
//
// `--event-limit n` is how many batches a key may send in 10 seconds, `--evaluate-limit n` how often
// it may ask `/v1/evaluate`, `--stream-limit n` how many push connections it may open. Prints one line of JSON with both addresses when they answer.
import { parseArgs } from 'node:util';
import { Miniflare } from 'miniflare';
import { addresses, evaluateLimits, eventLimits, localOptions, streamLimits } from './local.ts';

const { values } = parseArgs({
  options: {
    'edge-port': { type: 'string', default: '0' },
    'control-port': { type: 'string', default: '0' },
    persist: { type: 'string', default: '.pennon/state' },
    'event-limit': { type: 'string' },
    'evaluate-limit': { type: 'string' },
    'stream-limit': { type: 'string' },
  },
});

const miniflare = new Miniflare(
  localOptions({
    persist: values.persist,
    edgePort: Number(values['edge-port']),
    controlPort: Number(values['control-port']),
    limits: {
      ...given(values['event-limit'], eventLimits),
      ...given(values['evaluate-limit'], evaluateLimits),
      ...given(values['stream-limit'], streamLimits),
    },
  }),
);
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
process.stdout.write(`${JSON.stringify(await addresses(miniflare))}\n`);

function given(limit: string | undefined, limits: typeof eventLimits): ReturnType<typeof limits> {
  return limit === undefined ? {} : limits(Number(limit));
}

async function stop(): Promise<void> {
  await miniflare.dispose();
  process.exit(0);
}
