import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isThere, startSlurm } from './testing/slurm.ts';

const here = import.meta.dirname;
const program = `${process.execPath} ${join(here, '../scripts/respond-cam.mjs')}`;
const folder = mkdtempSync(join(tmpdir(), 'respond-cam-workflow-'));
const at = (...names: string[]) => join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FLAGS = {
  evaluate: '--model cnn-2-inf --data bundled --limit 3 --backend wasm',
  explain:
    'made/particles.csv --tomogram made/tomogram.mrc --model cnn-2-inf --backend wasm --class top',
  simulate: '--class 1BXN --n 3 --snr 0.1 --seed 7',
};

const hasSnakemake = isThere('snakemake');
const hasSlurm =
  hasSnakemake &&
  ['munged', 'slurmctld', 'slurmd', 'sbatch'].every(
    (name) => spawnSync('which', [name]).status === 0,
  );

/** Runs this program as users do. */
function respondCam(line: string, cwd: string): string {
  const [file, ...args] = `${program} ${line}`.split(' ');
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

/** Runs the workflow in a folder; what it said. */
async function snakemake(cwd: string, args: readonly string[], env: object = {}): Promise<string> {
  const child = spawn(
    'snakemake',
    [
      '--snakefile',
      join(here, 'Snakefile'),
      '--configfile',
      at('config.json'),
      '--nocolor',
      ...args,
    ],
    {
      cwd,
      env: { ...process.env, ...env },
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const status = await new Promise((done) => child.once('close', done));
  expect(status, said).toBe(0);
  return said;
}

/** A folder with what the workflow reads. */
function place(name: string): string {
  mkdirSync(at(name, 'made'), { recursive: true });
  for (const file of ['particles.csv', 'tomogram.mrc'])
    copyFileSync(at('made', file), at(name, 'made', file));
  return at(name);
}

/** Every file that is a result, with its content. */
const results = (cwd: string) =>
  Object.fromEntries(
    readdirSync(join(cwd, 'results'), { recursive: true, encoding: 'utf8' })
      .filter((name) => !/shards|summary|\.csv$|\.lock/.test(name))
      .filter((name) => statSync(join(cwd, 'results', name)).isFile())
      .sort()
      .map((name) => [name, readFileSync(join(cwd, 'results', name)).toString('base64')]),
  );

let one = '';
beforeAll(() => {
  if (!hasSnakemake) return;
  const parts = Object.entries(FLAGS).map(([part, flags]) => [part, { flags, shards: 2 }]);
  const config = {
    'respond-cam': program,
    threads: 1,
    memory_mb: 100,
    ...Object.fromEntries(parts),
  };
  writeFileSync(at('config.json'), JSON.stringify(config));
  respondCam('simulate --tomogram 80x80x48 --class 1BXN --n 3 --seed 1 --out made', folder);
  one = place('one');
  for (const part of Object.keys(FLAGS)) mkdirSync(join(one, 'results', part), { recursive: true });
  respondCam(`evaluate ${FLAGS.evaluate} --out results/evaluate/evaluation.json`, one);
  const explained = respondCam(
    `explain ${FLAGS.explain} --volume all --out results/explain/maps --json`,
    one,
  );
  writeFileSync(join(one, 'whole.json'), explained);
  writeFileSync(
    join(one, 'results/explain/explanations.json'),
    respondCam('explain --merge whole.json', one),
  );
  respondCam(`simulate ${FLAGS.simulate} --out results/simulate/set`, one);
}, 300_000);

it.skipIf(!hasSnakemake)(
  'gives the bytes of one run in shards, and runs again only what is missing',
  async () => {
    const cwd = place('local');
    await snakemake(cwd, ['--cores', '2']);
    expect(Object.keys(results(cwd)).length).toBeGreaterThan(15);
    expect(results(cwd)).toEqual(results(one));

    rmSync(join(cwd, 'results/evaluate/shards/2-of-2.json'));
    rmSync(join(cwd, 'results/evaluate/evaluation.json'));
    const said = await snakemake(cwd, ['--cores', '2']);
    expect(said).toContain('3 of 3 steps (100%) done');
    expect(results(cwd)).toEqual(results(one));
  },
  300_000,
);

it.skipIf(!hasSlurm)(
  'gives them on Slurm, though the node of the shards fails',
  async () => {
    const cwd = place('cluster');
    mkdirSync(at('slurm'), { mode: 0o755 });
    const cluster = startSlurm(at('slurm'));
    try {
      const running = snakemake(
        cwd,
        ['--profile', join(here, 'slurm'), '--latency-wait', '5'],
        cluster.env,
      );
      let over = false;
      void running.catch(() => {}).then(() => (over = true));
      while (!over && !cluster.isRunning('explain_shard'))
        await new Promise((done) => setTimeout(done, 100));
      cluster.failNode();
      const said = await running;
      expect(said).toMatch(/Trying to restart job/);
      expect(results(cwd)).toEqual(results(one));
    } finally {
      cluster.stop();
    }
  },
  300_000,
);

it.skipIf(!hasSnakemake)('names what a configuration has too much', () => {
  writeFileSync(at('strange.json'), JSON.stringify({ evaluat: { shards: 2 } }));
  const args = [
    '--snakefile',
    join(here, 'Snakefile'),
    '--configfile',
    at('strange.json'),
    '--cores',
    '1',
  ];
  const { status, stderr, stdout } = spawnSync('snakemake', args, {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(status).not.toBe(0);
  expect(stderr + stdout).toMatch(/configuration: evaluat; accepted: evaluate, explain, simulate/);
});
