/** What `wasm/eval` exports; addresses are offsets into `memory`. */
export interface EngineExports {
  readonly memory: WebAssembly.Memory;
  /** Room for a plan. */
  alloc(length: number): number;
  /** 0, or why the plan was refused. */
  load(start: number, length: number): number;
  /** 0: where tables begin among the words, and their rows; 1: the words; 2: the bytes of texts. */
  tables(part: number): number;
  /** Where the values of slots lie, with room for elements after them. */
  cells(elements: number): number;
  /** Where texts lie, with room for so many bytes. */
  text(length: number): number;
  /** Forgets the decisions. */
  begin(now: number, here: number): void;
  decide(flag: number): number;
  /** Where all decisions lie. */
  all(): number;
}

/** Decodes what the core wrote; a byte order mark is part of a text. */
export const decoder: TextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
