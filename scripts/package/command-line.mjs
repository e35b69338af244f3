import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { licensesOf } from '../licenses.mjs';
import { NODE_BUNDLE, WASM, wasmFolder } from './node-bundle.mjs';

/** What the launcher and the threads of the command line are started from, see `bundle()` in `../bundle.mjs`. */
const ENTRIES = ['cli/main.ts', 'cli/simulate-worker.ts', 'cli/dataset-worker.ts'];

/**
 * Writes the command line as modules that need no package: what Node runs where it is installed.
 * @param {string} out folder
 */
export async function bundleCommandLine(out) {
  const { metafile } = await build({
    ...NODE_BUNDLE,
    entryPoints: ENTRIES,
    outdir: out,
    define: { 'import.meta.url': 'respondCamModule' },
  });
  for (const name of WASM) copyFileSync(join(wasmFolder, name), join(out, name));
  writeFileSync(join(out, 'LICENSES.txt'), licensesOf(Object.keys(metafile.inputs)));
}
