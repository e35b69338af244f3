import { badInput } from '../errors.ts';
import { applySteps, type Step, stepsWords } from '../preprocessing/index.ts';
import {
  floatVolume,
  invertContrast,
  type NamedNormalization,
  type Normalization,
  normalize,
  paste,
  replaceNonFinite,
} from './convert.ts';
import { boxSize, centredGrid, type Grid, regrid, sameShape } from './grid.ts';
import { boxText, lengthText, sameVoxelSize, short } from './notation.ts';
import { type Region, wholeRegion } from './region.ts';
import { gridSteps, resample } from './resample.ts';
import { isPictureScaling, PICTURE_SCALINGS } from './scaling.ts';
import { computeStats } from './stats.ts';
import type { Shape3, SourceVolume, Vec3 } from './types.ts';

/** What a network expects of its input; optional where its author did not say. */
export interface InputExpectation {
  readonly shape: Shape3;
  /** Å, of the training volumes. */
  readonly voxelSize?: number;
  readonly normalization?: Normalization;
  /** What the normalisation `preprocessing` is. */
  readonly steps?: readonly Step[];
}

/** What to do when the box or the voxel size is another than the network's. */
export const FITS = ['none', 'crop', 'resample', 'cover'] as const;
export type Fit = (typeof FITS)[number];

/** How a volume gets into a network's box. */
export interface Fitting {
  /**
   * `none` (default) accepts only the network's shape; `crop` cuts or pads about the centre;
   * `resample` interpolates to the network's voxel size, then cuts or pads; where the file's voxel
   * size or the network's is not known, it stretches the whole box; `cover` scales a picture, in proportion,
   * until it covers the network's, and cuts about the centre.
   */
  readonly fit?: Fit;
  /**
   * How many times as large as they are taken for the voxels really are: the network is given the contents enlarged
   * so many times about the centre. 1 by default.
   */
  readonly voxelScale?: number;
}

export interface PrepareOptions extends Fitting {
  readonly invert?: boolean;
  /** Standard deviations of the volume to add to every value before it is normalised. */
  readonly offset?: number;
  /** `model` (default) takes the network's own, `none` when it names none. */
  readonly normalization?: 'model' | Normalization;
  /** Values of each voxel, one after the other; 1 by default. */
  readonly channels?: number;
}

export interface PreparedInput {
  /** What the network sees, in the world coordinates of the original. */
  readonly volume: SourceVolume<Float32Array>;
  /** What was done, one sentence each, in order; empty when nothing was. */
  readonly steps: readonly string[];
  /** Mean before it was normalised, in its standard deviations; null when all values are equal. */
  readonly rawMean: number | null;
}

/** A grid together with whether its voxel size is known. */
export interface SourceGrid extends Grid {
  readonly voxelSizeKnown: boolean;
}

/** How a volume is brought to a network's box, decided before any of its values is read. */
export interface FitPlan {
  readonly source: SourceGrid;
  /** The network's box in the world coordinates of the source. */
  readonly grid: SourceGrid;
  readonly how: 'keep' | 'crop' | 'resample';
  /** Voxels of the source that the result depends on. */
  readonly region: Region;
  /** The result reaches beyond the source and is padded with its mean. */
  readonly pads: boolean;
  /** What is done and what is uncertain about it, one sentence each. */
  readonly steps: readonly string[];
}

/**
 * Plans how a volume on `source` gets into a network's box. Throws `bad-input` when the shapes
 * differ and `fit` is `none`, and when the voxel sizes make no sense together.
 */
export function planFit(
  source: SourceGrid,
  expectation: Pick<InputExpectation, 'shape' | 'voxelSize'>,
  { fit = 'none', voxelScale = 1 }: Fitting = {},
): FitPlan {
  const plan = planBox(source, expectation, fit);
  return voxelScale === 1 ? plan : planScaled(plan, voxelScale);
}

function planBox(
  source: SourceGrid,
  { shape, voxelSize }: Pick<InputExpectation, 'shape' | 'voxelSize'>,
  fit: Fit,
): FitPlan {
  const same = sameShape(source.shape, shape);
  const comparable = voxelSize !== undefined && source.voxelSizeKnown;
  const otherVoxel = comparable && !sameVoxelSize(source.voxelSize, voxelSize);
  if (fit === 'cover' && !same) return planCovering(source, shape);
  if (fit === 'resample' && otherVoxel) return planResampling(source, shape, voxelSize);
  const unknown =
    voxelSize !== undefined && !source.voxelSizeKnown
      ? [
          `The voxel size of the volume is not known, so it cannot be compared with the ${short(voxelSize)} Å that the network was trained with.`,
        ]
      : [];
  const all = wholeRegion(source.shape);
  if (same) {
    const steps = otherVoxel
      ? [
          `The voxel size of ${lengthText(source.voxelSize)} is not the ${short(voxelSize)} Å that the network was trained with; used as it is.`,
        ]
      : unknown;
    return { source, grid: source, how: 'keep', region: all, pads: false, steps };
  }
  if (fit === 'crop' || (fit === 'resample' && comparable)) {
    return planCrop(source, shape, unknown);
  }
  if (fit === 'resample') {
    const grid = { ...source, ...regrid(source, shape) };
    const steps = [
      ...unknown,
      `Resampled the whole box from ${boxText(source.shape)} to ${boxText(shape)} voxels (trilinear, averaging where voxels grow).`,
    ];
    return { source, grid, how: 'resample', region: all, pads: false, steps };
  }
  throw badInput(
    `The volume has ${boxText(source.shape)} voxels${cubic(source.shape) && cubic(shape) ? '' : ' (x, y, z)'}, but the network takes ${boxText(shape)}; accepted: a volume of that size, or cropping or resampling to it.`,
  );
}

function planResampling(source: SourceGrid, shape: Shape3, voxelSize: number): FitPlan {
  const box = boxSize(source);
  const network = voxelSize * Math.max(...shape);
  if (Math.max(...box) < voxelSize || Math.min(...source.voxelSize) > network) {
    throw badInput(
      `The box of ${boxText(source.shape)} voxels of ${lengthText(source.voxelSize)} and the network's of ${boxText(shape)} voxels of ${short(voxelSize)} Å are too different to resample; accepted: the right voxel size of the volume.`,
    );
  }
  const size: Vec3 = [voxelSize, voxelSize, voxelSize];
  const grid = { ...centredGrid(source, shape, size), voxelSizeKnown: true };
  const region = regionBehind(source, grid);
  const extent = [box[2], box[1], box[0]];
  const pads = shape.some((n, axis) => n * voxelSize > extent[axis] * (1 + 1e-6));
  const steps = [
    `Resampled from ${lengthText(source.voxelSize)} to ${short(voxelSize)} Å (trilinear, averaging where voxels grow), centred; box ${boxText(source.shape)} to ${boxText(shape)}${pads ? ', padded with the mean' : ''}.`,
  ];
  return { source, grid, how: 'resample', region, pads, steps };
}

/** Voxels of `source` that an interpolation onto `grid` depends on. */
function regionBehind(source: Grid, grid: Grid): Region {
  const { step, start } = gridSteps(source, grid);
  // Two voxels beyond the outer faces take part in the interpolation.
  const first = start.map((at, axis) =>
    Math.min(source.shape[axis] - 1, Math.max(0, Math.floor(at) - 2)),
  );
  const last = start.map((at, axis) =>
    Math.min(source.shape[axis], Math.ceil(at + grid.shape[axis] * step[axis]) + 2),
  );
  return {
    start: [first[0], first[1], first[2]],
    shape: [last[0] - first[0], last[1] - first[1], last[2] - first[2]],
  };
}

/** The same box about the same centre with smaller voxels, which enlarges what is in it. */
function planScaled({ source, grid: box, steps }: FitPlan, scale: number): FitPlan {
  const [x, y, z] = box.voxelSize;
  const size: Vec3 = [x / scale, y / scale, z / scale];
  const grid = { ...box, ...centredGrid(box, box.shape, size) };
  const [from, to] = [boxSize(source), boxSize(grid)];
  const offsets = gridSteps(source, grid).start;
  const pads = to.some(
    (length, axis) => length > from[axis] * (1 + 1e-6) || offsets[2 - axis] < -1e-6,
  );
  const said = `Taken as if voxels were ${short(scale)} times as large: ${scale > 1 ? 'enlarged' : 'made smaller'} about the centre (trilinear)${pads ? ', padded with the mean' : ''}.`;
  return {
    source,
    grid,
    how: 'resample',
    region: regionBehind(source, grid),
    pads,
    steps: [...steps, said],
  };
}

/** Scales rows and columns alike so that they cover the box, and cuts what is left over on both sides. */
function planCovering(source: SourceGrid, shape: Shape3): FitPlan {
  const [, ny, nx] = source.shape;
  const step = Math.min(ny / shape[1], nx / shape[2]);
  const [x, y, z] = source.voxelSize;
  const depth = (z * source.shape[0]) / shape[0];
  const grid = { ...source, ...centredGrid(source, shape, [x * step, y * step, depth]) };
  const cut = Math.abs(ny / shape[1] - nx / shape[2]) > 1e-6 * step;
  const steps = [
    `Scaled by ${short(1 / step)} from ${boxText(source.shape)} to ${boxText(shape)}${cut ? ', cut about the centre' : ''}.`,
  ];
  const region = wholeRegion(source.shape);
  return { source, grid, how: 'resample', region, pads: false, steps };
}

function planCrop(source: SourceGrid, shape: Shape3, notes: readonly string[]): FitPlan {
  const from = source.shape;
  const first = [0, 1, 2].map((axis) => cropStart(from[axis], shape[axis]));
  const start = first.map((n) => Math.max(0, n));
  const size = first.map((n, axis) => Math.min(from[axis], n + shape[axis]) - start[axis]);
  const { origin, voxelSize } = source;
  const moved: Vec3 = [
    origin[0] + first[2] * voxelSize[0],
    origin[1] + first[1] * voxelSize[1],
    origin[2] + first[0] * voxelSize[2],
  ];
  return {
    source,
    grid: { ...source, shape, origin: moved },
    how: 'crop',
    region: { start: [start[0], start[1], start[2]], shape: [size[0], size[1], size[2]] },
    pads: from.some((n, axis) => n < shape[axis]),
    steps: [
      ...notes,
      `${cropWords(from, shape)} about the centre: ${boxText(from)} to ${boxText(shape)}.`,
    ],
  };
}

/** Voxel of the source that becomes voxel 0: both middle voxels `floor(n / 2)` coincide. */
function cropStart(from: number, to: number): number {
  return Math.floor(from / 2) - Math.floor(to / 2);
}

/**
 * Makes a volume fit a network and says exactly what was done. Throws `bad-input` when the shapes
 * differ and `fit` is `none`.
 */
export function prepareInput(
  volume: SourceVolume,
  expectation: InputExpectation,
  options: PrepareOptions = {},
): PreparedInput {
  const plan = planFit(volume, expectation, options);
  return preparePart(plan, volume, wholeRegion(volume.shape), expectation, options);
}

/**
 * Carries out a plan on a part of the source that holds at least the plan's region.
 *
 * @param part the values of `region`
 * @param mean of the whole source, for padding; that of the part when not given
 */
export function preparePart(
  plan: FitPlan,
  part: SourceVolume,
  region: Region,
  expectation: Pick<InputExpectation, 'normalization' | 'steps'>,
  options: Pick<PrepareOptions, 'invert' | 'normalization' | 'offset' | 'channels'> & {
    readonly mean?: number;
  } = {},
): PreparedInput {
  const steps: string[] = [];
  let stats = computeStats(part.data);
  if (stats.count === 0)
    throw badInput('The volume has no finite value, so no network can read it.');
  let source = part;
  if (stats.nonFinite > 0) {
    source = { ...part, data: replaceNonFinite(part.data, stats.mean) };
    steps.push(
      `${stats.nonFinite} NaN or infinite values were replaced by the mean of the others.`,
    );
  }
  let current = fitted(plan, source, region, options.mean ?? stats.mean);
  steps.push(...plan.steps);
  if (plan.how !== 'keep') stats = computeStats(current.data);
  if (options.invert) {
    current = { ...current, data: invertContrast(current.data, stats.mean) };
    steps.push('The contrast was inverted about the mean.');
  }
  if (options.offset) {
    const shift = options.offset * stats.std;
    current = { ...current, data: current.data.map((value) => value + shift) };
    stats = { ...stats, mean: stats.mean + shift };
    steps.push(`${short(options.offset)} standard deviations (${short(shift)}) were added.`);
  }
  const wanted = options.normalization ?? 'model';
  const kind = wanted === 'model' ? (expectation.normalization ?? 'none') : wanted;
  if (kind === 'preprocessing') {
    const { steps: own = [] } = expectation;
    current = {
      ...current,
      data: applySteps(current.data, own, options.channels ?? 1, current.shape),
    };
    steps.push(`Values were scaled ${stepsWords(own)}.`);
  } else if (kind !== 'none') {
    current = { ...current, data: normalize(current.data, kind, stats, options.channels) };
    steps.push(normalizationStep(kind, stats.mean, stats.std));
  }
  return { volume: current, steps, rawMean: stats.std > 0 ? stats.mean / stats.std : null };
}

function fitted(
  { how, grid, source, pads }: FitPlan,
  part: SourceVolume,
  region: Region,
  fill: number,
): SourceVolume<Float32Array> {
  if (how === 'keep') return floatVolume(part);
  if (how === 'crop') {
    const at = region.start.map((n, axis) => n - cropStart(source.shape[axis], grid.shape[axis]));
    return { ...grid, data: paste(part, [at[0], at[1], at[2]], grid.shape, fill) };
  }
  const { step, start } = gridSteps(source, grid);
  const [z, y, x] = start.map((at, axis) => at - region.start[axis]);
  const data = resample(part.data, part.shape, grid.shape, {
    step,
    start: [z, y, x],
    antialias: true,
    fill: pads ? fill : undefined,
  });
  return { ...grid, data };
}

function normalizationStep(kind: NamedNormalization, mean: number, std: number): string {
  if (isPictureScaling(kind)) return `Values were scaled ${PICTURE_SCALINGS[kind].words}.`;
  if (std === 0) return 'All values are equal, so there was no spread to scale to 1.';
  return kind === 'zscore'
    ? `Values were shifted by the mean (${short(mean)}) and divided by the standard deviation (${short(std)}).`
    : `Values were divided by the standard deviation (${short(std)}); the mean was not shifted.`;
}

function cropWords(from: Shape3, to: Shape3): string {
  const cuts = from.some((n, i) => n > to[i]);
  const pads = from.some((n, i) => n < to[i]);
  if (cuts && pads) return 'Cropped and padded with the mean';
  return cuts ? 'Cropped' : 'Padded with the mean';
}

function cubic([nz, ny, nx]: Shape3): boolean {
  return nx === ny && ny === nz;
}
