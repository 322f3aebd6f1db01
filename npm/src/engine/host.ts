import { parseDate } from './date.ts';
import { compareVersions } from './version.ts';
import { decode, type EngineExports } from './wasm.ts';

/** The comparisons of texts without regard to case, by the core's numbers; 0 is equality. */
const COMPARISONS = [undefined, 'startsWith', 'endsWith', 'includes'] as const;

/** Undefined when this browser does not take the pattern; the condition is unknown then. */
const compile = (pattern: string): RegExp | undefined => {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
};

/**
 * What the core asks of JavaScript, since it carries no tables of letters, no regular expressions and no calendar.
 *
 * One host serves one instance, and keeps the patterns of its plan compiled.
 */
export const createHost = (wasm: () => EngineExports) => {
  const patterns = new Map<number, RegExp | undefined>();
  return (
    what: number,
    start: number,
    length: number,
    operandStart: number,
    operandLength: number,
  ): number => {
    const read = (from: number, size: number): string =>
      decode(new Uint8Array(wasm().memory.buffer, from, size));
    const text = read(start, length);
    const operand = read(operandStart, operandLength);
    if (what > 6) return Math.random() * 2 ** 32;
    if (what > 5) return parseDate(text);
    if (what > 4) return compareVersions(text, operand);
    if (what > 3) {
      if (!patterns.has(operandStart)) patterns.set(operandStart, compile(operand));
      return +(patterns.get(operandStart)?.test(text) ?? Number.NaN);
    }
    const folded = text.toLowerCase();
    const comparison = COMPARISONS[what];
    return +(comparison ? folded[comparison](operand) : folded === operand);
  };
};
