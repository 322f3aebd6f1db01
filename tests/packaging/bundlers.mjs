// The bundlers that people use: the same page is built by each, and looked at in Chromium.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { createServer, build as vite } from 'vite';
import webpack from 'webpack';
import { visit } from './visit.mjs';

const EXPECTED = { greeting: 'hello', engine: 'wasm', live: true, explained: true };

const out = ({ folder }, name) => {
  const target = join(folder, `out-${name}`);
  mkdirSync(target, { recursive: true });
  return target;
};

const withPage = (target, script) =>
  writeFileSync(
    join(target, 'index.html'),
    `<!doctype html><script type="module" src="./${script}"></script>`,
  );

const buildWithVite = async (project, name) => {
  const target = out(project, name);
  await vite({
    root: project.folder,
    logLevel: 'error',
    build: { outDir: target, emptyOutDir: true, assetsInlineLimit: 0 },
  });
  return target;
};

const buildWithWebpack = (project) =>
  new Promise((resolve, reject) => {
    const target = out(project, 'webpack');
    const options = {
      mode: 'production',
      // The wasm that explains is large, and loads when somebody asks why; webpack only sees that it is large.
      performance: { hints: false },
      context: project.folder,
      entry: './page.js',
      output: { path: target, filename: 'page.js', publicPath: 'auto' },
    };
    webpack(options, (error, stats) => {
      if (error || stats.hasErrors() || stats.hasWarnings())
        reject(error ?? new Error(stats.toString()));
      else resolve(target);
    });
  });

const buildWithEsbuild = async (project, entry) => {
  const target = out(project, `esbuild-${entry}`);
  const { warnings } = await esbuild({
    absWorkingDir: project.folder,
    entryPoints: { page: `./${entry}` },
    outdir: target,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    logLevel: 'silent',
  });
  if (warnings.length) throw new Error(JSON.stringify(warnings));
  withPage(target, 'page.js');
  // Esbuild has no assets by address: what an application wants as files it copies.
  const copy = (file) =>
    cpSync(join(project.folder, 'node_modules/pennon/dist', file), join(target, file));
  copy('full_bg.wasm');
  if (entry === 'page.js') copy('eval.wasm');
  return target;
};

export const bundlers = {
  'vite build': async (project) => {
    const target = await buildWithVite(project, 'vite');
    const { requested } = await visit(project, target, EXPECTED);
    if (requested.some((path) => path.includes('fallback')))
      throw new Error('the fallback was loaded although WebAssembly is allowed');
  },
  'a policy without WebAssembly': async (project) => {
    const target = await buildWithVite(project, 'policy');
    const { requested } = await visit(
      project,
      target,
      { greeting: 'hello', engine: 'fallback' },
      { 'content-security-policy': "script-src 'self'" },
    );
    if (!requested.some((path) => path.includes('fallback')))
      throw new Error('the fallback was not loaded');
  },
  'vite dev': async (project) => {
    const server = await createServer({
      root: project.folder,
      logLevel: 'error',
      cacheDir: out(project, 'vite-cache'),
      server: { host: '127.0.0.1', port: 0 },
    });
    await server.listen();
    try {
      await visit(project, server.resolvedUrls.local[0], EXPECTED);
    } finally {
      await server.close();
    }
  },
  'webpack 5': async (project) => {
    const target = await buildWithWebpack(project);
    withPage(target, 'page.js');
    await visit(project, target, EXPECTED);
  },
  'esbuild, wasm inlined': async (project) =>
    void (await visit(project, await buildWithEsbuild(project, 'page-inline.js'), EXPECTED)),
  'esbuild, wasm copied': async (project) =>
    void (await visit(project, await buildWithEsbuild(project, 'page.js'), EXPECTED)),
};
