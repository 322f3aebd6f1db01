import type { Plugin } from 'esbuild';

export const define: Readonly<Record<string, string>>;
export function wasmText(folder: string): string;
export function artefacts(folder: string): Plugin;
