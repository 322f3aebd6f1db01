import type { Context } from '../../types.ts';
import { find } from '../context-writer.ts';
import {
  ARRAY,
  BOOLEAN,
  CELLS,
  MISSING,
  NULL,
  NUMBER,
  OPAQUE,
  TEXT,
  TEXTS,
} from '../plan-layout.ts';
import type { EngineExports } from '../wasm.ts';
import { jsonOf } from './texts.ts';

/** Four words: kind and length, start, then a double or two numbers. */
interface Cell {
  readonly head: number;
  readonly start?: number;
  readonly number?: number;
  /** Where the JSON text of an array lies, instead of a number. */
  readonly text?: readonly [number, number];
}

/**
 * Writes what the plan reads of a context, with the JSON texts of values that are no texts themselves.
 *
 * It does what the ordinary writer does, for plans of other dialects, and takes no care of speed.
 */
export const createDialectWriter = (
  wasm: EngineExports,
  slots: readonly (readonly string[])[],
): ((context: Context) => void) => {
  const encoder = new TextEncoder();
  return (context) => {
    const texts: Uint8Array[] = [];
    let top = 0;
    const add = (text: string): [number, number] => {
      const bytes = encoder.encode(text);
      texts.push(bytes);
      top += bytes.length;
      return [top - bytes.length, bytes.length];
    };
    const elements: Cell[] = [];
    const cellOf = (value: unknown, isElement: boolean): Cell => {
      if (value === undefined && !isElement) return { head: MISSING };
      if (value == null) return { head: NULL };
      if (typeof value === 'boolean') return { head: BOOLEAN, number: Number(value) };
      if (typeof value === 'string') {
        const [start, length] = add(value);
        return { head: (length << 3) | TEXT, start };
      }
      const [start, length] = add((isElement ? undefined : jsonOf(value)) ?? '');
      if (!isElement && Array.isArray(value)) {
        const cells = value.map((one) => cellOf(one, true));
        const first = slots.length + elements.length;
        elements.push(...cells);
        return { head: (value.length << 3) | ARRAY, start: first, text: [start, length] };
      }
      return Number.isFinite(value)
        ? { head: (length << 3) | NUMBER, start, number: value as number }
        : { head: (length << 3) | OPAQUE, start };
    };
    const cells = slots.map((path) => {
      try {
        const cell = cellOf(find(context, path), false);
        const isOddUnit = path[0] === 'units' && (cell.head & 7) !== TEXT && cell.head !== MISSING;
        return isOddUnit ? { head: OPAQUE } : cell;
      } catch {
        // A getter threw.
        return { head: OPAQUE };
      }
    });
    place(wasm, [...cells, ...elements], texts, top);
  };
};

const place = (
  wasm: EngineExports,
  cells: readonly Cell[],
  texts: readonly Uint8Array[],
  length: number,
): void => {
  wasm.room(cells.length, length);
  const { buffer } = wasm.memory;
  const words = new Uint32Array(buffer, wasm.at(CELLS), 4 * cells.length);
  const doubles = new Float64Array(buffer, wasm.at(CELLS), 2 * cells.length);
  cells.forEach(({ head, start = 0, number = 0, text }, i) => {
    doubles[2 * i + 1] = number;
    words.set(text ? [head, start, ...text] : [head, start], 4 * i);
  });
  const bytes = new Uint8Array(buffer, wasm.at(TEXTS), length);
  let top = 0;
  for (const text of texts) {
    bytes.set(text, top);
    top += text.length;
  }
};
