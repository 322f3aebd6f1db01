import { decoder } from './wasm.ts';

/** What the core asks of JavaScript, since it carries no tables of letters, regular expressions or number parser. */
export interface Host {
  call(what: number, text: number, length: number, operand: number, operandLength: number): number;
  /** Names the memory that texts lie in; before, there is nothing to ask about. */
  attach(memory: WebAssembly.Memory): void;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A host for one instance; it keeps the patterns of its plan compiled. */
export function createHost(): Host {
  let memory: WebAssembly.Memory;
  const patterns = new Map<number, RegExp | undefined>();
  const read = (start: number, length: number) =>
    decoder.decode(new Uint8Array(memory.buffer, start, length));
  return {
    attach: (attached) => {
      memory = attached;
    },
    call(what, start, length, operandStart, operandLength) {
      const text = read(start, length);
      const folded = text.toLowerCase();
      const operand = read(operandStart, operandLength);
      switch (what) {
        case 0:
          return +(folded === operand);
        case 1:
          return +folded.startsWith(operand);
        case 2:
          return +folded.endsWith(operand);
        case 3:
          return +folded.includes(operand);
        case 4:
          if (!patterns.has(operandStart)) patterns.set(operandStart, compile(operand));
          return +(patterns.get(operandStart)?.test(text) ?? Number.NaN);
        case 5:
          return DECIMAL.test(text) ? +text : Number.NaN;
        default:
          return Math.random() * 2 ** 32;
      }
    },
  };
}

/** Undefined when this browser does not take the pattern; the condition is unknown then. */
function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}
