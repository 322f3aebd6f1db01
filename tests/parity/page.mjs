// What the page runs: the build that its address names.
import { createEngine } from '../../npm/dist/engine.js';
import { repeat } from './repeat.mjs';

const cases = await (await fetch('/cases.json')).json();
globalThis.report = await attempt();

async function attempt() {
  try {
    const instantiate = location.pathname === '/wasm' ? await webAssembly() : await fallback();
    return repeat(createEngine, instantiate, cases);
  } catch (error) {
    return { decisions: 0, differences: [{ found: String(error) }] };
  }
}

async function webAssembly() {
  const module = await WebAssembly.compileStreaming(fetch('/npm/wasm/eval.wasm'));
  return (imports) => new WebAssembly.Instance(module, imports).exports;
}

async function fallback() {
  const refused = await webAssembly().then(
    () => false,
    () => true,
  );
  if (!refused) {
    throw new Error('the page was to forbid WebAssembly');
  }
  return (await import('../../npm/wasm/eval-fallback.js')).instantiate;
}
