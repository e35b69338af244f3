import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bundledSnr,
  createSimulator,
  type DatasetIndex,
  resolveSpec,
  snrFigures,
} from '../src/core/simulate/index.ts';
import { floatVolume, openVolume } from '../src/core/volume/index.ts';
import { exitCode, runCommandLine } from './commands.ts';
import { loadTemplates } from './templates.ts';
import { recordingIo } from './test-io.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function simulate(name: string, ...flags: string[]) {
  const { io, out: printed } = recordingIo();
  const out = join(folder, name);
  await runCommandLine(['simulate', '--out', out, '--json', ...flags], io);
  return { out, summary: JSON.parse(printed[0]) as { n: number } };
}

function read(out: string): DatasetIndex {
  return JSON.parse(readFileSync(join(out, 'index.json'), 'utf8')) as DatasetIndex;
}

describe('simulate', () => {
  it('writes the same files with one thread and with three', async () => {
    const flags = ['--class', '1mnf,2BUK,1MNF', '--snr', '0.1', '--n', '4', '--seed', '9'];
    const one = await simulate('one', ...flags, '--workers', '1');
    const three = await simulate('three', ...flags, '--workers', '3');
    expect(one.summary.n).toBe(8);
    expect(readdirSync(join(one.out, '1MNF'))).toHaveLength(4);
    for (const { file } of read(one.out).items) {
      expect(readFileSync(join(three.out, file)).equals(readFileSync(join(one.out, file)))).toBe(
        true,
      );
    }
    expect(read(three.out)).toEqual(read(one.out));
  });

  it('records what made the volumes, which are the simulator’s own', async () => {
    const { out } = await simulate('ten', '--class', '1BXN', '--n', '10', '--defocus', '4');
    const index = read(out);
    expect(index.spec).toMatchObject({ snr: 'inf', seed: 1, tilt: 60, ctf: { defocus: 4 } });
    const splits = index.items.map(({ split }) => split);
    expect(splits).toEqual([
      ...Array(6).fill('train'),
      ...Array(2).fill('validation'),
      'test',
      'test',
    ]);
    const item = index.items[7] as DatasetIndex['items'][number];
    const { volume } = openVolume(readFileSync(join(out, item.file)), item.file);
    const ctf = { ...index.spec.ctf, defocus: 4 } as NonNullable<DatasetIndex['spec']['ctf']>;
    const simulator = createSimulator(await loadTemplates(), { ctf });
    const expected = new Float32Array(40 ** 3);
    simulator.simulate(item.class, item.index, expected);
    const { data } = floatVolume(volume);
    expect(expected.every((v, i) => Object.is(v, data[i]))).toBe(true);
    expect(simulator.pose(item.class, item.index)).toEqual({
      rotation: item.rotation,
      shift: item.shift,
    });
  });

  it('takes the user’s own structure', async () => {
    const line = (x: number, y: number) =>
      `ATOM      1  CA  ALA A   1    ${[x, y, 0].map((v) => v.toFixed(3).padStart(8)).join('')}  1.00 20.00           C  `;
    const path = join(folder, 'mine.pdb');
    writeFileSync(path, [line(0, 0), line(30, 0), line(0, 50)].join('\n'));
    const flags = ['--structure', path, '--n', '1', '--box', '24'];
    const { out, summary } = await simulate('own', ...flags);
    expect(read(out)).toMatchObject({ box: 24, classes: [{ id: 'mine', name: 'mine.pdb' }] });
    expect(summary).toMatchObject({
      structure: {
        format: 'pdb',
        atoms: 3,
        models: { inFile: 1, used: 1 },
        waters: 0,
        assembly: 'none',
        electrons: 18,
        massKDa: 0.036033,
      },
    });
    const { io, out: printed } = recordingIo();
    await runCommandLine(['simulate', '--out', join(folder, 'own-text'), ...flags], io);
    expect(printed[1]).toBe('No noise was added.');
    expect(printed[0]).toMatch(
      /mine\.pdb: 3 atoms in 1 chain, 1 model, no assembly, 0 waters left out, 0\.03603 kDa without hydrogens$/,
    );
  });

  it('gives the SNR over the box and in the band of the templates, whichever is asked for', async () => {
    const flags = ['--class', '1MNF,4JSV', '--n', '1'];
    const box = await simulate('snr-box', ...flags, '--snr', '0.1');
    const band = await simulate('snr-band', ...flags, '--snr-band', '0.05');
    const figures = read(box.out).snr as { band: number };
    expect(figures).toMatchObject({ box: 0.1, resolution: 40 });
    expect(figures.band).toBeCloseTo(1.09, 2);
    expect(box.summary).toMatchObject({ snr: figures });
    expect(read(band.out)).toMatchObject({
      spec: { snr: 0.05, snrBand: 40 },
      snr: { band: 0.05, resolution: 40 },
    });
    const { io, out: printed } = recordingIo();
    const again = ['simulate', '--out', band.out, ...flags, '--snr-band', '0.05'];
    await runCommandLine(again, io); // the same set, with nothing left to draw
    expect(printed[0]).toMatch(
      /^SNR 0\.00\d+ over the whole box is 0\.05 after the templates' own 40 Å low-pass; real particles have/,
    );
    await expect(simulate('both', '--snr', '1', '--snr-band', '1')).rejects.toThrow(/one of them/);
  });

  it('says of the bundled templates what the app says of their samples', async () => {
    const templates = await loadTemplates();
    const figures = snrFigures(templates, resolveSpec({ snr: 0.1 }), 40);
    expect(figures.band).toBeCloseTo(bundledSnr(0.1).band as number, 3);
  });

  it.each([
    ['--box', '1000000000', /Box of 1000000000 voxels: must be even, from 8 to 512/],
    ['--box', '20.5', /Box of 20\.5 voxels/],
    ['--voxel-size', '1e-5', /Voxel size 0\.00001 Å: must be from 0\.1 to 1000 Å/],
    ['--voxel-size', '1e9', /Voxel size 1000000000 Å/],
    ['--resolution', '1e9', /Resolution 1000000000 Å: a box of 40 voxels of 10 Å is 400 Å wide/],
    ['--resolution', '1e-5', /Resolution 0\.00001 Å: voxels of 10 Å carry 20 Å/],
    ['--models', '2', /--models '2'; accepted: first or all/],
  ])('refuses %s %s for a structure', async (flag, value, message) => {
    const path = join(folder, 'one.pdb');
    writeFileSync(path, `${'HETATM    1 ZN    ZN A   1       0.000   0.000   0.000'}\n`);
    const running = simulate('absurd', '--structure', path, '--n', '1', flag, value);
    await expect(running).rejects.toThrow(message);
  });

  it.each([
    ['an unknown class', ['--class', '1XYZ'], /unknown class '1XYZ'.*1MNF/],
    ['an impossible SNR', ['--snr=-1'], /SNR '-1' is impossible/],
    ['a word for the SNR', ['--snr', 'loud'], /SNR 'loud' is impossible/],
    ['an impossible tilt', ['--tilt', '120'], /tilt 120 degrees is impossible; accepted: 1 to 90/],
    ['no subtomograms', ['--n', '0'], /--n 0; accepted: a whole number/],
    ['far too many subtomograms', ['--n', '1e15'], /--n 1e15; accepted: .* from 1 to 1000000$/],
    ['too many in all', ['--n', '50000'], /1150000 subtomograms; accepted: up to 1000000 in one/],
    ['far too many threads', ['--workers', '1e9'], /--workers 1e9; accepted: .* from 1 to 256$/],
    [
      'noise beyond all numbers',
      ['--snr', '1e-300'],
      /SNR 1e-300 is impossible; accepted: .*0.000001 to/,
    ],
    [
      'no noise to speak of',
      ['--snr', '1e300'],
      /SNR 1e\+300 is impossible; .* or inf for no noise/,
    ],
    ['a flag without its structure', ['--box', '20'], /--box needs --structure/],
    ['a missing file', ['--structure', '/no/such.pdb'], /such\.pdb: there is no such file/],
  ])('refuses %s with exit code 2', async (_, flags, message) => {
    const error = await simulate('bad', ...flags).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(message);
    expect(exitCode(error)).toBe(2);
  });

  it('stopped, leaves an index of what is there; started again, draws the rest', async () => {
    const flags = ['--class', '1MNF', '--n', '6', '--no-ctf'];
    const whole = await simulate('whole', ...flags);
    const out = join(folder, 'stopped');
    const cancel = new AbortController();
    const { io } = recordingIo(cancel.signal);
    const running = runCommandLine(['simulate', '--out', out, '--workers', '1', ...flags], io);
    const first = join(out, '1MNF', '000000.mrc');
    while (!existsSync(first)) await new Promise((resolve) => setTimeout(resolve, 1));
    cancel.abort();
    expect(exitCode(await running.catch((error: unknown) => error))).toBe(130);
    const { items } = read(out);
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThan(6);
    for (const { file } of items) expect(statSync(join(out, file)).size).toBe(1024 + 4 * 40 ** 3);

    writeFileSync(join(out, '1MNF', '000005.mrc'), 'half of a file');
    await simulate('stopped', ...flags);
    expect(read(out)).toEqual(read(whole.out));
    for (const { file } of read(out).items) {
      expect(readFileSync(join(out, file)).equals(readFileSync(join(whole.out, file)))).toBe(true);
    }
    await expect(simulate('stopped', ...flags, '--seed', '2')).rejects.toThrow(
      /stopped: holds another dataset \(1 x 6 subtomograms, SNR inf, seed 1, .*; accepted: an empty/,
    );
    await expect(simulate('stopped', '--class', '1MNF', '--n', '7', '--no-ctf')).rejects.toThrow(
      /holds another dataset/,
    );
    rmSync(join(out, 'index.json'));
    await expect(simulate('stopped', ...flags)).rejects.toThrow(/1MNF holds other files/);
  });

  it('draws again what is not the volume that belongs there', async () => {
    const flags = ['--class', '1MNF', '--n', '5', '--no-ctf', '--workers', '2'];
    const { out } = await simulate('changed', ...flags);
    const path = (i: number) => join(out, '1MNF', `00000${i}.mrc`);
    const whole = [0, 1, 2, 3, 4].map((i) => readFileSync(path(i)));
    const bytes = whole[0].length;
    writeFileSync(path(0), Buffer.alloc(bytes)); // all zeros, the right size
    writeFileSync(path(1), Buffer.concat([whole[1].subarray(0, 1024), Buffer.alloc(bytes - 1024)]));
    const flipped = Buffer.from(whole[2]);
    flipped[bytes >> 1] ^= 1;
    writeFileSync(path(2), flipped);
    writeFileSync(path(3), whole[4]); // whole, but another index
    const { io, notes } = recordingIo();
    await runCommandLine(['simulate', '--out', out, ...flags], io);
    expect(notes[0]).toBe(
      'Drawing 5 subtomograms (1 MB), of which 1 is there already and 4 are damaged and drawn again.',
    );
    for (const [i, file] of whole.entries()) expect(readFileSync(path(i)).equals(file)).toBe(true);
  });

  it.runIf(process.platform === 'linux')(
    'reports a full disk and keeps what is there',
    async () => {
      const out = join(folder, 'full');
      mkdirSync(join(out, '1MNF'), { recursive: true });
      const flags = ['--class', '1MNF', '--n', '3', '--workers', '1'];
      await simulate('full', ...flags);
      rmSync(join(out, '1MNF', '000001.mrc'));
      symlinkSync('/dev/full', join(out, '1MNF', '000001.mrc.part'));
      const error = await simulate('full', ...flags).catch((e: unknown) => e);
      expect((error as Error).message).toMatch(
        /000001\.mrc: cannot be written \(the disk is full\)$/,
      );
      expect(exitCode(error)).toBe(2);
      expect(read(out).items.map(({ index }) => index)).toEqual([0, 2]);
      await simulate('full', ...flags);
      expect(read(out).items).toHaveLength(3);
    },
  );

  it.runIf(process.platform === 'linux')('does not wait for /proc to take a folder', async () => {
    const { io } = recordingIo();
    const running = runCommandLine(['simulate', '--out', '/proc/x', '--n', '1'], io);
    await expect(running).rejects.toThrow(/--out \/proc\/x: the folder cannot be written/);
  });

  it('says which path cannot be written', async () => {
    const path = join(folder, 'a-file');
    writeFileSync(path, '');
    await expect(simulate('a-file', '--n', '1', '--class', '1MNF')).rejects.toThrow(
      /a-file: the folder cannot be written \(a part of this path is a file\)/,
    );
  });
});
