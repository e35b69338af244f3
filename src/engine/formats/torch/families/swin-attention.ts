import type { Attributes, OpId, Sizes, Weights } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import type { Building } from './family.ts';

/** Masked pairs get this before the softmax. */
const MASKED = -100;

const product = (sizes: Sizes) => sizes.reduce((a, b) => a * b, 1);

/** Windows of a value, and by how much they are moved. */
interface Windows {
  readonly window: Sizes;
  readonly shift: Sizes;
  /** Sides of the value filled up to whole windows. */
  readonly space: Sizes;
}

/**
 * Attention within windows (Liu et al. 2021, Swin Transformer): the value is filled up to whole windows, moved by half a
 * window in every second block, and its voxels look at those of their own window.
 */
export function windowAttention(
  building: Building,
  path: string,
  x: NodeId,
  shifted: boolean,
): NodeId {
  const { layers } = building;
  const size = layers.spaceOf(x);
  const [rows, heads] = layers.dims(`${path}.relative_position_bias_table`);
  const whole = Math.round((rows ** (1 / size.length) + 1) / 2);
  const window = size.map((n) => Math.min(n, whole));
  const shift = size.map((n) => (shifted && n > whole ? Math.floor(whole / 2) : 0));
  const fill = size.map((n, axis) => (window[axis] - (n % window[axis])) % window[axis]);
  const space = size.map((n, axis) => n + fill[axis]);
  const windows = { window, shift, space };
  const padded = fill.some((n) => n > 0)
    ? layers.padBehind(`${path} (filled up)`, x, [...fill, 0])
    : x;
  const moved = rolled(building, path, padded, shift);
  const parts = partitioned(building, path, moved, window);
  const seen = attended(building, path, parts, { heads, whole, windows });
  const joined = joinedBack(building, path, seen, windows);
  const back = rolled(
    building,
    path,
    joined,
    shift.map((n, axis) => (n === 0 ? 0 : space[axis] - n)),
  );
  if (fill.every((n) => n === 0)) return layers.end(path, back, 'WindowAttention');
  const all = [...size, layers.channelsOf(x)];
  const cut = { begin: all.map(() => 0), size: all, steps: all.map(() => 1) };
  return layers.add('slice', cut, {}, [back], path, 'WindowAttention');
}

/** Adds an operator without weights as a part of the attention. */
function part<K extends OpId>(
  { layers }: Building,
  path: string,
  op: K,
  attributes: Attributes<K>,
  ...inputs: readonly NodeId[]
): NodeId {
  return layers.add(op, attributes, {} as Weights<K>, inputs, `${path} (${op})`, op);
}

/** The first `shift` elements of each axis put behind the others. */
function rolled(building: Building, path: string, given: NodeId, shift: Sizes): NodeId {
  const { layers } = building;
  let x = given;
  for (const [axis, by] of shift.entries()) {
    if (by === 0) continue;
    const shape = layers.shapeOf(x);
    const cut = (from: number, count: number) =>
      part(
        building,
        path,
        'slice',
        {
          begin: shape.map((_, i) => (i === axis ? from : 0)),
          size: shape.map((n, i) => (i === axis ? count : n)),
          steps: shape.map(() => 1),
        },
        x,
      );
    const halves = [cut(by, shape[axis] - by), cut(0, by)];
    x = part(building, path, 'concat', { axis }, ...halves);
  }
  return x;
}

/** `[…space, c]` to `[windows, voxels, c]`, axis by axis. */
function partitioned(building: Building, path: string, given: NodeId, window: Sizes): NodeId {
  const { layers } = building;
  const shape = layers.shapeOf(given);
  let x = given;
  let [count, inner] = [1, 1];
  for (const [axis, size] of window.entries()) {
    const n = shape[axis] / size;
    const rest = product(shape.slice(axis + 1));
    x = part(building, path, 'reshape', { shape: [count, inner, n, size, rest] }, x);
    x = part(building, path, 'transpose', { permutation: [0, 2, 1, 3, 4] }, x);
    [count, inner] = [count * n, inner * size];
  }
  return part(building, path, 'reshape', { shape: [count, inner, shape[shape.length - 1]] }, x);
}

/** The other way. */
function joinedBack(
  building: Building,
  path: string,
  given: NodeId,
  { window, space }: Windows,
): NodeId {
  const { layers } = building;
  let [count, inner, rest] = layers.shapeOf(given);
  const channels = rest;
  let x = given;
  for (const axis of window.map((_, i) => window.length - 1 - i)) {
    const size = window[axis];
    const n = space[axis] / size;
    x = part(building, path, 'reshape', { shape: [count / n, n, inner / size, size, rest] }, x);
    x = part(building, path, 'transpose', { permutation: [0, 2, 1, 3, 4] }, x);
    [count, inner, rest] = [count / n, inner / size, rest * n * size];
  }
  return part(building, path, 'reshape', { shape: [...space, channels] }, x);
}

interface Attention {
  readonly heads: number;
  /** Edge of a window that is not cut short. */
  readonly whole: number;
  readonly windows: Windows;
}

/** Heads look at the voxels of a window, `[windows, voxels, c]`. */
function attended(
  building: Building,
  path: string,
  x: NodeId,
  { heads, whole, windows }: Attention,
): NodeId {
  const { layers } = building;
  const [count, n, channels] = layers.shapeOf(x);
  const depth = channels / heads;
  const three = layers.linear(`${path}.qkv`, x);
  const apart = part(building, path, 'reshape', { shape: [count, n, 3, heads, depth] }, three);
  const turned = part(building, path, 'transpose', { permutation: [2, 0, 3, 1, 4] }, apart);
  const [q, k, v] = [0, 1, 2].map((i) => {
    const size = [1, count, heads, n, depth];
    const cut = { begin: [i, 0, 0, 0, 0], size, steps: [1, 1, 1, 1, 1] };
    const one = part(building, path, 'slice', cut, turned);
    return part(building, path, 'reshape', { shape: size.slice(1) }, one);
  });
  const both = { transposeA: false, transposeB: true };
  const scale = layers.values(`${path} (scale)`, [1], () => Float32Array.of(depth ** -0.5));
  const small = part(building, path, 'arithmetic', { kind: 'multiply' }, q, scale);
  const products = part(building, path, 'matMul', both, small, k);
  const bias = layers.values(`${path} (positions)`, [1, heads, n, n], () =>
    positionBias(layers.state.tensors.get(`${path}.relative_position_bias_table`)!.numbers(), {
      heads,
      n,
      whole,
      axes: windows.window.length,
    }),
  );
  const terms = [products, bias];
  if (windows.shift.some((by) => by > 0))
    terms.push(layers.values(`${path} (mask)`, [count, 1, n, n], () => maskOf(windows)));
  const scores = part(building, path, 'arithmetic', { kind: 'add' }, ...terms);
  const weights = layers.softmax(`${path}.softmax`, scores);
  const plain = { transposeA: false, transposeB: false };
  const mixed = part(building, path, 'matMul', plain, weights, v);
  const back = part(building, path, 'transpose', { permutation: [0, 2, 1, 3] }, mixed);
  const flat = part(building, path, 'reshape', { shape: [count, n, channels] }, back);
  return layers.linear(`${path}.proj`, flat);
}

interface Table {
  readonly heads: number;
  readonly n: number;
  readonly whole: number;
  readonly axes: number;
}

/** `[heads, n, n]`: the entry for how far two voxels of a whole window are apart, of the first n of its voxels. */
function positionBias(table: Float32Array, { heads, n, whole, axes }: Table): Float32Array {
  const out = new Float32Array(heads * n * n);
  const span = 2 * whole - 1;
  const place = (i: number, axis: number) => Math.floor(i / whole ** (axes - 1 - axis)) % whole;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let row = 0;
      for (let axis = 0; axis < axes; axis++)
        row = row * span + place(i, axis) - place(j, axis) + whole - 1;
      for (let h = 0; h < heads; h++) out[(h * n + i) * n + j] = table[row * heads + h];
    }
  return out;
}

/** `[windows, n, n]`: voxels that were brought together from both ends of an axis do not see each other. */
function maskOf({ window, shift, space }: Windows): Float32Array {
  const n = product(window);
  const counts = space.map((size, axis) => size / window[axis]);
  const regions = new Int32Array(product(counts) * n);
  for (let w = 0, at = 0; w < product(counts); w++)
    for (let i = 0; i < n; i++, at++) {
      let [restOfWindow, rest] = [w, i];
      let region = 0;
      for (let axis = space.length - 1; axis >= 0; axis--) {
        const place = (restOfWindow % counts[axis]) * window[axis] + (rest % window[axis]);
        restOfWindow = Math.floor(restOfWindow / counts[axis]);
        rest = Math.floor(rest / window[axis]);
        region = region * 3 + regionOf(place, space[axis], window[axis], shift[axis]);
      }
      regions[at] = region;
    }
  const out = new Float32Array(product(counts) * n * n);
  for (let w = 0; w < product(counts); w++)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        if (regions[w * n + i] !== regions[w * n + j]) out[(w * n + i) * n + j] = MASKED;
  return out;
}

/** Parts of an axis: all windows but the last, the last without what was moved, and that. An axis that is not moved is one. */
function regionOf(place: number, size: number, window: number, shift: number): number {
  if (shift === 0) return 2;
  return place < size - window ? 0 : place < size - shift ? 1 : 2;
}
