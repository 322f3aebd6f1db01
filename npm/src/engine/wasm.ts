/** What `wasm/eval` exports; addresses are offsets into `memory`. */
export interface EngineExports {
  readonly memory: WebAssembly.Memory;
  /** Room for a plan. */
  alloc(length: number): number;
  /** 0, or why the plan was refused. */
  load(start: number, length: number): number;
  /** Makes room for so many elements of arrays and bytes of text; what grows is empty afterwards. */
  room(elements: number, text: number): void;
  /** One of `AT` in `plan-layout.ts`. */
  at(what: number): number;
  /** A word of the loaded plan, by column and row. */
  word(column: number, row: number): number;
  /** Sets or clears the killed bit of a flag. */
  kill(flag: number, isKilled: boolean): void;
  /** Forgets the decisions; conditions with operators from `operators` on are unknown. */
  begin(now: number, here: number, operators: number): void;
  decide(flag: number): number;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes what the core wrote; a byte order mark is part of a text. */
export const decode = (bytes?: Uint8Array): string => decoder.decode(bytes);
