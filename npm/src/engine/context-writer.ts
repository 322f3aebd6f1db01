import type { Context } from '../types.ts';
import {
  ARRAY,
  BOOLEAN,
  CELLS,
  LONG_TEXT,
  MISSING,
  NULL,
  NUMBER,
  OPAQUE,
  TEXT,
  TEXTS,
} from './plan-layout.ts';
import type { EngineExports } from './wasm.ts';

/** The kind of a value that is neither a text nor an array that counts. */
const kindOf = (value: unknown, isElement: boolean): number => {
  if (value === undefined && !isElement) return MISSING;
  if (value == null) return NULL;
  if (typeof value === 'boolean') return BOOLEAN;
  return Number.isFinite(value) ? NUMBER : OPAQUE;
};

/** An object's own property: what it inherits is nobody's attribute. */
const own = (from: unknown, name: string): unknown =>
  typeof from === 'object' && from && Object.hasOwn(from, name)
    ? (from as Record<string, unknown>)[name]
    : undefined;

/** A slot's value in a context of any shape. */
export const find = (context: unknown, path: readonly string[]): unknown => {
  const value = path.reduce(own, context);
  if (path[0] !== 'units') return value;
  // An integer is an id; other types are none, and are written as what no hash takes.
  return Number.isSafeInteger(value) ? `${value}` : (value ?? undefined);
};

/**
 * Writes what the plan reads of a context, by the paths of its slots, into the core's memory.
 *
 * A cell is 16 bytes: kind and length, start of a text or of an array's elements, number. The views end where the room
 * does, and writing beyond the end of a view does nothing: what did not fit is written again into more room.
 */
export const createContextWriter = (
  wasm: EngineExports,
  slots: readonly (readonly string[])[],
): ((context: Context) => void) => {
  const encoder = new TextEncoder();
  let bytes: Uint8Array;
  let words: Uint32Array;
  let doubles: Float64Array;
  let cells = 0;
  let top = 512;

  /** Makes room for twice of what was written. */
  const makeRoom = () => {
    const elements = 2 * cells;
    const room = 2 * top;
    wasm.room(elements, room);
    const { buffer } = wasm.memory;
    const size = slots.length + elements;
    words = new Uint32Array(buffer, wasm.at(CELLS), 4 * size);
    doubles = new Float64Array(buffer, wasm.at(CELLS), 2 * size);
    bytes = new Uint8Array(buffer, wasm.at(TEXTS), room);
  };
  makeRoom();

  const set = (cell: number, head: number, start = 0, number = 0) => {
    words[4 * cell] = head;
    words[4 * cell + 1] = start;
    doubles[2 * cell + 1] = number;
  };

  const setText = (cell: number, value: string) => {
    const { length } = value;
    const start = top;
    let written = 0;
    for (; length < LONG_TEXT && written < length; written++) {
      const unit = value.charCodeAt(written);
      if (unit > 127) break;
      bytes[start + written] = unit;
    }
    top += written;
    if (written < length) {
      const encoded = encoder.encodeInto(value, bytes.subarray(start));
      ({ written } = encoded);
      // A UTF-16 unit takes three bytes at most.
      top = start + (encoded.read < length ? 3 * length : written);
    }
    set(cell, (written << 3) | TEXT, start);
  };

  const setValue = (cell: number, value: unknown, isElement = false) => {
    if (typeof value === 'string') setText(cell, value);
    else if (!isElement && Array.isArray(value)) {
      let element = cells;
      cells += value.length;
      set(cell, (value.length << 3) | ARRAY, element);
      for (const one of value) setValue(element++, one, true);
    } else {
      const kind = kindOf(value, isElement);
      set(cell, kind, 0, kind === OPAQUE ? 0 : Number(value));
    }
  };

  const write = (context: Context) => {
    top = 0;
    cells = slots.length;
    slots.forEach((path, slot) => {
      try {
        setValue(slot, find(context, path));
      } catch {
        // A getter threw.
        set(slot, OPAQUE);
      }
    });
    if (top > bytes.length || 4 * cells > words.length) {
      try {
        makeRoom();
        write(context);
      } catch {
        // Memory cannot grow: nobody is known then.
        write({});
      }
    }
  };
  return write;
};
