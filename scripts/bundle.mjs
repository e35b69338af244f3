import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

/**
 * Bundles a TypeScript entry for Node into `build/` (packages stay external) and returns its URL.
 * @param {string} entry path relative to the project's folder
 * @returns {Promise<string>}
 */
export async function bundle(entry) {
  const { build } = await import('esbuild');
  const outfile = join(root, 'build', `${basename(entry, '.ts')}-${process.pid}.mjs`);
  mkdirSync(join(root, 'build'), { recursive: true });
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'error',
  });
  return pathToFileURL(outfile).href;
}
