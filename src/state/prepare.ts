import { formatValue } from '../core/color/index.ts';
import { channelsOf } from '../core/picture/planes.ts';
import {
  boxOf,
  boxText,
  isPictureFormat,
  type Fit,
  type InputExpectation,
  type PreparedInput,
  planFit,
  prepareChannels,
  prepareInput,
  preparePart,
  type Shape3,
  type SourceGrid,
  type SourceVolume,
  sameShape,
  sameVoxelSize,
  toFloat32,
  usualScaling,
  type VolumeAccess,
  type VolumeReport,
} from '../core/volume/index.ts';
import type { ModelInfo, Normalization } from '../engine/types.ts';
import type { Preparable } from './types.ts';
import type { InputOptions } from './volumes.ts';

/** A volume on the network's grid and what was done to get it there. */
export interface PreparedVolume {
  /** Fitted and inverted, in the file's own units. */
  readonly volume: SourceVolume<Float32Array>;
  /** `[z, y, x, c]` flattened, normalised. */
  readonly input: Float32Array;
  /** Red, green and blue on the grid of `volume`, where the network sees colours. */
  readonly colour?: readonly Float32Array[];
  /** One sentence for each step taken, in order; empty when the volume went in as read. */
  readonly steps: readonly string[];
}

/** What was prepared, for which volume and network. */
export interface Prepared extends PreparedVolume {
  /** Same key, same `input`. */
  readonly key: string;
  readonly volumeId: string;
  readonly inputShape: readonly number[];
}

export interface PrepareRequest {
  readonly expectation: InputExpectation;
  readonly invert: boolean;
  readonly fit: Fit;
  readonly voxelScale: number;
  readonly normalization: Normalization;
  /** Of the network's input. */
  readonly channels: 1 | 3;
  /** The only section that is taken, from 0. */
  readonly section: number | null;
  /** The sections are the channels of one image. */
  readonly joined?: boolean;
}

/** Fits, inverts and normalises, keeping the step before the normalisation for display. */
export function prepareVolume(
  { volume, colour }: Pick<Preparable, 'volume' | 'colour'>,
  request: PrepareRequest,
): PreparedVolume {
  const { expectation, invert, fit, voxelScale, channels, section } = request;
  const joined = request.joined === true;
  const source = joined
    ? sectionOf(volume, 0)
    : section === null
      ? volume
      : sectionOf(volume, section);
  const fitted = prepareInput(source, expectation, {
    ...{ invert, fit, voxelScale },
    normalization: 'none',
  });
  const steps = section === null ? [] : [`Section ${section + 1} of ${volume.shape[0]} was taken.`];
  // The same object when nothing was done, so that views keep what they made of it.
  const shown = fitted.volume.data === volume.data ? volume : fitted.volume;
  if (channels === 1) {
    const prepared = normalised(fitted, request);
    return { ...prepared, volume: shown, steps: [...steps, ...prepared.steps] };
  }
  const planes = joined
    ? [0, 1, 2].map((i) => sectionOf(volume, i).data)
    : channelsOf({ planes: colour ?? [source.data] }, channels);
  if (joined) steps.push(`The ${channels} sections were given to the network as its channels.`);
  else if (!colour) steps.push(`The one channel was given to the network ${channels} times.`);
  const { normalization } = request;
  const { data, ...prepared } = prepareChannels(
    planes.map((plane) => ({ ...source, data: plane })),
    expectation,
    { invert, fit, voxelScale, normalization },
  );
  return {
    volume: shown,
    input: data,
    steps: [...steps, ...prepared.steps],
    ...(colour && { colour: prepared.planes.map((plane) => plane.data) }),
  };
}

function sectionOf(volume: SourceVolume<Float32Array>, section: number) {
  const { shape, voxelSize, origin, data } = volume;
  const length = shape[1] * shape[2];
  const [x, y, z] = origin;
  return {
    ...volume,
    shape: [1, shape[1], shape[2]] as const,
    origin: [x, y, z + section * voxelSize[2]] as const,
    data: data.subarray(section * length, (section + 1) * length),
  };
}

/**
 * The same of a volume of a file of which no more is read than the network needs.
 * @param mean of the whole volume, for padding
 */
export async function prepareRegion(
  access: VolumeAccess,
  index: number,
  mean: number,
  request: PrepareRequest,
): Promise<PreparedVolume> {
  const { expectation, invert, section } = request;
  if (section !== null) {
    const [count, ny, nx] = access.header.shape;
    const region = { start: [section, 0, 0], shape: [1, ny, nx] } as const;
    const { volume } = await access.read(index, region);
    const data = toFloat32(volume.data);
    const taken = prepareVolume({ volume: { ...volume, data } }, { ...request, section: null });
    return { ...taken, steps: [`Section ${section + 1} of ${count} was taken.`, ...taken.steps] };
  }
  const plan = planFit(access.header, expectation, request);
  const { volume } = await access.read(index, plan.region);
  const options = { invert, normalization: 'none', mean } as const;
  return normalised(preparePart(plan, volume, plan.region, {}, options), request);
}

function normalised(
  { volume, steps }: PreparedInput,
  { expectation, normalization }: PrepareRequest,
): PreparedVolume {
  const { shape, steps: own } = expectation;
  const scaled = prepareInput(volume, { shape, steps: own }, { normalization });
  return { volume, input: scaled.volume.data, steps: [...steps, ...scaled.steps] };
}

/** The grid of a volume's own voxels, also where the app holds averages of them. */
export function ownGrid({ volume, whole }: Preparable): SourceGrid {
  return whole?.grid ?? volume;
}

/** What of a volume decides how it is prepared. */
interface RequestSubject {
  readonly sections: number;
  readonly picture: boolean;
}

export function subjectOf(
  item: Preparable & { readonly report?: Pick<VolumeReport, 'format'> },
): RequestSubject {
  return { sections: ownGrid(item).shape[0], picture: isPicture(item) };
}

export function isPicture({ report }: { readonly report?: Pick<VolumeReport, 'format'> }): boolean {
  return report !== undefined && isPictureFormat(report.format);
}

/** The request that the user's options mean for this network. */
export function requestFor(
  model: ModelInfo,
  box: Shape3,
  options: InputOptions,
  { sections, picture }: RequestSubject = { sections: 1, picture: false },
): PrepareRequest {
  const { voxelSize, normalization } = model.sidecar;
  const own = normalization ?? (picture ? usualScaling(model) : 'none');
  const { section } = options;
  const channels = model.inputShape.at(-1) === 3 ? 3 : 1;
  const joined = channels === 3 && sections === channels && section === null && !picture;
  return {
    // Only resampling uses the voxel size; what it means otherwise is said by voxelSizeRemark.
    expectation: {
      shape: box,
      voxelSize: options.fit === 'resample' ? voxelSize : undefined,
      steps: model.sidecar.steps,
    },
    invert: options.invert,
    fit: options.fit,
    voxelScale: options.voxelScale,
    normalization: options.normalization === 'model' ? own : options.normalization,
    channels,
    ...(joined && { joined }),
    section:
      box[0] === 1 && sections > 1 && !joined
        ? Math.min(sections - 1, section ?? Math.floor(sections / 2))
        : null,
  };
}

/**
 * The box the network takes, `[z, y, x]`, one section for images; null when it takes neither volumes of one channel
 * nor images of one or three.
 */
export function networkBox(model: ModelInfo): Shape3 | null {
  const rank = model.inputShape.length;
  const channels = model.inputShape[rank - 1];
  const known = rank === 4 ? channels === 1 : rank === 3 && (channels === 1 || channels === 3);
  return known ? boxOf(model.inputShape) : null;
}

/** Why `shape` cannot go into `model` without a fit, as a sentence; null when it can. */
export function mismatch(shape: Shape3, model: ModelInfo): string | null {
  const box = networkBox(model);
  if (!box) {
    return `${model.title} takes inputs of shape ${model.inputShape.join(' × ')}; only networks that take volumes of one channel, or images of one or three, can be explained here.`;
  }
  // A network of images is given one section.
  const given: Shape3 = box[0] === 1 ? [1, shape[1], shape[2]] : shape;
  if (sameShape(box, given)) return null;
  const what = box[0] === 1 ? 'image' : 'volume';
  const unit = box[0] === 1 ? 'pixels' : 'voxels';
  return `The ${what} is ${size(given)} ${unit}; ${model.title} takes ${size(box)}.`;
}

/** The ways of bringing a volume into `model`'s box that can work. */
export function possibleFits(
  item: Preparable,
  model: ModelInfo,
  { voxelScale }: Pick<InputOptions, 'voxelScale'>,
): readonly Fit[] {
  const box = networkBox(model);
  if (!box) return [];
  const grid = ownGrid(item);
  const [, ny, nx] = grid.shape;
  const given: SourceGrid = box[0] === 1 ? { ...grid, shape: [1, ny, nx] } : grid;
  const { voxelSize } = model.sidecar;
  return (['crop', 'resample'] as const).filter((fit) => {
    try {
      planFit(given, { shape: box, voxelSize }, { fit, voxelScale });
      return true;
    } catch {
      return false;
    }
  });
}

/** Why images are nothing for `model`, as a sentence; null where the file holds volumes. */
export function imagesObstacle(
  report: Pick<VolumeReport, 'kind' | 'shape' | 'format'>,
  model: ModelInfo,
): string | null {
  const { kind, shape } = report;
  const flat = networkBox(model)?.[0] === 1;
  if (flat || (kind !== 'image' && kind !== 'image-stack')) return null;
  const what = kind === 'image' ? 'one image' : `${shape[0]} separate images`;
  return `The file holds ${isPicture({ report }) ? 'a picture' : what}; ${model.title} takes volumes.`;
}

/** A sentence when the voxel size is not, or may not be, the one the network was trained at, else null. */
export function voxelSizeRemark(
  { voxelSize, voxelSizeKnown }: SourceGrid,
  model: ModelInfo,
): string | null {
  const expected = model.sidecar.voxelSize;
  if (!expected) return null;
  const trained = `${model.title} was trained at ${nanometres(expected)}`;
  if (!voxelSizeKnown) return `The voxel size of this volume is not known; ${trained}.`;
  if (sameVoxelSize(voxelSize, expected)) return null;
  return `Voxels are ${nanometres(voxelSize[0])}; ${trained}.`;
}

/** `[nz, ny, nx]` as the user reads it, x first: "40³" or "40 × 40 × 20", and "40 × 30" of an image. */
export function size(shape: Shape3): string {
  return shape[0] === 1 ? `${shape[2]} × ${shape[1]}` : boxText(shape);
}

/** Å as nm with up to three significant digits. */
export function nanometres(angstrom: number): string {
  return `${formatValue(angstrom / 10)} nm`;
}
