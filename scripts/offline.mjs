import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { root } from './setup.mjs';

const SOURCE = join(root, 'src', 'app', 'offline', 'sw.ts');
const PUBLIC = join(root, 'public');

/**
 * Vite plugin: writes `sw.js`, the service worker with the plan of this build (see
 * `src/app/offline/plan.ts`).
 * @returns {import('vite').Plugin}
 */
export function offline() {
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      const page = bundle['index.html'];
      const assets = Object.keys(bundle).filter((name) => /^assets\/.*\.(js|css|wasm)$/.test(name));
      const shell = ['./', 'favicon.svg', ...assets.sort()];
      const networks = filesBelow(join(PUBLIC, 'models'))
        .filter((path) => !path.endsWith('models/index.json'))
        .map(describe);
      const version = hash(
        JSON.stringify([shell, networks, page?.type === 'asset' ? String(page.source) : '']),
      ).slice(0, 16);
      const { outputFiles } = await build({
        entryPoints: [SOURCE],
        bundle: true,
        write: false,
        minify: true,
        format: 'iife',
        target: 'es2022',
        define: { PLAN: JSON.stringify({ version, shell, networks }) },
      });
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: outputFiles[0].text });
    },
  };
}

/** @param {string} file */
function describe(file) {
  const data = readFileSync(file);
  const path = relative(PUBLIC, file).split(sep).join('/');
  return { path, bytes: data.byteLength, sha256: hash(data) };
}

/** @param {string | Uint8Array} data */
function hash(data) {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}
