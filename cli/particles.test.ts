import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openVolume } from '../src/core/volume/index.ts';
import { writeMrc } from '../src/core/mrc/index.ts';
import { command } from './particles.ts';
import { parseCommand } from './parse.ts';
import { truthListOf } from './particle-files.ts';
import { readInput } from './input.ts';
import { recordingIo } from './test-io.ts';

/** Where the sample's first voxel stands in the tomogram, x, y, z. */
const AT = [30, 12, 7] as const;
let folder = '';
let sample = new Float32Array();
const path = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'particles-'));
  const bytes = new Uint8Array(await readFile('public/samples/1MNF-inf.mrc'));
  sample = Float32Array.from(openVolume(bytes, 'sample').volume.data);
  const shape = [60, 70, 90] as const;
  const data = new Float32Array(60 * 70 * 90);
  for (let z = 0; z < 40; z++) {
    for (let y = 0; y < 40; y++) {
      data.set(
        sample.subarray((z * 40 + y) * 40, (z * 40 + y + 1) * 40),
        ((z + AT[2]) * 70 + y + AT[1]) * 90 + AT[0],
      );
    }
  }
  const grid = { shape, voxelSize: [10, 10, 10] as const, origin: [0, 0, 0] as const };
  await writeFile(path('TS_01.mrc'), writeMrc({ ...grid, data }));
  // The same as an OME-Zarr of one chunk.
  await mkdir(path('TS_01.zarr/0/0/0'), { recursive: true });
  const zarr = {
    '.zgroup': { zarr_format: 2 },
    '.zattrs': {
      multiscales: [
        {
          axes: ['z', 'y', 'x'].map((name) => ({ name, unit: 'angstrom' })),
          datasets: [
            { path: '0', coordinateTransformations: [{ type: 'scale', scale: [10, 10, 10] }] },
          ],
        },
      ],
    },
    '0/.zarray': {
      ...{ zarr_format: 2, shape, chunks: shape, dtype: '<f4', compressor: null, filters: null },
      ...{ fill_value: 0, order: 'C', dimension_separator: '/' },
    },
  };
  for (const [name, content] of Object.entries(zarr))
    await writeFile(path(`TS_01.zarr/${name}`), JSON.stringify(content));
  await writeFile(path('TS_01.zarr/0/0/0/0'), new Uint8Array(data.buffer));
  // Coordinates in pixels of 2.5 Å, as of a tomogram that was reconstructed at four times the tilt series' sampling.
  const [x, y, z] = AT.map((at) => (at + 19.5) * 4);
  const star = (rows: string) =>
    `data_optics\nloop_\n_rlnOpticsGroup\n_rlnTomoTiltSeriesPixelSize\n1 2.5\n\ndata_particles\nloop_\n_rlnTomoName\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnCoordinateZ\n_rlnClassNumber\n${rows}`;
  await writeFile(
    path('particles.star'),
    star(`TS_02 1 1 1 1\nTS_01 ${x} ${y} ${z} 2\nTS_01 340 1 1 1\n`),
  );
  await writeFile(path('other.star'), star('A 1 1 1 1\nB 1 1 1 1\n'));
  // A copick project of that tomogram: picks of two objects by one user and session, and others.
  const runFolder = path('project/ExperimentRuns/TS_01');
  await mkdir(join(runFolder, 'Picks'), { recursive: true });
  await cp(path('TS_01.zarr'), join(runFolder, 'VoxelSpacing10.000/wbp.zarr'), { recursive: true });
  const picks = (name: string, at: number[]) => ({
    ...{ pickable_object_name: name, run_name: 'TS_01', voxel_spacing: 10, unit: 'angstrom' },
    points: [{ location: { x: at[0], y: at[1], z: at[2] } }],
  });
  const centre = AT.map((from) => 10 * (from + 19.5));
  for (const [file, content] of Object.entries({
    'me_0_apo.json': picks('apo', [10, 10, 10]),
    'me_0_groel.json': picks('groel', centre),
    'gt_7_groel.json': picks('groel', [20, 20, 20]),
  }))
    await writeFile(join(runFolder, 'Picks', file), JSON.stringify(content));
});

async function run(...argv: string[]) {
  const { positionals, values } = parseCommand('particles', command, argv);
  const recorded = recordingIo();
  await command.run(positionals, values, recorded.io);
  return recorded;
}

describe('particles', () => {
  test('says how the list was read and where its particles stand', async () => {
    const { out } = await run(path('particles.star'), '--tomogram', path('TS_01.mrc'), '--json');
    expect(JSON.parse(out[0])).toMatchObject({
      format: 'relion',
      count: 3,
      coordinates: { unit: 'voxel', from: 'corner', voxelSize: 2.5 },
      tomograms: [
        { name: 'TS_02', count: 1 },
        { name: 'TS_01', count: 2 },
      ],
      classes: [
        { name: 'class 1', count: 2 },
        { name: 'class 2', count: 1 },
      ],
      placed: { count: 2, inside: 2, better: null },
    });
    const text = (await run(path('particles.star'))).out.join('\n');
    expect(text).toContain('TS_02 (1), TS_01 (2)');
  });

  test('a tomogram of another name has to be named', async () => {
    await expect(run(path('other.star'), '--tomogram', path('TS_01.mrc'))).rejects.toThrow(
      /other\.star: it lists particles of 2 tomograms, and none has the name of TS_01\.mrc; accepted: --tomogram-name with one of A, B/,
    );
  });

  test('rows are written in the format they came in', async () => {
    await run(path('particles.star'), '--rows', '2-3', '--out', path('some.star'));
    const { out } = await run(path('some.star'), '--json');
    expect(JSON.parse(out[0])).toMatchObject({ count: 2, tomograms: [{ name: 'TS_01' }] });
    await expect(
      run(path('particles.star'), '--rows', '9', '--out', path('x.star')),
    ).rejects.toThrow(/--rows 9: not rows of .*; accepted: 1 to 3/);
    await expect(
      run(path('particles.star'), '--rows', '1', '--out', path('some.star')),
    ).rejects.toThrow(/some\.star already; accepted: another name, or --force/);
  });

  test.each(['project', 'project/ExperimentRuns/TS_01', 'project/ExperimentRuns/TS_01/Picks'])(
    'the picks of a copick run are one list: %s',
    async (given) => {
      const { out } = await run(path(given), '--json');
      expect(JSON.parse(out[0])).toMatchObject({
        format: 'copick',
        count: 2,
        classes: [
          { name: 'apo', count: 1 },
          { name: 'groel', count: 1 },
        ],
        ...(!given.endsWith('Picks') && { placed: { count: 2, inside: 2 } }),
      });
    },
  );

  test('where coordinates fit otherwise, the option that reads them so is named, and does', async () => {
    const rows = Array.from(
      { length: 12 },
      (_, i) => `${100 + 60 * i},${60 + 50 * i},${90 + 40 * i}`,
    );
    await writeFile(path('angstrom.csv'), `x,y,z\n${rows.join('\n')}\n`);
    const ask = async (...more: string[]) => {
      const asked = [path('angstrom.csv'), '--tomogram', path('TS_01.mrc'), '--json', ...more];
      const { out } = await run(...asked);
      return JSON.parse(out[0]);
    };
    const { findings, placed } = await ask();
    expect(placed.inside).toBe(0);
    expect(findings.map((one: { message: string }) => one.message).join(' ')).toMatch(
      /--coordinates angstrom reads them so\./,
    );
    expect((await ask('--coordinates', 'angstrom')).placed.inside).toBe(12);
  });

  test('of picks by several, those are taken that are no truth by their name, or that are asked for', async () => {
    const { out } = await run(path('project'), '--json');
    const { findings } = JSON.parse(out[0]);
    expect(findings[0].message).toBe(
      'The picks of me_0 are taken; there are others by gt_7. --picks takes those of another.',
    );
    const other = await run(path('project'), '--picks', 'gt_7', '--json');
    expect(JSON.parse(other.out[0])).toMatchObject({ count: 1, placed: { inside: 1 } });
    await expect(run(path('project'), '--picks', 'you_1')).rejects.toThrow(
      /--picks you_1: .*project has no picks of that user and session; accepted: gt_7, me_0/,
    );
    expect((await truthListOf(path('project'))).count).toBe(1);
  });

  test('of a copick project with several runs one has to be named, and a folder is not written', async () => {
    await expect(run(path('project'), '--rows', '1', '--out', path('z.json'))).rejects.toThrow(
      /--out writes one file, and .*project is a folder; accepted: a file of its picks/,
    );
    const other = path('two/ExperimentRuns');
    await cp(path('project/ExperimentRuns'), other, { recursive: true });
    await cp(join(other, 'TS_01/Picks'), join(other, 'TS_02/Picks'), { recursive: true });
    await expect(run(path('two'))).rejects.toThrow(
      /two: this copick project has 2 runs; accepted: the folder of one of TS_01, TS_02/,
    );
  });

  test('a half set is written with all that the list says of it', async () => {
    const head =
      'data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnCoordinateZ\n_rlnRandomSubset\n';
    await writeFile(path('halves.star'), `${head}1 1 1 1\n2 2 2 2\n3 3 3 1\n`);
    const { out } = await run(path('halves.star'), '--half', '1', '--out', path('half1.star'));
    expect(out.join('\n')).toMatch(/half sets +2 in 1, 1 in 2/);
    expect(await readFile(path('half1.star'), 'utf8')).toBe(`${head}1 1 1 1\n3 3 3 1\n`);
    await expect(
      run(path('particles.star'), '--half', '2', '--out', path('y.star')),
    ).rejects.toThrow(/--half 2: the list has no _rlnRandomSubset; accepted: /);
  });
});

describe('a particle as the input of a network', () => {
  const shape = [40, 40, 40, 1];
  const particles = () => ({ tomogram: path('TS_01.mrc'), oriented: false });

  test('its box holds what stands around it', async () => {
    const input = await readInput(
      path('particles.star'),
      shape,
      { voxelSize: 10 },
      { particles: particles() },
    );
    expect(input.particle).toMatchObject({
      row: 2,
      position: [495, 315, 265],
      covered: 1,
      class: 'class 2',
    });
    expect(input).toMatchObject({ count: 2, index: 0 });
    const worst = sample.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - input.data[i])),
      0,
    );
    expect(worst).toBeLessThan(1e-6);
  });

  test('a copick run brings its tomogram along', async () => {
    const folder = path('project/ExperimentRuns/TS_01');
    const reading = { particles: { oriented: false } };
    const input = await readInput(folder, shape, { voxelSize: 10 }, { ...reading, volume: 1 });
    expect(input.particle).toMatchObject({ row: 2, position: [495, 315, 265], class: 'groel' });
    expect(input.data.every((value, i) => Math.abs(value - sample[i]) < 1e-6)).toBe(true);
    await expect(readInput(join(folder, 'Picks'), shape, {}, reading)).rejects.toThrow(
      /this copick run has no tomogram .*; accepted: --tomogram with one/,
    );
  });

  test('is the same of an OME-Zarr, in a folder or one further down', async () => {
    for (const tomogram of [path('TS_01.zarr'), folder]) {
      const input = await readInput(
        path('particles.star'),
        shape,
        { voxelSize: 10 },
        { particles: { ...particles(), tomogram, 'tomogram-name': 'TS_01' } },
      );
      const worst = sample.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - input.data[i])),
        0,
      );
      expect(worst).toBeLessThan(1e-6);
    }
    await expect(run(path('particles.star'), '--tomogram', path('TS_01.zarr/0/0'))).rejects.toThrow(
      /TS_01\.zarr\/0\/0: this is a folder without a Zarr; accepted/,
    );
  });

  test('at the edge, the mean stands outside', async () => {
    const input = await readInput(
      path('particles.star'),
      shape,
      { voxelSize: 10 },
      { particles: particles(), volume: 1 },
    );
    expect(input.particle!.covered).toBeLessThan(0.5);
    expect(input.steps.join(' ')).toMatch(
      /% of the box lie outside the tomogram and hold its mean/,
    );
  });

  test('a list alone, a place outside and missing angles are said', async () => {
    await expect(
      readInput(path('particles.star'), shape, {}, { particles: { oriented: false } }),
    ).rejects.toThrow(/particles\.star: this is a list of 3 particles; accepted: with --tomogram/);
    await expect(
      readInput(
        path('particles.star'),
        shape,
        {},
        { particles: { ...particles(), coordinates: '100' } },
      ),
    ).rejects.toThrow(/none of the 2 particles stands in .*TS_01\.mrc/);
    await expect(
      readInput(
        path('particles.star'),
        shape,
        {},
        { particles: { ...particles(), oriented: true } },
      ),
    ).rejects.toThrow(/it has no angles; accepted: without --oriented/);
  });
});
