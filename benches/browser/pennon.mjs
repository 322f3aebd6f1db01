// Our adapter in a page: the module comes over the network, plans are compiled beforehand.
import { createEngine } from '../../npm/dist/engine.js';
import { adapterOver } from '../harness/adapter.mjs';

export { name } from '../harness/adapter.mjs';

export const load = async () =>
  WebAssembly.compile(await (await fetch('/eval.wasm')).arrayBuffer());

export const { create, ctx, bool, variant, all } = adapterOver(createEngine);
