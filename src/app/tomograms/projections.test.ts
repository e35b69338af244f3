import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectionBoxes } from '../../../cli/boxes-projections.ts';
import { writeMrc } from '../../core/mrc/index.ts';
import { encodeUtf8 } from '../../core/schema/utf8.ts';
import { rotationAt } from '../../core/particles/index.ts';
import type { BoxesRequest, PlacedFile, ProjectionsSource } from '../../state/tomograms.ts';
import { noise } from '../../testing/random.ts';
import { boxes, open, readList, selectRows, thumbnails } from './service.ts';
import { projected, projections } from './projections.ts';

const SIZE = 16;
const ANGLES = [-40, -20, 0, 20, 40];
const task = { signal: new AbortController().signal, onProgress: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'projections-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const table = (block: string, labels: readonly string[], rows: readonly string[]) =>
  `data_${block}\n\nloop_\n${labels.map((label) => `_${label}\n`).join('')}${rows.join('\n')}\n\n`;

const stackAt = (seed: number, n = ANGLES.length) =>
  writeMrc({
    ...{ shape: [n, SIZE, SIZE], voxelSize: [8, 8, 8], origin: [0, 0, 0] },
    data: noise(n * SIZE * SIZE, seed),
  });

const series = table(
  'TS_1',
  ['rlnTomoYTilt', 'rlnTomoZRot', 'rlnMicrographPreExposure', 'rlnDefocusU'],
  ANGLES.map((angle, i) => `${angle} 80 ${3 * i} 30000`),
);

/** Row 3 has no stack, row 4 a damaged one, row 5 no tilts. */
const FILES: Readonly<Record<string, Uint8Array>> = {
  'Extract/particles.star': encodeUtf8(
    table(
      'optics',
      ['rlnOpticsGroup', 'rlnImagePixelSize', 'rlnVoltage', 'rlnCtfDataAreCtfPremultiplied'],
      ['1 8 300 1'],
    ) +
      table(
        'particles',
        [
          ...['rlnTomoName', 'rlnImageName', 'rlnTomoVisibleFrames', 'rlnOpticsGroup'],
          ...['X', 'Y', 'Z'].map((axis) => `rlnCenteredCoordinate${axis}Angst`),
          ...['rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi'],
        ],
        [
          'TS_1 Extract/TS_1/1.mrcs [1,1,1,1,1] 1 10 20 300 10 20 30',
          'TS_1 Extract/TS_1/2.mrcs [1,1,0,1,1] 1 0 0 0 0 90 0',
          'TS_1 Extract/TS_1/3.mrcs [1,1,1,1,1] 1 0 0 0 0 0 0',
          'TS_1 Extract/TS_1/4.mrcs [1,1,1,1,1] 1 0 0 0 0 0 0',
          'TS_2 Extract/TS_2/1.mrcs [1,1,1,1,1] 1 0 0 0 0 0 0',
        ],
      ),
  ),
  'Extract/TS_1/1.mrcs': stackAt(1),
  'Extract/TS_1/2.mrcs': stackAt(2),
  'Extract/TS_1/4.mrcs': stackAt(4, 3),
  'Extract/TS_2/1.mrcs': stackAt(5),
  'tomograms.star': encodeUtf8(
    table('global', ['rlnTomoName', 'rlnTomoTiltSeriesStarFile'], ['TS_1 tilts/TS_1.star']),
  ),
  'tilts/TS_1.star': encodeUtf8(series),
};
for (const [path, bytes] of Object.entries(FILES)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

const placed = Object.entries(FILES).map(
  ([path, bytes]): PlacedFile => ({
    path: `project/${path}`,
    file: new Blob([bytes as BlobPart]),
  }),
);
const [list, ...beside] = placed;
let id = 0;
const sourceOf = (part: Partial<ProjectionsSource> = {}): ProjectionsSource => ({
  ...{ kind: 'projections', id: ++id, list, beside, transfer: 'corrected' },
  ...part,
});

const request = (rows: readonly number[], part: Partial<BoxesRequest> = {}): BoxesRequest => ({
  positions: new Float64Array(3 * rows.length),
  rows: Uint32Array.from(rows),
  rotations: null,
  shape: [12, 12, 12],
  voxelSize: 10,
  expectation: { normalization: 'none' },
  invert: false,
  ...part,
});

test('boxes are those of the command line, turned or not, whatever becomes of contrast transfer', async () => {
  const { list: read, projections: has } = await readList([list], beside);
  expect(has).toBe(true);
  for (const transfer of ['corrected', 'kept', 'squared'] as const)
    for (const oriented of [false, true]) {
      const path = join(folder, 'Extract/particles.star');
      const wanted = { shape: [12, 12, 12], voxelSize: 10, oriented } as const;
      const other = await projectionBoxes(path, { ctf: transfer }, {});
      const turns = [0, 1].flatMap((row) => [...rotationAt(read, row)!]);
      const rotations = oriented ? Float32Array.from(turns) : null;
      const cut = await boxes(sourceOf({ transfer }), request([0, 1], { rotations }), task);
      for (const [i, box] of cut.entries()) {
        if (!('input' in box)) throw new Error(box.reason);
        const { volume } = await other.read(i, wanted);
        const largest = Math.max(...volume.data.map(Math.abs));
        expect(largest).toBeGreaterThan(0.01);
        const apart = volume.data.map((value, at) => Math.abs(value - box.values[at]));
        // The list keeps angles as 32-bit matrices.
        expect(Math.max(...apart)).toBeLessThanOrEqual(oriented ? 1e-5 * largest : 0);
        expect(box.grid).toMatchObject({ origin: volume.origin, voxelSize: volume.voxelSize });
      }
    }
});

test('what is missing or damaged is named, and the rest goes through', async () => {
  const source = sourceOf();
  const { there, findings } = await projections(source);
  expect([...there]).toEqual([1, 1, 0, 1, 0]);
  const said = findings.map(({ message }) => message).join('\n');
  expect(said).toMatch(
    /1 of 5 particles are left out, since their stacks are not there: Extract\/TS_1\/3.mrcs/,
  );
  expect(said).toMatch(/tomograms.star: it does not name TS_2.*The particles of TS_2 are left out/);
  expect(said).toMatch(/5 projections of 16 x 16 pixels of 8 Å, tilted by −40° to 40°/);
  const [good, bad] = await boxes(source, request([0, 3]), task);
  expect(good).toHaveProperty('input');
  expect(bad).toMatchObject({ reason: expect.stringMatching(/^4.mrcs: it holds 3 images/) });
  const { side, data } = await thumbnails(
    source,
    { ...request([3, 0]), edge: 96, pixel: 12, thickness: 24 },
    task,
  );
  expect([side, Number.isNaN(data[0]), Number.isNaN(data[side * side])]).toEqual([8, true, false]);

  const none = await projections(sourceOf({ beside: beside.filter((one) => one.file.size > 1e3) }));
  expect([...none.there]).toEqual([0, 0, 0, 0, 0]);
  expect(none.findings.at(-1)?.message).toMatch(/tomograms.star .* are missing/);
});

test('a particle is shown with its projections and their tilts', async () => {
  const { images, size, angles, box, made } = await projected(sourceOf(), 1, 96);
  expect(angles.map(Math.round)).toEqual([-40, -20, 20, 40]);
  expect([images.length, size]).toEqual([4 * SIZE * SIZE, SIZE]);
  expect(box.values).toHaveLength(48 ** 3);
  expect(made).toMatch(/^4 projections of 16 x 16 pixels of 8 Å projected back: .*dose weighted/);
});

test('a middle slab is that of the whole box', async () => {
  const [whole, slab] = await Promise.all(
    [12, 4].map(async (depth) => {
      const shape = [depth, 12, 12] as const;
      const [box] = await boxes(sourceOf(), request([0], { shape }), task);
      return 'input' in box ? box.values : new Float32Array();
    }),
  );
  expect(slab).toEqual(whole.subarray(4 * 144, 8 * 144));
});

test('a stack by itself is no tomogram', async () => {
  const stack = beside.find(({ path }) => path.endsWith('2.mrcs'))!;
  const source = { kind: 'tomogram', id: 99, name: '2.mrcs', from: [stack] } as const;
  await expect(open(source)).rejects.toThrow(
    /2.mrcs: this is a stack of 5 images of 16 x 16 pixels.*particles.star that names them/,
  );
});

test('of a list with a row for each projection, all rows of the chosen particles are kept', async () => {
  const labels = ['rlnImageName', 'rlnGroupName', 'rlnCtfBfactor', 'rlnCtfScalefactor'];
  const angles = ['rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi', 'rlnPixelSize', 'rlnDefocusU'];
  const rows = [0, 1].flatMap((k) =>
    ANGLES.map((angle, i) => {
      const scale = Math.cos((angle * Math.PI) / 180).toFixed(3);
      return `${5 * k + i + 1}@all.mrcs P${k} ${-4 * (i + 1)} ${scale} 0 ${angle} 0 8 30000`;
    }),
  );
  const text = table('', [...labels, ...angles], rows);
  const own = { path: 'all.star', file: new Blob([text]) };
  const stack = { path: 'all.mrcs', file: new Blob([stackAt(7, 10) as BlobPart]) };
  const { list: read } = await readList([own], [stack]);
  expect(read.count).toBe(2);
  const info = await projections(sourceOf({ list: own, beside: [stack] }));
  expect([...info.there]).toEqual([1, 1]);
  const chosen = await selectRows([own], 'relion', Uint32Array.of(1));
  const kept = new TextDecoder().decode(chosen).trim().split('\n').slice(-5);
  expect(kept.map((line) => line.split('@')[0])).toEqual(['6', '7', '8', '9', '10']);
});
