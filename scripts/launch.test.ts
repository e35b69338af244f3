import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { writeNpy } from '../src/core/npy/index.ts';
import { root } from './setup.mjs';

const folder = mkdtempSync(join(tmpdir(), 'respond-cam-'));
const launcher = join(root, 'scripts/respond-cam.mjs');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'here.npy'), writeNpy(new Float32Array(8), [2, 2, 2]));

const isRoot = process.getuid?.() === 0;

/** Runs the command line; `env` replaces variables of this process. */
function run(args: readonly string[], env: Record<string, string> = {}, cwd = folder) {
  const { npm_lifecycle_event: _, npm_package_json: _json, INIT_CWD: _cwd, ...rest } = process.env;
  return spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    env: { ...rest, ...env },
  });
}

describe('the launcher', () => {
  it('takes paths from where npm was called', () => {
    const env = { INIT_CWD: folder, npm_package_json: join(root, 'package.json') };
    const started = run([launcher, 'inspect', 'here.npy'], env, root);
    expect(started).toMatchObject({ status: 0, stderr: '' });
    // a program in another folder, itself started by npm
    expect(run([launcher, 'inspect', 'here.npy'], { ...env, INIT_CWD: root }).status).toBe(0);
  });

  it('keeps its bundle in the cache of the user and uses it again', () => {
    const cache = join(folder, 'cache');
    const env = { XDG_CACHE_HOME: cache };
    expect(run([launcher, 'inspect', 'here.npy'], env).status).toBe(0);
    const kept = readdirSync(join(cache, 'respond-cam')).sort();
    expect(kept).toHaveLength(2);
    expect(run([launcher, 'inspect', 'here.npy'], env).status).toBe(0);
    expect(readdirSync(join(cache, 'respond-cam')).sort()).toEqual(kept);
  });

  it.runIf(isRoot)('works from an installation that the user may not write', () => {
    const copy = join(folder, 'installation');
    mkdirSync(copy);
    for (const name of ['cli', 'scripts', 'src', 'package.json', 'package-lock.json']) {
      cpSync(join(root, name), join(copy, name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const path of [folder, copy]) chmodSync(path, 0o755);
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', 'env', 'HOME=/nonexistent'];
    const as = (...args: string[]) =>
      spawnSync('setpriv', [...nobody, process.execPath, ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
    const script = join(copy, 'scripts/respond-cam.mjs');
    expect(as(script, 'inspect', 'here.npy')).toMatchObject({ status: 0, stderr: '' });
    expect(as(script, 'inspect', 'none.npy')).toMatchObject({ status: 2, stdout: '' });
  });

  it('ends with a sentence and 130 after Ctrl-C, at once after the second', async () => {
    const simulate = ['simulate', '--class', '1AON', '--n', '5000', '--out', join(folder, 'out')];
    const cancelled = [130, null, 'respond-cam: Cancelled.'];
    expect(await interrupted([launcher, ...simulate], [0])).toEqual(cancelled);
    // npm hands on what the terminal has sent already
    expect(await interrupted([launcher, ...simulate], [0, 20])).toEqual(cancelled);
    const url = pathToFileURL(join(root, 'scripts/interrupt.mjs')).href;
    const deaf = `import { onInterrupt } from '${url}';
      onInterrupt(() => {}); console.error('ready'); setInterval(() => {}, 1000);`;
    const ended = [null, 'SIGINT', 'respond-cam: Ended.'];
    expect(await interrupted(['--input-type=module', '-e', deaf], [0, 400])).toEqual(ended);
    const [, , ...said] = await interrupted(['--input-type=module', '-e', deaf], [0, 2500], 2);
    expect(said).toEqual([expect.stringMatching(/Ending after the step at hand/), ended[2]]);
  });
});

/**
 * Sends Ctrl-C after each of these times (ms), from when Node says something; returns exit code, signal and
 * the last lines of stderr.
 */
async function interrupted(args: readonly string[], delays: readonly number[], lines = 1) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  const closed = new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (...end) => resolve(end)),
  );
  await new Promise<void>((resolve) =>
    child.stderr.on('data', (part) => {
      stderr += part;
      resolve();
    }),
  );
  for (const delay of delays) setTimeout(() => child.kill('SIGINT'), delay);
  return [...(await closed), ...stderr.trim().split('\n').slice(-lines)];
}
