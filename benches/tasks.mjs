// What is measured of one engine; the same in Node and in a page.
//
// `peer` is an adapter of the harness, `harness` its `lib/logical.mjs` and `lib/timing.mjs`. Results are medians in
// nanoseconds unless the name says otherwise.

/** Every flag of a plan decided once after the context was set once; per flag, writing the context included. */
export async function decisions(peer, { flagSet, users, benchSync, median }, configured, n) {
  const handle = await peer.create(await peer.load(), configured);
  const contexts = users(256).map((user) => peer.ctx(user, handle));
  const flags = flagSet(n);
  // A context differs from the one of the round before, so what that round decided is forgotten.
  const round = (i) => {
    const context = contexts[i & 255];
    let answered = 0;
    for (const { key, kind } of flags) {
      const value =
        kind === 'rules' ? peer.variant(handle, key, context) : peer.bool(handle, key, context);
      if (value !== undefined) answered++;
    }
    if (answered !== n) throw new Error(`${peer.name} answered ${answered} of ${n} flags`);
  };
  return median(benchSync(round, TIMES)) / n;
}

/** One decision for a context not seen before: the boolean flag and the flag with rules. */
export async function newContext(peer, { users, benchSync, median }, configured) {
  const handle = await peer.create(await peer.load(), configured);
  const contexts = users(256).map((user) => peer.ctx(user, handle));
  return {
    simple: median(benchSync((i) => peer.bool(handle, 'new-checkout', contexts[i & 255]), TIMES)),
    rules: median(benchSync((i) => peer.variant(handle, 'pricing-test', contexts[i & 255]), TIMES)),
  };
}

/** All flags for a context not seen before. */
export async function all(peer, { users, benchSync, median }, configured) {
  const handle = await peer.create(await peer.load(), configured);
  const contexts = users(256).map((user) => peer.ctx(user, handle));
  return median(benchSync((i) => peer.all(handle, contexts[i & 255]), TIMES));
}

/**
 * Replacing the flags of a running engine, as a poll that finds a change does.
 * The first two replacements warm up; few follow, because no page replaces its flags a thousand times.
 */
export async function load(peer, { median }, configured) {
  const handle = await peer.create(await peer.load(), configured);
  const samples = [];
  for (let i = 0; i < 12; i++) {
    const start = performance.now();
    await handle.update(configured);
    samples.push((performance.now() - start) * 1e6);
  }
  return median(samples.slice(2));
}

const TIMES = { targetMs: 60, rounds: 5, warmMs: 120 };
