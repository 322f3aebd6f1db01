import type { Plugin } from 'esbuild';

export function wasmText(folder: string): string;
export function artefacts(folder: string): Plugin;
