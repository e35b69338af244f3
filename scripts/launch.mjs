import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { endAtOnce, endCancelled, onInterrupt } from './interrupt.mjs';
import { ensureInstalled, root } from './setup.mjs';

/** Where the child of {@link runBesideDrivers} finds the stderr of its parent. */
const NOTES = 3;

/** Exit codes after which everything there is to say was said. */
const EXPECTED = [0, 2, 130];

/** `npm run` goes to the project's folder; the paths on the command line are the user's. */
export function goWhereTheUserStands() {
  const { INIT_CWD: before, npm_package_json: project } = process.env;
  try {
    const inProject = realpathSync(process.cwd()) === realpathSync(root);
    if (before && inProject && project && realpathSync(dirname(project)) === realpathSync(root)) {
      process.chdir(before);
    }
  } catch {
    // It is gone; relative paths will be said not to exist.
  }
}

/**
 * Runs a command and returns its exit code.
 * @param {string[]} args
 * @returns {Promise<number>}
 */
export function runCommand(args) {
  const asksForWebgpu = args.some(
    (arg, i) => arg === '--backend=webgpu' || (arg === '--backend' && args[i + 1] === 'webgpu'),
  );
  if (process.connected) process.once('disconnect', endAtOnce);
  return asksForWebgpu && !process.connected ? runBesideDrivers(args) : runInThread(args);
}

/**
 * Runs a command in a thread of its own: this one stays free for Ctrl-C whatever the command computes.
 * @param {string[]} args
 * @returns {Promise<number>}
 */
async function runInThread(args) {
  ensureInstalled();
  const { bundle } = await import('./bundle.mjs');
  const url = new URL(await bundle('cli/main.ts'));
  const notes = process.connected ? NOTES : 2;
  const thread = new Worker(url, { argv: args, env: SHARE_ENV, workerData: { notes } });
  onInterrupt(() => thread.postMessage('cancel'));
  return new Promise((resolve) => {
    thread.once('exit', resolve);
    thread.once('error', (error) => {
      process.stderr.write(`respond-cam: ${error.stack ?? error}\n`);
      resolve(1);
    });
  });
}

/**
 * Graphics drivers write warnings to stderr and nothing stops them all: the command runs in a process whose
 * own stderr is kept back, unless it ends in a way of which it could say nothing itself.
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function runBesideDrivers(args) {
  const script = fileURLToPath(new URL('respond-cam.mjs', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    stdio: ['inherit', 'inherit', 'pipe', 2, 'ipc'],
  });
  let kept = '';
  child.stderr?.on('data', (part) => {
    kept = `${kept}${part}`.slice(-10_000);
  });
  let cancelled = false;
  onInterrupt(() => {
    cancelled = true;
    child.kill('SIGTERM');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (cancelled && code === null) endCancelled(); // before it could listen
      if (!EXPECTED.includes(code ?? 1)) process.stderr.write(kept);
      resolve(code ?? 1);
    });
  });
}
