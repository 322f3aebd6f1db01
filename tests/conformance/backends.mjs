// Who answers a suite's questions: each backend takes all questions at once.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const MEBIBYTE = 1024 * 1024;

/** The core compiled for this machine. */
export function nativeBackend(suite, program) {
  return (questions) => {
    const asked = JSON.stringify(questions.map(withBytes));
    const run = spawnSync(program, [suite], { input: asked, maxBuffer: 256 * MEBIBYTE });
    if (run.status !== 0) {
      throw new Error(`the native runner failed: ${run.stderr}`);
    }
    return JSON.parse(run.stdout);
  };
}

/** JSON has no bytes. */
function withBytes(question) {
  const isBytes = question.unit instanceof Uint8Array;
  return isBytes ? { ...question, unit: null, bytes: [...question.unit] } : question;
}

/** The core compiled to WebAssembly, as the package carries it. */
export async function wasmBackend() {
  const folder = new URL('../../npm/wasm/', import.meta.url);
  const full = await import(new URL('full.js', folder));
  full.initSync({ module: readFileSync(new URL('full_bg.wasm', folder)) });
  return (questions) =>
    questions.map((question) => {
      try {
        return asked(full, question);
      } catch (error) {
        return { refused: true, error: String(error) };
      }
    });
}

function asked(full, question) {
  if (question.import !== undefined) {
    return full.importPosthog(question.import.definitions, 'env_conformance');
  }
  if (question.answer !== undefined) {
    const { definitions, request, mode, now_ms: nowMs, hash_keys: hashKeys } = question.answer;
    const flags = new full.PosthogFlags(definitions);
    try {
      return flags.answer(request, hashKeys, mode, nowMs);
    } finally {
      flags.free();
    }
  }
  return full.hash(question);
}
