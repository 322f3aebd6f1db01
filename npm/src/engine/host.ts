import type { Engine } from './engine.ts';
import { LAST_COMPARISON, LAST_OPERATOR } from './plan-layout.ts';
import { decode, type EngineExports } from './wasm.ts';

/** The comparisons of texts without regard to case, by the core's numbers; 0 is equality. */
const COMPARISONS = [undefined, 'startsWith', 'endsWith', 'includes'] as const;
/**
 * What the core asks of JavaScript, since it carries no tables of letters, no regular expressions and no calendar; one
 * host serves one instance. `engine` may get its `operate` later.
 */
export const createHost =
  (wasm: () => EngineExports, engine: () => Engine) =>
  (
    what: number,
    start: number,
    length: number,
    operandStart: number,
    operandLength: number,
  ): number | undefined => {
    const read = (from: number, size: number): string =>
      decode(new Uint8Array(wasm().memory.buffer, from, size));
    if (what > LAST_OPERATOR) return Math.random() * 2 ** 32;
    const text = read(start, length);
    const operand = read(operandStart, operandLength);
    if (what > LAST_COMPARISON) return engine().operate?.(what, text, operand);
    const folded = text.toLowerCase();
    const comparison = COMPARISONS[what];
    return +(comparison ? folded[comparison](operand) : folded === operand);
  };
