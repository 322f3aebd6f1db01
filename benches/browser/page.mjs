// What a measured page offers to the process that drives it.
import * as tasks from '../tasks.mjs';

/** The tasks over one engine, each with the flags it loads; `keep` is for measuring memory. */
export function page(peer, harness) {
  const configured = async (set) => {
    const response = await fetch(`/${fileOf(peer)}.${set}`);
    return peer.name === 'pennon' ? new Uint8Array(await response.arrayBuffer()) : response.text();
  };
  return {
    decisions: async () => tasks.decisions(peer, harness, await configured('thousand'), 1_000),
    newContext: async () => tasks.newContext(peer, harness, await configured('two')),
    all: async () => tasks.all(peer, harness, await configured('thousand')),
    load: async () => tasks.load(peer, harness, await configured('thousand')),
    keep: (set) => keep(peer, harness, configured, set),
  };
}

/** Holds an engine with its flags, decides once, and answers its linear memory in bytes. */
async function keep(peer, { users }, configured, set) {
  globalThis.kept ??= [];
  globalThis.loaded ??= await peer.load();
  const handle = await peer.create(globalThis.loaded, await configured(set));
  peer.all(handle, peer.ctx(users(1)[0], handle));
  globalThis.kept.push(handle);
  return handle.memory?.buffer.byteLength ?? 0;
}

const fileOf = ({ name }) => (name === 'flagd-core' ? 'flagd' : name);
