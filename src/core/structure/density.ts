import { badInput } from '../errors.ts';
import { fastLength } from '../simulate/fft.ts';
import { createRealFft3 } from '../simulate/fft3.ts';
import type { FloatVolume, Vec3 } from '../volume/types.ts';
import { measureAtoms, measureDensity } from './measure.ts';
import type { Atoms } from './types.ts';
import { mapTo } from '../typed-arrays.ts';

/** The grid of a template: a cube whose centre is the world's origin. */
export interface DensityOptions {
  /** Edge of a voxel, Å. */
  readonly voxelSize: number;
  /**
   * Resolution of the low-pass filter, Å: the Gaussian `exp(-(d k)^2)`, which is 1/e at the spatial
   * frequency `k = 1 / d`; in real space a standard deviation of `d / (pi sqrt 2)` (0.225 d).
   */
  readonly resolution: number;
  /** Voxels along each edge; even, and a product of 2, 3 and 5. */
  readonly box: number;
}

/** Standard deviation in Å of the real-space Gaussian of a low-pass filter to `resolution` Å. */
export function lowPassSigma(resolution: number): number {
  return resolution / (Math.PI * Math.SQRT2);
}

/** Beyond this many standard deviations a Gaussian is taken as 0 (3e-7 of the weight). */
const REACH = 5;

/** Voxels along an edge of the finest grid that is filled (0.5 GB). */
const MOST_VOXELS = 512;

/** Voxels touched in all when atoms are blurred, some minutes of one processor. */
const MOST_WORK = 2e11;

/** Å; from a fifth of an atom to the size of a cell. */
const VOXEL_SIZES = [0.1, 1000] as const;

/**
 * Electron density (electrons per Å^3, hydrogens and solvent left out) of atoms, blurred to
 * `resolution` and with its centre of mass in the middle of the box.
 *
 * Each atom is a Gaussian of the filter's own width, integrated to its atomic number, evaluated at the
 * voxel centres. Where that width is below 0.9 voxel the sum is formed on a finer grid and cut down in
 * Fourier space, so that nothing folds back at Nyquist.
 *
 * @returns `[box, box, box]`
 * @throws AppError 'bad-input' when the molecule does not fit or the options are impossible.
 */
export function atomsToDensity(atoms: Atoms, options: DensityOptions): FloatVolume {
  checkDensityOptions(options);
  const { centre, radius } = measureAtoms(atoms);
  checkFit(radius, options);
  const factor = oversampling(options);
  const n = options.box * factor;
  const h = options.voxelSize / factor;
  const sigma = lowPassSigma(options.resolution);
  const middle = (factor * (options.box - 1)) / 2;
  const reach = (REACH * sigma) / h;
  const norm = (2 * Math.PI * sigma * sigma) ** -1.5;
  const fall = (h * h) / (2 * sigma * sigma);
  const taps = 2 * Math.ceil(reach) + 2;
  const weights = [new Float64Array(taps), new Float64Array(taps), new Float64Array(taps)];
  const from = [0, 0, 0];
  const to = [0, 0, 0];
  const work = atoms.count * Math.min(taps, n) ** 3;
  if (work > MOST_WORK) {
    throw badInput(
      `${atoms.count} atoms blurred to ${options.resolution} Å on voxels of ${h} Å take ${work.toExponential(0)} steps; accepted: up to ${MOST_WORK.toExponential(0)}, with a finer resolution or larger voxels.`,
    );
  }
  const data = new Float32Array(n * n * n);
  for (let i = 0; i < atoms.count; i++) {
    for (let axis = 0; axis < 3; axis++) {
      const at = middle + (atoms.positions[3 * i + axis] - centre[axis]) / h;
      from[axis] = Math.max(0, Math.ceil(at - reach));
      to[axis] = Math.min(n - 1, Math.floor(at + reach));
      for (let v = from[axis], t = 0; v <= to[axis]; v++, t++) {
        weights[axis][t] = Math.exp(-fall * (v - at) ** 2);
      }
    }
    const [wx, wy, wz] = weights as [Float64Array, Float64Array, Float64Array];
    const charge = norm * atoms.elements[i];
    for (let z = from[2]; z <= to[2]; z++) {
      for (let y = from[1]; y <= to[1]; y++) {
        const w = charge * wz[z - from[2]] * wy[y - from[1]];
        const row = (z * n + y) * n;
        for (let x = from[0]; x <= to[0]; x++) data[row + x] += w * wx[x - from[0]];
      }
    }
  }
  return grid(factor === 1 ? data : fourierCrop(data, n, options.box), options);
}

export interface MapOptions extends DensityOptions {
  /** Map units; voxels below count as solvent and become 0. Default 0. */
  readonly threshold?: number;
  /** Electrons of the whole molecule; scales the result to electrons per Å^3. */
  readonly electrons?: number;
}

/**
 * A density map on the template's grid: blurred by the low-pass Gaussian and evaluated at the new
 * voxel centres in one separable step (so nothing folds back), with the centre of mass in the middle.
 *
 * @param map molecule positive
 * @returns `[box, box, box]`
 * @throws AppError 'bad-input' when nothing lies above the threshold, the molecule does not fit, or the
 *   map is sampled too coarsely for the resolution asked for.
 */
export function mapToDensity(map: FloatVolume, options: MapOptions): FloatVolume {
  checkDensityOptions(options);
  const threshold = options.threshold ?? 0;
  const coarsest = Math.max(...map.voxelSize);
  if (2 * coarsest > options.resolution) {
    throw badInput(
      `The map has voxels of ${coarsest.toFixed(2)} Å, too coarse for ${options.resolution} Å; ask for ${(2 * coarsest).toFixed(1)} Å or more.`,
    );
  }
  const measured = measureDensity(map, threshold);
  if (!(measured.electrons > 0)) {
    throw badInput(`The map has no density above the threshold ${threshold}.`);
  }
  checkFit(measured.radius, options);
  const factor = oversampling(options);
  const n = options.box * factor;
  const h = options.voxelSize / factor;
  const sigma = lowPassSigma(options.resolution);
  let shape = [...map.shape];
  let data = mapTo(new Float32Array(map.data.length), map.data, (v) => (v < threshold ? 0 : v));
  for (let axis = 0; axis < 3; axis++) {
    const start = measured.centre[axis] - map.origin[axis] - (h * factor * (options.box - 1)) / 2;
    const rows = gaussianRows(start, h, n, map.voxelSize[axis], shape[2 - axis], sigma);
    data = alongAxis(data, shape, 2 - axis, rows);
    shape = shape.with(2 - axis, n);
  }
  const out = factor === 1 ? data : fourierCrop(data, n, options.box);
  if (options.electrons !== undefined) {
    const total = out.reduce((sum, v) => sum + v, 0) * options.voxelSize ** 3;
    const scale = options.electrons / total;
    for (let i = 0; i < out.length; i++) out[i] *= scale;
  }
  return grid(out, options);
}

/** @throws AppError 'bad-input' */
export function checkDensityOptions(options: DensityOptions): void {
  const { voxelSize, resolution, box } = options;
  const [least, most] = VOXEL_SIZES;
  if (!(voxelSize >= least && voxelSize <= most)) {
    throw badInput(`Voxel size ${voxelSize} Å: must be from ${least} to ${most} Å.`);
  }
  if (!(resolution >= 2 * voxelSize)) {
    throw badInput(
      `Resolution ${resolution} Å: voxels of ${voxelSize} Å carry ${2 * voxelSize} Å (Nyquist) at best.`,
    );
  }
  const inRange = Number.isSafeInteger(box) && box >= 8 && box <= MOST_VOXELS;
  if (!inRange || fastLength(box) !== box) {
    throw badInput(
      `Box of ${box} voxels: must be even, from 8 to ${MOST_VOXELS}, and a product of 2, 3 and 5.`,
    );
  }
  if (!(resolution <= box * voxelSize)) {
    throw badInput(
      `Resolution ${resolution} Å: a box of ${box} voxels of ${voxelSize} Å is ${box * voxelSize} Å wide, so nothing would be left.`,
    );
  }
  const fine = box * oversampling(options);
  if (fine > MOST_VOXELS) {
    throw badInput(
      `Box of ${box} voxels at ${resolution} Å: it is filled on a grid of ${fine} voxels along each edge; at most ${MOST_VOXELS}.`,
    );
  }
}

function checkFit(radius: number, { voxelSize, box }: DensityOptions): void {
  if (!(radius <= (voxelSize * box) / 2)) {
    throw badInput(
      `The molecule reaches ${radius.toFixed(0)} Å from its centre and does not fit into a box of ${box} voxels of ${voxelSize} Å.`,
    );
  }
}

function oversampling({ voxelSize, resolution }: DensityOptions): number {
  return Math.ceil((0.9 * voxelSize) / lowPassSigma(resolution) - 1e-3);
}

function grid(data: Float32Array, { voxelSize, box }: DensityOptions): FloatVolume {
  const corner = (-voxelSize * (box - 1)) / 2;
  const size: Vec3 = [voxelSize, voxelSize, voxelSize];
  return { data, shape: [box, box, box], voxelSize: size, origin: [corner, corner, corner] };
}

interface Row {
  readonly first: number;
  readonly weights: Float64Array;
}

/** For every new sample, the source samples within reach and their weights (sum of weights near 1). */
function gaussianRows(
  start: number,
  step: number,
  count: number,
  sourceStep: number,
  sourceCount: number,
  sigma: number,
): Row[] {
  const norm = sourceStep / (sigma * Math.sqrt(2 * Math.PI));
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * step;
    const first = Math.max(0, Math.ceil((at - REACH * sigma) / sourceStep));
    const last = Math.min(sourceCount - 1, Math.floor((at + REACH * sigma) / sourceStep));
    const weights = new Float64Array(Math.max(0, last - first + 1)).map((_, t) => {
      const d = ((first + t) * sourceStep - at) / sigma;
      return norm * Math.exp(-0.5 * d * d);
    });
    return { first, weights };
  });
}

/** Replaces axis `axis` of `[n0, n1, n2]` by the weighted sums of `rows`. */
function alongAxis(
  data: Float32Array,
  shape: readonly number[],
  axis: number,
  rows: readonly Row[],
): Float32Array<ArrayBuffer> {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const out = new Float32Array(outer * rows.length * inner);
  const sums = new Float64Array(inner);
  for (let o = 0; o < outer; o++) {
    for (let r = 0; r < rows.length; r++) {
      const { first, weights } = rows[r] as Row;
      sums.fill(0);
      for (let t = 0; t < weights.length; t++) {
        const w = weights[t];
        const at = (o * shape[axis] + first + t) * inner;
        for (let i = 0; i < inner; i++) sums[i] += w * data[at + i];
      }
      out.set(sums, (o * rows.length + r) * inner);
    }
  }
  return out;
}

/** `[n, n, n]` to `[box, box, box]`: keeps the frequencies below the new Nyquist. */
function fourierCrop(data: Float32Array, n: number, box: number): Float32Array<ArrayBuffer> {
  const large = createRealFft3([n, n, n]);
  const small = createRealFft3([box, box, box]);
  const re = new Float32Array(large.spectrumLength);
  const im = new Float32Array(large.spectrumLength);
  large.forward(data, re, im);
  const outRe = new Float32Array(small.spectrumLength);
  const outIm = new Float32Array(small.spectrumLength);
  const half = box / 2;
  const scale = (box / n) ** 3;
  for (let z = -half + 1; z < half; z++) {
    for (let y = -half + 1; y < half; y++) {
      for (let x = 0; x < half; x++) {
        const from = (((z + n) % n) * n + ((y + n) % n)) * (n / 2 + 1) + x;
        const to = (((z + box) % box) * box + ((y + box) % box)) * (half + 1) + x;
        outRe[to] = scale * re[from];
        outIm[to] = scale * im[from];
      }
    }
  }
  const out = new Float32Array(box ** 3);
  small.inverse(outRe, outIm, out);
  return out;
}
