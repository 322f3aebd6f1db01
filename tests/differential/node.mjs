// The real posthog-node, fed with definitions instead of a server.
import { PostHog } from 'posthog-node';

/** A client whose definitions can be changed, and that evaluates them locally. */
export function createNode() {
  let definitions = { flags: [], group_type_mapping: {}, cohorts: {} };
  const client = new PostHog('phc_differential', {
    host: 'http://127.0.0.1:9',
    personalApiKey: 'phx_differential',
    // Nothing is polled while we compare.
    featureFlagsPollingInterval: 2 ** 30,
    fetch: async () => ({
      status: 200,
      ok: true,
      headers: { get: () => null },
      json: async () => structuredClone(definitions),
      text: async () => JSON.stringify(definitions),
    }),
  });
  return {
    async load(next) {
      definitions = next;
      await client.reloadFeatureFlags();
    },
    /** The flags that it is sure of, by key. */
    evaluate: ({ distinctId, ...known }) =>
      client.getAllFlags(distinctId, { ...known, onlyEvaluateLocally: true }),
    shutdown: () => client.shutdown(),
  };
}
