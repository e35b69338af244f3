import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correlation } from '../src/core/cam/index.ts';
import { writeMrc } from '../src/core/mrc/index.ts';
import { readBox, rotationAt } from '../src/core/particles/index.ts';
import { type ParticleFlags, particlesOf, placedBy } from './particle-files.ts';
import { type Particle, particleShape, type ParticleBoxes } from './boxes.ts';
import { runCommandLine } from './commands.ts';
import { withBoxes } from './particle-input.ts';
import { recordingIo } from './test-io.ts';
import { withTomogram } from './tomogram-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'boxes-'));
const at = (...parts: string[]) => join(folder, ...parts);
const tomogram = at('tomogram.mrc');
const BOX = { shape: [24, 24, 24], voxelSize: 10, oriented: false } as const;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  const { io, out, notes } = recordingIo();
  await runCommandLine(argv, io);
  return { out, notes };
}

const star = (block: string, labels: readonly string[], rows: readonly string[]) =>
  `data_${block}\n\nloop_\n${labels.map((l, i) => `_${l} #${i + 1}\n`).join('')}${rows.join('\n')}\n\n`;

const angles: string[] = [];
const COUNT = 5;
/** Voxels from the middle of the cut volumes to their particles. */
const SHIFT = [2, -1, 3] as const;

/** Volumes cut out around the particles, as other programs write them, beside lists of each kind. */
beforeAll(async () => {
  const scene = ['--tomogram', '110x110x80', '--class', '4V5A_70S', '--n', String(COUNT)];
  await run('simulate', ...scene, '--seed', '2', '--no-ctf', '--out', folder);
  const list = await particlesOf(at('particles.star'));
  for (const line of readFileSync(at('particles.star'), 'utf8').split('\n'))
    if (/^\s+tomogram/.test(line)) angles.push(line.trim().split(/\s+/).slice(4, 7).join(' '));
  mkdirSync(at('dynamo'));
  const all: Float32Array[] = [];
  const grid = { shape: [48, 48, 48], voxelSize: [10, 10, 10], origin: [0, 0, 0] } as const;
  await withTomogram(tomogram, {}, async (access) => {
    const placed = placedBy(list, access.header, {});
    for (let i = 0; i < COUNT; i++) {
      const [x, y, z] = placed.positions.subarray(3 * i, 3 * i + 3);
      // The middle of other programs is voxel n / 2, half a voxel behind that of readBox.
      const middle = [x, y, z].map((p, k) => p - 10 * (SHIFT[k] + 0.5)) as [number, number, number];
      const { volume } = await readBox(access, middle, { shape: grid.shape, voxelSize: 10 });
      all.push(volume.data);
      const bytes = writeMrc({ ...grid, data: volume.data });
      writeFileSync(at('dynamo', `particle_00000${i + 3}.mrc`), bytes);
      writeFileSync(at('dynamo', `mask_${i}.mrc`), bytes);
    }
  });
  const stack = new Float32Array(COUNT * 48 ** 3);
  for (const [i, data] of all.entries()) stack.set(data, i * 48 ** 3);
  const bytes = writeMrc({ ...grid, data: stack, shape: [48 * COUNT, 48, 48] });
  // A stack of volumes: space group 401, so many sections each.
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setInt32(88, 401, true);
  view.setInt32(36, 48, true);
  view.setFloat32(48, 480, true);
  writeFileSync(at('stack.mrcs'), bytes);
  const relion = (images: readonly string[], origin: readonly number[]) =>
    star('optics', ['rlnOpticsGroup', 'rlnImagePixelSize'], ['1 10']) +
    star(
      'particles',
      [
        ...['rlnImageName', 'rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi', 'rlnOpticsGroup'],
        ...['X', 'Y', 'Z'].map((axis) => `rlnOrigin${axis}Angst`),
      ],
      images.map((image, i) => `${image} ${angles[i]} 1 ${origin.join(' ')}`),
    );
  const moved = SHIFT.map((voxels) => -10 * voxels);
  const named = Array.from({ length: COUNT }, (_, i) => `dynamo/particle_00000${i + 3}.mrc`);
  writeFileSync(at('relion.star'), relion(named, moved));
  const stacked = Array.from({ length: COUNT }, (_, i) => `${i + 1}@stack.mrcs`);
  writeFileSync(at('stacked.star'), relion(stacked, moved));
  writeFileSync(at('gaps.star'), relion([...named.slice(0, 4), 'lost.mrc'], moved));
  // Dynamo: tag, then shifts in columns 4 to 6 and angles in 7 to 9, which bring the particle onto the reference.
  const table = angles.map((three, i) => {
    const [rot, tilt, psi] = three.split(' ').map(Number);
    const row = new Array<number>(35).fill(0);
    row[0] = i + 3;
    row.splice(3, 3, ...SHIFT);
    // Rz(-tdrot) Rx(-tilt) Rz(-narot) = Rz(-psi) Ry(-tilt) Rz(-rot)
    [row[6], row[7], row[8]] = [psi - 90, tilt, rot + 90];
    return row.join(' ');
  });
  writeFileSync(at('dynamo', 'crop.tbl'), `${table.join('\n')}\n`);
}, 120_000);

async function boxesOf(list: string, flags: ParticleFlags) {
  return withBoxes(at(list), {}, flags, async (boxes) => {
    const read: { data: Float32Array; particle: Particle }[] = [];
    for (let i = 0; i < boxes.count; i++) {
      const { volume, particle } = await boxes.read(i, { ...BOX, oriented: true });
      read.push({ data: volume.data, particle });
    }
    return { read, boxes: boxes as ParticleBoxes };
  });
}

describe('the same particles, whichever way their boxes come', () => {
  it.each<[string, ParticleFlags]>([
    ['relion.star', {}],
    ['stacked.star', {}],
    ['dynamo/crop.tbl', {}],
    ['dynamo/crop.tbl', { boxes: at('dynamo') }],
  ])('%s %j', async (list, flags) => {
    const wanted = (await boxesOf('particles.star', { tomogram })).read;
    const { read } = await boxesOf(list, flags);
    expect(read).toHaveLength(COUNT);
    for (const [i, { data, particle }] of read.entries()) {
      expect(particle.covered).toBeGreaterThan(0.9);
      expect(correlation(data, wanted[i].data)).toBeGreaterThan(0.98);
    }
  });

  it('a stack of volumes in the order of any list', async () => {
    const wanted = (await boxesOf('relion.star', {})).read;
    // A table of coordinates says nothing of shifts: the particles stand off the middle.
    const { read } = await boxesOf('particles.csv', { boxes: at('stack.mrcs') });
    expect(read[1].particle.class).toMatch(/70S/);
    const own = rotationAt(await particlesOf(at('particles.csv')), 1);
    expect(read[1].particle.rotation).toEqual(own);
    expect(read[1].data).toHaveLength(wanted[1].data.length);
  });
});

describe('tomograms in a folder', () => {
  beforeAll(() => {
    mkdirSync(at('two'));
    cpSync(tomogram, at('two', 'TS_1_rec.mrc'));
    const lines = angles.map((three, i) => `TS_${i < 3 ? 1 : 10} ${10 * i} 0 0 ${three}`);
    const labels = [
      'rlnTomoName',
      ...['X', 'Y', 'Z'].map((axis) => `rlnCenteredCoordinate${axis}Angst`),
      ...['rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi'],
    ];
    writeFileSync(at('two.star'), star('particles', labels, lines));
  });

  it('each particle is read from its own; one that is missing is said', async () => {
    const { boxes } = await boxesOf('two.star', { tomogram: at('two') });
    expect(boxes.count).toBe(3);
    const said = boxes.findings.map(({ message }) => message).join('\n');
    expect(said).toMatch(/two has no file of the name of TS_10; its 2 particles are left out/);
  });

  it('a damaged one is said and the others are read', async () => {
    writeFileSync(at('two', 'TS_10.mrc'), new Uint8Array(2000));
    const { boxes } = await boxesOf('two.star', { tomogram: at('two') });
    expect(boxes.count).toBe(3);
    expect(boxes.findings.map(({ message }) => message).join('\n')).toMatch(
      /TS_10.mrc: .*left out/,
    );
    rmSync(at('two', 'TS_10.mrc'));
  });
});

it('measures recognition on volumes that a list names, and leaves out those that are missing', async () => {
  const model = ['--model', 'cnn-2-inf', '--backend', 'wasm', '--average', '1,2,4,40'];
  const { out, notes } = await run(
    'recognise',
    at('gaps.star'),
    ...model,
    ...['--class', '4V5A_70S', '--out', at('out'), '--json'],
  );
  const { rows, particles, accepted } = JSON.parse(out[0]);
  expect(accepted).toEqual(['70S ribosome (4V5A_70S)']);
  expect(particles).toMatchObject({ listed: 5, used: 4, skipped: [{ row: 5 }] });
  expect(rows.map(({ averaged, n }: { averaged: number; n: number }) => [averaged, n])).toEqual([
    [1, 4],
    [2, 2],
    [4, 1],
    [40, 0],
  ]);
  expect(rows[2].answers[0].name).toMatch(/ribosome/);
  expect(notes.join('\n')).toMatch(/left out: lost.mrc: this volume, which .* is not there/);
}, 120_000);

it('explains the particles that are there, and names the one that is missing', async () => {
  const args = ['explain', at('gaps.star'), '--model', 'cnn-2-inf', '--backend', 'wasm'];
  const { out } = await run(...args, '--class', 'top', '--volume', 'all', '--json');
  const { volumes, leftOut } = JSON.parse(out[0]);
  expect(volumes).toHaveLength(4);
  expect(leftOut).toMatchObject([{ volume: 5 }]);
  await expect(run(...args, '--volume', '5')).rejects.toThrow(/lost.mrc: this volume/);
}, 120_000);

it('says what it takes', async () => {
  await expect(boxesOf('particles.csv', {})).rejects.toThrow(/--tomogram, .* or --boxes/);
  await expect(boxesOf('particles.csv', { boxes: at('none') })).rejects.toThrow(/no such file/);
  await expect(boxesOf('particles.csv', { boxes: tomogram })).rejects.toThrow(
    /it holds 1 volumes and .* lists 5 particles/,
  );
  await expect(boxesOf('particles.csv', { boxes: at('two') })).resolves.toBeDefined();
  expect(() => particleShape('a.star', [40, 40, 40, 3])).toThrow(/volumes of one channel/);
  await expect(
    run('recognise', at('relion.star'), '--model', 'cnn-2-inf', '--average', '0'),
  ).rejects.toThrow(/--average 0; accepted: a whole number from 1 up/);
});

it('takes the volumes of a folder without a list, each of the class that its own folder is called by', async () => {
  const grid = { shape: [30, 30, 30], origin: [0, 0, 0] } as const;
  const data = new Float32Array(30 ** 3);
  data[(15 * 30 + 15) * 30 + 15] = 1000;
  mkdirSync(at('plain', 'ribosome'), { recursive: true });
  const file = (size: number) => writeMrc({ ...grid, data, voxelSize: [size, size, size] });
  writeFileSync(at('plain', 'a.mrc'), file(10));
  writeFileSync(at('plain', 'b.mrc'), 'nothing');
  writeFileSync(at('plain', 'ribosome', 'c.mrc'), file(5));
  await withBoxes(at('plain'), {}, {}, async ({ count, read }) => {
    expect(count).toBe(3);
    const boxes = [await read(0, BOX), await read(2, BOX)];
    expect(boxes.map(({ particle }) => particle)).toMatchObject([
      { row: 1, class: undefined, rotation: null },
      { row: 3, class: 'ribosome', rotation: null },
    ]);
    expect(boxes[0].particle.covered).toBe(1);
    // 15 nm of volume in 24 nm of box.
    expect(boxes[1].particle.covered).toBeCloseTo((15 / 24) ** 3, 1);
    await expect(read(1, BOX)).rejects.toThrow('b.mrc');
  });
});
