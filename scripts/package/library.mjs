import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { licensesOf } from '../licenses.mjs';
import { root, run } from '../setup.mjs';
import { NODE_BUNDLE, wasmFolder, WASM } from './node-bundle.mjs';

/**
 * Writes the library: modules that need no package, but for those of the kernels alone, which use the TensorFlow.js
 * that is there; with their declarations.
 * @param {string} out folder
 * @param {{ types: boolean }} what whether their declarations are made
 */
export async function bundleLibrary(out, { types }) {
  const shared = { absWorkingDir: root, bundle: true, outdir: out, metafile: true };
  /** @type {import('esbuild').BuildOptions} */
  const common = { ...shared, splitting: true, format: 'esm', minifySyntax: true };
  const made = await Promise.all([
    build({
      ...common,
      ...NODE_BUNDLE,
      define: {},
      entryPoints: { node: 'src/lib/node.ts', 'engine-node': 'src/lib/engine-node.ts' },
      chunkNames: 'node-[hash]',
    }),
    build({
      ...common,
      platform: 'browser',
      target: 'es2022',
      minifyWhitespace: true,
      external: ['node:*'],
      plugins: [browserParts],
      entryPoints: {
        index: 'src/lib/index.ts',
        core: 'src/lib/core.ts',
        engine: 'src/lib/engine.ts',
        embed: 'src/lib/embed.ts',
        worker: 'src/engine/worker.ts',
      },
    }),
    build({
      ...common,
      platform: 'neutral',
      target: 'es2022',
      packages: 'external',
      entryPoints: { kernels: 'src/lib/kernels.ts', react: 'src/lib/react.tsx' },
      jsx: 'automatic',
      chunkNames: 'apart-[hash]',
    }),
  ]);
  for (const name of WASM) copyFileSync(join(wasmFolder, name), join(out, name));
  const modules = made.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
  writeFileSync(join(out, 'LICENSES.txt'), licensesOf(modules));
  if (types) writeTypes(join(out, 'types'));
}

/** @param {string} types folder */
function writeTypes(types) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  run(process.execPath, [tsc, '-p', 'src/lib/tsconfig.json', '--outDir', types]);
  // Types of the program's own say no more of its tensors, so that the library needs no types of TensorFlow.js.
  writeFileSync(join(types, 'engine', 'tf.d.ts'), TENSORS);
  keepReached(types);
}

const TENSORS = 'export declare namespace tf {\n  type Tensor = unknown;\n}\n';

/**
 * The worker is a module beside the others, and TensorFlow.js's binaries lie beside it.
 * @type {import('esbuild').Plugin}
 */
const browserParts = {
  name: 'browser-parts',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\.wasm\?url$/ }, ({ path }) => ({ path, namespace: 'wasm-address' }));
    onLoad({ filter: /./, namespace: 'wasm-address' }, ({ path }) => ({
      contents: `export default new URL('./${path.replace(/^.*\/|\?url$/g, '')}', import.meta.url).href;`,
    }));
    onLoad({ filter: /[\\/]engine[\\/]client\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace("'./worker.ts'", "'./worker.js'"),
      loader: 'ts',
    }));
  },
};

/**
 * Removes the declarations that no entry leads to.
 * @param {string} types
 */
function keepReached(types) {
  const names = readdirSync(join(types, 'lib')).filter((name) => name.endsWith('.d.ts'));
  const reached = new Set(names.map((name) => join(types, 'lib', name)));
  for (const file of reached) {
    const text = readFileSync(file, 'utf8');
    for (const [, to] of text.matchAll(/(?:from|import)\s*\(?["'](\.[^"']+?)(?:\.tsx?)?["']/g)) {
      reached.add(`${resolve(dirname(file), to)}.d.ts`);
    }
  }
  for (const name of readdirSync(types, { recursive: true, encoding: 'utf8' })) {
    const path = join(types, name);
    if (statSync(path).isFile() && !reached.has(path)) rmSync(path);
  }
}
