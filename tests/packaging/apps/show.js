/** Waits until the edge tells of changes, but not for ever. */
const isLive = (client) =>
  new Promise((resolve) => {
    const look = () => client.status().live && resolve();
    client.subscribe(look);
    look();
    setTimeout(resolve, 5_000);
  });

/** Reads a flag and leaves what it saw where the test looks for it. */
export const show = async (createClient) => {
  const client = createClient({
    endpoint: new URLSearchParams(location.search).get('edge'),
    key: 'pk_env_packaging_1',
    context: { units: { user: 'u1' } },
  });
  await client.ready();
  await isLive(client);
  const seen = {
    greeting: client.getString('greeting', 'default', { quiet: true }),
    experiment: client.getString('experiment', 'default'),
    engine: client.status().engine,
    live: client.status().live,
  };
  // Where a policy forbids WebAssembly nothing can be explained.
  seen.explained = await client.explain('experiment').then(
    ({ sentences }) => sentences.length > 0,
    () => false,
  );
  await client.flush();
  globalThis.seen = seen;
};
