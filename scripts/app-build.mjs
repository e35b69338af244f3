import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cacheFolder, removeOld, UNFINISHED } from './cache.mjs';
import { isPackage, mayWrite, root, run } from './setup.mjs';

const SOURCES = [
  'src',
  'public',
  'index.html',
  'vite.config.ts',
  'scripts/compress.mjs',
  'scripts/headers.mjs',
  'scripts/licenses.mjs',
  'scripts/offline.mjs',
  'scripts/preload.mjs',
  'package-lock.json',
];

/**
 * The folder of the built app: `dist/`, built when it is missing or older than what it is made from. Where the
 * project's folder may not be written, its `dist/` is taken as it is, and a missing one is built into the
 * user's cache. An installed package has the app.
 * @returns {string}
 */
export function ensureBuilt() {
  const own = join(root, 'dist');
  if (isPackage) return own;
  if (mayWrite(root)) return isFresh(own) ? own : build(own);
  if (existsSync(join(own, 'index.html'))) return own;
  const key = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const kept = join(cacheFolder(), `app-${key}`);
  return isFresh(kept) ? kept : build(kept);
}

/** @param {string} folder */
function isFresh(folder) {
  const newest = Math.max(...SOURCES.map((name) => newestChange(join(root, name))));
  const page = statSync(join(folder, 'index.html'), { throwIfNoEntry: false });
  return page !== undefined && page.mtimeMs >= newest;
}

/**
 * Builds beside and renames, so that what was begun and killed is not taken for the app.
 * @param {string} folder
 */
function build(folder) {
  process.stderr.write('Building the app…\n');
  removeOld(dirname(folder), basename(folder) + UNFINISHED);
  const part = `${folder}${UNFINISHED}${process.pid}`;
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  // The loader `runner` writes nothing beside the configuration.
  const options = ['--outDir', part, '--emptyOutDir', '--configLoader', 'runner'];
  try {
    run(process.execPath, [vite, 'build', '--logLevel', 'warn', ...options]);
    rmSync(folder, { recursive: true, force: true });
    renameSync(part, folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Latest modification time (ms) of a file or of anything below a folder.
 * @param {string} path
 * @returns {number}
 */
function newestChange(path) {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return 0;
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}
