import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './setup.mjs';

const SOURCES = [
  'src',
  'public',
  'index.html',
  'vite.config.ts',
  'scripts/offline.mjs',
  'scripts/preload.mjs',
  'package-lock.json',
];

/**
 * Builds the app into `dist/` when it is missing or older than what it is made from; an installation that
 * cannot be written to keeps the one it has.
 */
export function ensureBuilt() {
  const built = join(root, 'dist', 'index.html');
  if (existsSync(built) && !writable(root)) return;
  const newest = Math.max(...SOURCES.map((name) => newestChange(join(root, name))));
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return;
  process.stderr.write('Building the app…\n');
  run(process.execPath, [
    join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
    'build',
    '--logLevel',
    'warn',
  ]);
}

/** @param {string} folder */
function writable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
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
