import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const modules = join(root, 'node_modules');

/** An installation that takes longer than this was cut off. */
const STALE_MS = 10 * 60_000;

/**
 * Installs the locked dependencies when they are missing or older than the lock file.
 * @throws where node_modules is a link: npm would empty the folder it leads to
 */
export function ensureInstalled() {
  if (isInstalled()) return;
  const guard = join(tmpdir(), `respond-cam-${createHash('sha1').update(root).digest('hex')}`);
  takeTurn(guard);
  try {
    if (isInstalled()) return;
    if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new Error(`${modules} is a link and not what package-lock.json asks for; remove it.`);
    }
    process.stderr.write('Installing dependencies (first run only)…\n');
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  } finally {
    rmdirSync(guard);
  }
}

function isInstalled() {
  const marker = join(modules, '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs;
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
 * Runs a command in the project's folder with its output on stderr.
 * @throws when it fails
 * @param {string} command
 * @param {string[]} args
 */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed (${status})`);
}
