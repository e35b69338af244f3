import { expect, it } from 'vitest';
import { noise } from '../../testing/random.ts';
import type { Shape3 } from '../volume/types.ts';
import { componentAt, componentMask, componentsOf, volumeNm3 } from './components.ts';
import { componentsCsv } from './csv.ts';
import { backgroundOf, Decider, labelledChannels, type OutputMeaning } from './decide.ts';
import type { Labels } from './decide.ts';

const SHAPE: Shape3 = [7, 9, 11];
const VOXELS = 7 * 9 * 11;

function labelsOf(value: (z: number, y: number, x: number) => number, certainty = 255): Labels {
  const labels = new Uint8Array(VOXELS);
  const [nz, ny, nx] = SHAPE;
  for (let z = 0, at = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) labels[at++] = value(z, y, x);
  const certain = labels.map((label) => (label === 0 ? 0 : certainty));
  return { shape: SHAPE, labels, certainty: certain, members: null, shared: 0 };
}

/** Components by flooding from voxel to voxel: voxels by label and the smallest of their numbers. */
function flooded({ labels, shape: [nz, ny, nx] }: Labels): Map<string, number> {
  const seen = new Uint8Array(labels.length);
  const found = new Map<string, number>();
  for (let first = 0; first < labels.length; first++) {
    if (labels[first] === 0 || seen[first]) continue;
    const queue = [first];
    seen[first] = 1;
    for (let n = 0; n < queue.length; n++) {
      const voxel = queue[n];
      const [z, y, x] = [Math.floor(voxel / (ny * nx)), Math.floor(voxel / nx) % ny, voxel % nx];
      for (let dz = -1; dz <= 1; dz++)
        for (let dy = -1; dy <= 1; dy++)
          for (let dx = -1; dx <= 1; dx++) {
            const [a, b, c] = [z + dz, y + dy, x + dx];
            if (a < 0 || b < 0 || c < 0 || a >= nz || b >= ny || c >= nx) continue;
            const next = (a * ny + b) * nx + c;
            if (seen[next] || labels[next] !== labels[first]) continue;
            seen[next] = 1;
            queue.push(next);
          }
    }
    found.set(`${labels[first]} from ${first}`, queue.length);
  }
  return found;
}

it('measures a box and a ball', () => {
  const ball = (z: number, y: number, x: number) => (z - 4) ** 2 + (y - 4) ** 2 + (x - 7) ** 2 <= 4;
  const found = componentsOf(
    labelsOf((z, y, x) => (z < 2 && y < 3 && x < 2 ? 2 : ball(z, y, x) ? 1 : 0), 51),
  );
  const [first, second] = found.list;
  expect(first).toMatchObject({ id: 1, label: 1, voxels: 33, centroid: [4, 4, 7] });
  expect(first.inside).toEqual([4, 4, 7]);
  expect(first.box).toEqual({ start: [2, 2, 5], shape: [5, 5, 5] });
  expect(first.probability).toBeCloseTo(0.2, 10);
  expect(second).toMatchObject({ id: 2, label: 2, voxels: 12, centroid: [0.5, 1, 0.5] });
  expect(componentAt(found, [4, 4, 7])).toBe(first);
  expect(componentAt(found, [0, 8, 0])).toBeNull();
  expect(volumeNm3(33, { voxelSize: [10, 10, 20] })).toBeCloseTo(66, 10);
});

it.each([0.1, 0.3, 0.6])('finds the components of noise that flooding finds: %s', (share) => {
  const random = noise(VOXELS, 1000 * share);
  const labels = labelsOf((z, y, x) => {
    const value = random[(z * 9 + y) * 11 + x];
    return value > 1 - 2 * share ? 1 + (Math.abs(Math.round(value * 1000)) % 2) : 0;
  });
  const { list } = componentsOf(labels);
  expect(list.map(({ voxels }) => voxels).sort()).toEqual([...flooded(labels).values()].sort());
  expect(list.reduce((sum, { voxels }) => sum + voxels, 0)).toBe(
    labels.labels.filter((label) => label > 0).length,
  );
});

it('hangs voxels together by corners, but not labels', () => {
  const corner = componentsOf(labelsOf((z, y, x) => (z === y && y === x && z < 3 ? 1 : 0)));
  expect(corner.list).toHaveLength(1);
  const two = componentsOf(labelsOf((z, y, x) => (z === 0 && y === 0 && x < 4 ? 1 + (x >> 1) : 0)));
  expect(two.list.map(({ label, voxels }) => [label, voxels])).toEqual([
    [1, 2],
    [2, 2],
  ]);
});

it('takes a voxel of the component where its centroid lies outside', () => {
  const [ring] = componentsOf(
    labelsOf((z, y, x) => (z === 3 && Math.max(Math.abs(y - 4), Math.abs(x - 5)) === 3 ? 1 : 0)),
  ).list;
  expect(ring.centroid).toEqual([3, 4, 5]);
  const [, y, x] = ring.inside;
  expect(Math.max(Math.abs(y - 4), Math.abs(x - 5))).toBe(3);
});

it('cuts a component out of a region that reaches beyond the volume', () => {
  const found = componentsOf(labelsOf((_, y, x) => (y < 2 && x < 3 ? 1 : 0)));
  const mask = componentMask(found, 1, { start: [-1, 1, -1], shape: [2, 2, 5] });
  expect([...mask]).toEqual([...new Array(10).fill(0), 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
});

const decided = (meaning: OutputMeaning, values: readonly number[][], keeps = false) => {
  const decider = new Decider([1, 1, values[0].length], meaning, keeps);
  decider.take({ axis: 0, index: 0, values: values.map((row) => Float32Array.from(row)) });
  return { ...decider.result(), probabilities: decider.probabilities };
};

it('labels the largest of channels that exclude each other, wherever the background is', () => {
  const scores = [
    [5, 0, 1],
    [0, 5, 1],
    [0, 0, 3],
  ];
  const of = (background: number | null) => {
    const meaning = { channels: 3, independent: false, background, probabilities: false };
    return { ...decided(meaning, scores), channels: labelledChannels(meaning) };
  };
  expect([...of(0).labels]).toEqual([0, 1, 2]);
  expect(of(0).channels).toEqual([1, 2]);
  expect([...of(2).labels]).toEqual([1, 2, 0]);
  expect(of(2).channels).toEqual([0, 1]);
  expect([...of(null).labels]).toEqual([1, 2, 3]);
  const p = Math.exp(5) / (Math.exp(5) + 2);
  expect(of(null).certainty[0]).toBe(Math.round(255 * p));
});

it('keeps several classes where each has a sigmoid of its own', () => {
  const meaning = { channels: 3, independent: true, background: null, probabilities: true };
  const { labels, members, shared, certainty, probabilities } = decided(
    meaning,
    [
      [0.4, 0.6, 0.6],
      [0.1, 0.8, 0.2],
      [0.3, 0.2, 0.7],
    ],
    true,
  );
  expect([...labels]).toEqual([0, 2, 3]);
  expect([...members!]).toEqual([0, 0b011, 0b101]);
  expect(shared).toBe(2);
  expect(certainty[1]).toBe(Math.round(0.8 * 255));
  expect(probabilities![1][0]).toBeCloseTo(0.1, 6);
  const found = componentsOf({ shape: [1, 1, 3], labels, certainty, members, shared });
  expect(found.list.map(({ label, voxels }) => [label, voxels]).sort()).toEqual([
    [1, 2],
    [2, 1],
    [3, 1],
  ]);
});

it('decides a single logit by its sign, and knows the background', () => {
  const meaning = { channels: 1, independent: true, background: null, probabilities: false };
  const { labels, members, certainty } = decided(meaning, [[-1, 0, 2]]);
  expect([...labels]).toEqual([0, 0, 1]);
  expect(members).toBeNull();
  expect(certainty[2]).toBe(Math.round(255 / (1 + Math.exp(-2))));
  expect(backgroundOf(['a', 'background'], false, undefined)).toBe(1);
  expect(backgroundOf(['a', 'b'], false, undefined)).toBe(0);
  expect(backgroundOf(['a', 'b'], false, -1)).toBeNull();
  expect(backgroundOf(['a', 'b'], true, undefined)).toBeNull();
});

it('lists components as CSV', () => {
  const { list } = componentsOf(labelsOf((z, y, x) => (z < 2 && y < 3 && x < 2 ? 1 : 0)));
  const grid = {
    shape: SHAPE,
    voxelSize: [10, 20, 30],
    origin: [1, 2, 3],
    voxelSizeKnown: true,
  } as const;
  const csv = (known: boolean) =>
    componentsCsv(list, { ...grid, voxelSizeKnown: known }, () => 'a, "b"').split('\n')[1];
  expect(csv(true)).toBe('1,1,"a, ""b""",12,72,6.00,22.00,18.00,1.0000');
  expect(csv(false)).toBe('1,1,"a, ""b""",12,,,,,1.0000');
});
