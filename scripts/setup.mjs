import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Whether this is an installed package, which has the built app and bundles instead of their sources. */
export const isPackage = !existsSync(join(root, 'cli', 'main.ts'));

/** An installation that takes longer than this was cut off. */
const STALE_MS = 10 * 60_000;

/**
 * Installs the locked dependencies where they are missing or others than the lock file names. None of them
 * needs its install script. An installed package needs none of them.
 * @param {{ folder?: string }} [options] the folder of the package
 * @throws where node_modules is a link (npm would empty the folder it leads to) or may not be written
 */
export function ensureInstalled({ folder = root } = {}) {
  if (isPackage || isInstalled(folder)) return;
  if (!mayWrite(folder)) {
    throw new Error(
      `${folder}: its node_modules is not what package-lock.json asks for, and you may not write there; accepted: an installation whose owner has run npm ci`,
    );
  }
  const guard = join(tmpdir(), `respond-cam-${createHash('sha1').update(folder).digest('hex')}`);
  takeTurn(guard);
  try {
    if (isInstalled(folder)) return;
    const modules = join(folder, 'node_modules');
    if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new Error(`${modules} is a link and not what package-lock.json asks for; remove it.`);
    }
    const what = relative(root, folder);
    process.stderr.write(`Installing dependencies${what && ` of ${what}`} (first run only)…\n`);
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    run('npm', ['ci', '--ignore-scripts', ...quiet], folder);
  } finally {
    rmdirSync(guard);
  }
}

/**
 * @param {string} folder
 * @returns {boolean}
 */
export function mayWrite(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether `node_modules` holds the versions of the lock file. Packages for other platforms are left out by
 * npm.
 * @param {string} folder
 */
function isInstalled(folder) {
  const installed = packagesOf(join(folder, 'node_modules', '.package-lock.json'));
  const locked = packagesOf(join(folder, 'package-lock.json'));
  return Object.entries(locked).every(([path, { version, optional }]) => {
    if (path === '') return true;
    const there = installed[path];
    return there ? there.version === version : optional;
  });
}

/**
 * @param {string} lock
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(lock) {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/**
 * Waits until no other process installs here, then makes the folder that says that this one does.
 * @param {string} guard
 */
function takeTurn(guard) {
  for (;;) {
    try {
      mkdirSync(guard);
      return;
    } catch {
      const info = statSync(guard, { throwIfNoEntry: false });
      if (info && Date.now() - info.mtimeMs > STALE_MS) rmdirSync(guard);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
}

/**
 * Runs a command with its output on stderr.
 * @throws when it fails; with the code 'aborted' after Ctrl-C or SIGTERM
 * @param {string} command
 * @param {string[]} args
 * @param {string} [folder] where; the project's by default
 */
export function run(command, args, folder = root) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (signal === 'SIGINT' || signal === 'SIGTERM' || status === 130 || status === 143) {
    throw Object.assign(new Error('Cancelled.'), { code: 'aborted' });
  }
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed (${status})`);
}
