import type { Grid } from './grid.ts';
import type { FloatVolume, Shape3, Volume, VoxelArray } from './types.ts';

type Steps = readonly [z: number, y: number, x: number];

export interface ResampleOptions {
  /** Source voxels per output voxel along z, y, x; `from / to` when not given. */
  readonly step?: Steps;
  /** Source position of the lower face of output voxel 0, counted from the lower face of voxel 0. */
  readonly start?: Steps;
  /**
   * Where an output voxel is larger than a source voxel, average the interpolated values over it
   * (exact for linear fields) instead of taking the one at its centre.
   */
  readonly antialias?: boolean;
  /** Value outside the source box; the nearest voxel's value when not given. */
  readonly fill?: number;
}

/**
 * Trilinear interpolation with half-pixel centres (`align_corners=false`, clamped at the edges), as
 * GPU texture sampling does it: output voxel `i` covers source voxels `[i * step, (i + 1) * step)`.
 *
 *     source   |   0   |   1   |        step 1/2: output 1 lies a quarter voxel right of source 0
 *     output   | 0 | 1 | 2 | 3 |        (between 0 and 1 with weights 3/4, 1/4)
 *
 * Separable: one pass each along z, y and x. `data` is `[z, y, x]` of shape `from`, the result of
 * shape `to`.
 */
export function resample(
  data: VoxelArray,
  from: Shape3,
  to: Shape3,
  options: ResampleOptions = {},
): Float32Array<ArrayBuffer> {
  const taps = ([0, 1, 2] as const).map((axis) =>
    tapsOf(
      from[axis],
      to[axis],
      options.step?.[axis] ?? from[axis] / to[axis],
      options.start?.[axis] ?? 0,
      options.antialias ?? false,
    ),
  );
  const alongZ = pass(data, 1, from[0], from[1] * from[2], taps[0]);
  const alongY = pass(alongZ, to[0], from[1], from[2], taps[1]);
  const out = pass(alongY, to[0] * to[1], from[2], 1, taps[2]);
  if (options.fill !== undefined) fillOutside(out, to, taps, options.fill);
  return out;
}

/** Values of `[z, y, x]` samples on another grid over the same box: each output voxel has that of the one it lies in. */
export function nearest(data: VoxelArray, from: Shape3, to: Shape3): Float32Array<ArrayBuffer> {
  const sources = ([0, 1, 2] as const).map((axis) =>
    Int32Array.from({ length: to[axis] }, (_, i) =>
      Math.floor(((i + 0.5) * from[axis]) / to[axis]),
    ),
  );
  const [alongZ, alongY, alongX] = sources;
  const out = new Float32Array(to[0] * to[1] * to[2]);
  let at = 0;
  for (const z of alongZ) {
    for (const y of alongY) {
      const row = (z * from[1] + y) * from[2];
      for (const x of alongX) out[at++] = data[row + x];
    }
  }
  return out;
}

/** A volume's values on another grid in the same world coordinates; outside its box `fill`. */
export function resampleToGrid(
  volume: Volume,
  grid: Grid,
  options: { readonly fill?: number; readonly antialias?: boolean } = {},
): FloatVolume {
  const data = resample(volume.data, volume.shape, grid.shape, {
    ...gridSteps(volume, grid),
    ...options,
  });
  return { data, shape: grid.shape, voxelSize: grid.voxelSize, origin: grid.origin };
}

/** Steps and starts of {@link ResampleOptions} that take one grid to another. */
export function gridSteps(from: Grid, to: Grid): { readonly step: Steps; readonly start: Steps } {
  const along = (axis: 0 | 1 | 2): { step: number; start: number } => {
    const step = to.voxelSize[axis] / from.voxelSize[axis];
    const centre = (to.origin[axis] - from.origin[axis]) / from.voxelSize[axis];
    return { step, start: centre + 0.5 - step / 2 };
  };
  const [x, y, z] = [along(0), along(1), along(2)];
  return { step: [z.step, y.step, x.step], start: [z.start, y.start, x.start] };
}

/** Which source voxels make each output voxel along one axis, and how much of each. */
interface Taps {
  readonly perOutput: number;
  /** `perOutput` source indices and weights for each output voxel. */
  readonly index: Int32Array;
  readonly weight: Float64Array;
  /** Output voxels `[inside[0], inside[1])` have their centre in the source box. */
  readonly inside: readonly [number, number];
}

function tapsOf(from: number, to: number, step: number, start: number, antialias: boolean): Taps {
  const averaged = antialias && step > 1;
  // A window wider than the source needs no more than all of it.
  const perOutput = averaged ? Math.min(Math.floor(step) + 3, from) : 2;
  const index = new Int32Array(to * perOutput);
  const weight = new Float64Array(to * perOutput);
  let first = to;
  let last = -1;
  for (let i = 0; i < to; i++) {
    const centre = start + (i + 0.5) * step - 0.5;
    if (centre > -0.5 - 1e-6 && centre < from - 0.5 + 1e-6) {
      first = Math.min(first, i);
      last = i;
    }
    const at = i * perOutput;
    if (averaged) {
      const lowest = clamp(Math.ceil(centre - step / 2 - 1), 0, from - perOutput);
      for (let k = 0; k < perOutput; k++) {
        const source = lowest + k;
        index[at + k] = source;
        weight[at + k] =
          (share(source, from, centre + step / 2) - share(source, from, centre - step / 2)) / step;
      }
      continue;
    }
    const lowest = Math.floor(centre);
    for (let k = 0; k < 2; k++) {
      index[at + k] = clamp(lowest + k, 0, from - 1);
      weight[at + k] = Math.max(0, 1 - Math.abs(centre - (lowest + k)));
    }
  }
  return { perOutput, index, weight, inside: [first, last + 1] };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/**
 * Integral up to `u` of the weight that voxel `i` of `n` has in the linear interpolation, whose outer
 * voxels continue beyond the edges. Only differences count.
 */
function share(i: number, n: number, u: number): number {
  const t = u - i;
  if (n === 1) return t;
  if (i === 0) return t <= 0 ? t : hatIntegral(t) - 0.5;
  if (i === n - 1) return t >= 0 ? t + 0.5 : hatIntegral(t);
  return hatIntegral(t);
}

/** Integral of the linear interpolation kernel `max(0, 1 - |t|)` from minus infinity to `u`. */
function hatIntegral(u: number): number {
  if (u <= -1) return 0;
  if (u >= 1) return 1;
  return u < 0 ? (u + 1) ** 2 / 2 : 1 - (1 - u) ** 2 / 2;
}

/** Interpolates `[outer, n, inner]` along its middle axis. */
function pass(
  data: VoxelArray,
  outer: number,
  n: number,
  inner: number,
  { perOutput, index, weight }: Taps,
): Float32Array<ArrayBuffer> {
  const m = index.length / perOutput;
  const out = new Float32Array(outer * m * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < m; i++) {
      const tap = i * perOutput;
      if (perOutput === 2) {
        const w0 = weight[tap];
        const w1 = weight[tap + 1];
        let a = (o * n + index[tap]) * inner;
        let b = (o * n + index[tap + 1]) * inner;
        for (let q = 0; q < inner; q++) out[at++] = w0 * data[a++] + w1 * data[b++];
        continue;
      }
      for (let q = 0; q < inner; q++) {
        let sum = 0;
        for (let k = tap; k < tap + perOutput; k++) {
          sum += weight[k] * data[(o * n + index[k]) * inner + q];
        }
        out[at++] = sum;
      }
    }
  }
  return out;
}

function fillOutside(out: Float32Array, shape: Shape3, taps: readonly Taps[], fill: number): void {
  const [z, y, x] = taps.map(({ inside }) => inside);
  const [nz, ny, nx] = shape;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const row = (k * ny + j) * nx;
      if (k < z[0] || k >= z[1] || j < y[0] || j >= y[1] || x[0] >= x[1]) {
        out.fill(fill, row, row + nx);
      } else {
        out.fill(fill, row, row + x[0]);
        out.fill(fill, row + x[1], row + nx);
      }
    }
  }
}
