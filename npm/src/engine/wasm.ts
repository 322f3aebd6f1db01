/** What `wasm/eval` exports; addresses are offsets into `memory`. */
export interface EngineExports {
  readonly memory: WebAssembly.Memory;
  /** Room for a plan. */
  alloc(length: number): number;
  /** 0, or why the plan was refused. */
  load(start: number, length: number): number;
  /** Makes room for so many elements of arrays and bytes of text; what grows is empty afterwards. */
  room(elements: number, text: number): void;
  /**
   * Where things lie: 0 where tables begin among the words, and their rows; 1 the words; 2 the plan; 3 the values of
   * slots and elements; 4 the texts of the context.
   */
  at(what: number): number;
  /** Forgets the decisions. */
  begin(now: number, here: number): void;
  decide(flag: number): number;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes what the core wrote; a byte order mark is part of a text. */
export const decode = (bytes: Uint8Array): string => decoder.decode(bytes);
