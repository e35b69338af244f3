import { noise } from '../src/testing/random.ts';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { writeMrc } from '../src/core/mrc/index.ts';
import { readNpy, writeNpy } from '../src/core/npy/index.ts';
import { openVolume } from '../src/core/volume/index.ts';
import { CASES, loadCase, relativeError } from '../src/engine/testing/fixtures.ts';
import { exitCode, runCommandLine } from './commands.ts';
import type { explainDocument } from './explain-report.ts';
import { recordingIo } from './test-io.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'respond-cam-explain-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cli = join(root, 'scripts/respond-cam.mjs');
const fixture = (name: string, file: string) => join(root, 'fixtures/cam', name, file);

type Document = ReturnType<typeof explainDocument>;
interface MapEntry {
  sum: number;
  npy: string;
  mrc: string;
}

describe('respond-cam explain', () => {
  it.each(CASES)('agrees with the float64 reference: %s', async (name) => {
    const { expected, values } = loadCase(name);
    const out = join(folder, name);
    const args = [
      'explain',
      fixture(name, 'input.npy'),
      '--model',
      fixture(name, 'tfjs/model.json'),
    ];
    const { io, out: printed } = recordingIo();
    const flags = ['--layer', 'all', '--method', 'all', '--out', out, '--json'];
    await runCommandLine([...args, ...flags], io);
    const answer = JSON.parse(printed[0]) as Document;
    expect(relativeError(answer.scores, expected.scores)).toBeLessThan(1e-5);
    expect(answer.probabilities!.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    expect(answer.input.shape).toEqual(expected.input_shape);
    for (const layer of expected.layers) {
      const { classes, shape } = answer.layers.find((entry) => entry.name === layer)!;
      const space = shape.slice(0, -1);
      expect(classes).toHaveLength(expected.classes);
      for (const { index, methods } of classes) {
        for (const method of ['respond', 'grad', 'hirescam']) {
          const { sum, npy, mrc } = methods[method] as unknown as MapEntry;
          const wanted = expected.sums[`${layer}/${index}`][method];
          expect(Math.abs(sum - wanted)).toBeLessThan(1e-4 * Math.max(1, Math.abs(wanted)));
          const map = readNpy(new Uint8Array(readFileSync(npy)), npy);
          expect(map.shape).toEqual(space);
          const error = relativeError(
            map.data as Float32Array,
            values(`${method}/${layer}/${index}`),
          );
          expect(error, `${method}/${layer}/${index}`).toBeLessThan(1e-4);
          const { volume } = openVolume(new Uint8Array(readFileSync(mrc)), mrc);
          const grid = expected.input_shape.slice(0, -1);
          expect(volume.shape).toEqual(grid.length === 3 ? grid : [1, ...grid]);
        }
      }
    }
    const last = expected.layers[expected.layers.length - 1];
    expect(answer.metrics[last].respond!.l1).toBeCloseTo(expected.table1.respond.l1, 4);
    for (const { score, cam, bias, residual } of answer.ledger[last]) {
      expect(cam + bias + residual).toBeCloseTo(score, 6);
      expect(Math.abs(residual)).toBeLessThan(1e-4);
    }
  });

  it.each([
    [['--class', '9'], /unknown class 9; accepted: 0 to 3/],
    [['--layer', 'conv9'], /unknown layer 'conv9'; accepted: input, conv1, conv2, maxpool1/],
    [['--method', 'magic'], /--method magic; accepted: respond, grad/],
    [['--backend', 'abacus'], /--backend abacus; accepted: auto/],
    [['--model', 'net.pth'], /^net.pth: there is no such network; accepted: .*PyTorch checkpoint/],
    [['--out', join(cli, 'maps')], /--out .*maps: the folder cannot be written/],
    [['--model', 'nowhere'], /nowhere: there is no such network/],
    [['--model', fixture('single_fc', 'expected.json')], /expected.json: no network in it/],
    [['--model', fixture('tiny_cnn2', 'tfjs/model.json')], /input.npy/],
  ])('refuses in one sentence: %s', async (args, message) => {
    const base = ['explain', fixture('single_fc', 'input.npy'), '--model'];
    const { io } = recordingIo();
    const run = runCommandLine([...base, fixture('single_fc', 'tfjs/model.json'), ...args], io);
    await expect(run).rejects.toThrow(message);
    await run.catch((error: unknown) => expect(exitCode(error)).toBe(2));
  });

  it('exits with 2, one line on stderr and nothing on stdout for bad input', () => {
    const args = [cli, 'explain', 'nothing.mrc', '--model', fixture('single_fc', 'tfjs'), '--json'];
    const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(run.stderr.trim()).toMatch(/^respond-cam: nothing\.mrc: [^\n]+; accepted: [^\n]+$/);
    expect(run.stdout).toBe('');
    expect(run.status).toBe(2);
  });

  it.runIf(process.platform === 'linux')('says that an answer was lost to a full disk', () => {
    const args = [cli, 'explain', fixture('single_fc', 'input.npy')];
    const command = [...args, '--model', fixture('single_fc', 'tfjs'), '--json'];
    const full = openSync('/dev/full', 'w');
    const run = spawnSync(process.execPath, command, {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    expect(run.stderr).toMatch(
      /^respond-cam: standard output: cannot be written \(the disk is full\)\n$/m,
    );
    expect(run.status).toBe(1);
    // A limit of 1 kB cuts the document; the part that fits is no success either.
    const cut = join(folder, 'cut.json');
    const shell = `ulimit -f 1; exec "$0" "$@" > '${cut}'`;
    const limited = spawnSync('bash', ['-c', shell, process.execPath, ...command], {
      encoding: 'utf8',
    });
    expect(limited.stderr).toMatch(/standard output: cannot be written \(the file would be larger/);
    expect(limited.status).toBe(1);
    expect(readFileSync(cut).length).toBe(1024);
  });

  it.runIf(process.platform === 'linux')('leaves no half map when the disk is full', () => {
    const out = join(folder, 'limited');
    const args = [cli, 'explain', fixture('single_fc', 'input.npy'), '--out', out];
    const command = [...args, '--model', fixture('single_fc', 'tfjs')];
    const limited = spawnSync(
      'bash',
      ['-c', 'ulimit -f 1; exec "$0" "$@"', process.execPath, ...command],
      { encoding: 'utf8' },
    );
    expect(limited.stderr).toMatch(
      /^respond-cam: \S+\.mrc: cannot be written \(the file would be .*\)\n$/m,
    );
    expect(limited.status).toBe(2);
    expect(readdirSync(out)).toEqual([]);
  });

  it('prints a table by default', () => {
    const stdout = execFileSync(
      process.execPath,
      [cli, 'explain', fixture('single_fc', 'input.npy'), '--model', fixture('single_fc', 'tfjs')],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    expect(stdout).toMatch(/answers class 3/);
    expect(stdout).toMatch(/^Highest: class 3 [\d.]+%; (class \d [\d.]+%(; |\.$)){3,4}/m);
    expect(stdout).toMatch(/maxpool1, 4 x 4 x 4 voxels/);
    expect(stdout).toMatch(/respond: L1 0\.283, tau 0\.667/);
  });

  it('takes each volume of a stack, and says which', async () => {
    const grid = { shape: [16, 8, 8], voxelSize: [5, 5, 5], origin: [0, 0, 0] } as const;
    const bytes = writeMrc({ data: noise(1024, 7), ...grid });
    const view = new DataView(bytes.buffer);
    view.setInt32(88, 401, true);
    view.setInt32(36, 8, true);
    view.setFloat32(48, 40, true);
    const path = join(folder, 'two.mrc');
    writeFileSync(path, bytes);
    const run = async (...flags: string[]) => {
      const { io, out, notes } = recordingIo();
      const model = fixture('single_fc', 'tfjs/model.json');
      await runCommandLine(['explain', path, '--model', model, '--json', ...flags], io);
      return { document: JSON.parse(out[0]) as Document & { volumes: Document[] }, notes };
    };
    const first = await run();
    expect(first.notes[0]).toBe(
      `${path}: volume 1 of 2 (--volume N takes another, --volume all takes all)`,
    );
    const second = await run('--volume', '2');
    expect(second.document.input).toMatchObject({ volume: 2, volumes: 2, voxelSizeKnown: true });
    expect(second.document.scores).not.toEqual(first.document.scores);
    const out = join(folder, 'both');
    const { volumes } = (await run('--volume', 'all', '--out', out)).document;
    expect(volumes.map(({ scores }) => scores)).toEqual([
      first.document.scores,
      second.document.scores,
    ]);
    expect(readdirSync(out).sort()).toEqual(['volume-1', 'volume-2']);
    await expect(run('--volume', '3')).rejects.toThrow(/no volume 3, the file holds 2/);
    await expect(run('--volume', '0')).rejects.toThrow(/--volume 0; accepted/);
  });

  it('writes what is unusual about the file to stderr', async () => {
    const { io, out, notes } = recordingIo();
    const path = join(folder, 'flat.npy');
    writeFileSync(path, writeNpy(new Float32Array(512), [8, 8, 8]));
    const model = fixture('single_fc', 'tfjs/model.json');
    await runCommandLine(['explain', path, '--model', model, '--json'], io);
    expect(notes).toContain(
      `${path}: warning: All values are equal (0), so there is nothing to see.`,
    );
    const { input } = JSON.parse(out[0]) as Document;
    expect(input.findings.map(({ code }) => code)).toEqual(['voxel-size-unknown', 'constant']);
    const given = recordingIo();
    const flags = ['--voxel-size', '10', '--json'];
    await runCommandLine(['explain', path, '--model', model, ...flags], given.io);
    expect((JSON.parse(given.out[0]) as Document).input).toMatchObject({
      voxelSize: [10, 10, 10],
      voxelSizeKnown: true,
    });
  });
});
