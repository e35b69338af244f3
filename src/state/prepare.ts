import { formatValue } from '../core/color/index.ts';
import { channelsOf } from '../core/picture/planes.ts';
import {
  type Axes,
  axesOf,
  axesText,
  inverseAxes,
  SAME_AXES,
  sameAxes,
  turned,
  turnedGrid,
  turnedShape,
} from '../core/segmentation/index.ts';
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
  sectionsAround,
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
  /** Those of the volume that the network's run along. */
  readonly axes: Axes;
  /** Of the network's input. */
  readonly channels: number;
  /** The only section that is taken, from 0. */
  readonly section: number | null;
  /** The sections around it, or around the middle, are the channels; the volume's ends are repeated. */
  readonly around: boolean;
}

/** Fits, inverts and normalises, keeping the step before the normalisation for display. */
export function prepareVolume(
  given: Pick<Preparable, 'volume' | 'colour'>,
  request: PrepareRequest,
): PreparedVolume {
  const { axes, section } = request;
  const count = given.volume.shape[0];
  const prepared = prepareTurned({ ...given, volume: turnedVolume(given.volume, axes) }, request);
  const steps = [...turnedSteps(axes), ...sectionSteps(section, count)];
  return steps.length === 0 ? prepared : { ...prepared, steps: [...steps, ...prepared.steps] };
}

function turnedVolume(volume: SourceVolume<Float32Array>, axes: Axes): SourceVolume<Float32Array> {
  if (sameAxes(axes)) return volume;
  const { data, ...grid } = volume;
  return { ...turnedGrid(grid, axes), data: turned(data, volume.shape, axes) };
}

const turnedSteps = (axes: Axes): string[] =>
  sameAxes(axes)
    ? []
    : [
        `The axes were turned to ${axesText(axes)}, as the network’s tool does; z, y and x are those of the network.`,
      ];

const sectionSteps = (section: number | null, count: number): string[] =>
  section === null ? [] : [`Section ${section + 1} of ${count} was taken.`];

function prepareTurned(
  { volume, colour }: Pick<Preparable, 'volume' | 'colour'>,
  request: PrepareRequest,
): PreparedVolume {
  const { expectation, invert, fit, voxelScale, channels, section, around } = request;
  const at = section ?? (around ? Math.floor(volume.shape[0] / 2) : null);
  const source = at === null ? volume : sectionOf(volume, at);
  const fitted = prepareInput(source, expectation, {
    ...{ invert, fit, voxelScale },
    normalization: 'none',
  });
  // The same object when nothing was done, so that views keep what they made of it.
  const shown = fitted.volume.data === volume.data ? volume : fitted.volume;
  if (channels === 1) return { ...normalised(fitted, request), volume: shown };
  const planes = around
    ? sectionsAround(volume, at ?? 0, channels)
    : channelsOf({ planes: colour ?? [source.data] }, channels);
  const steps = around
    ? [
        `The ${channels} sections${section === null ? '' : ' around it'} were given to the network as its channels.`,
      ]
    : colour
      ? []
      : [`The one channel was given to the network ${channels} times.`];
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
  const { expectation, invert, section, axes, channels, around } = request;
  if (section !== null) {
    const [count, ny, nx] = access.header.shape;
    const first = around ? Math.max(0, section - channels) : section;
    const last = around ? Math.min(count - 1, section + channels) : section;
    const region = { start: [first, 0, 0], shape: [last - first + 1, ny, nx] } as const;
    const { volume } = await access.read(index, region);
    const taken = prepareTurned(
      { volume: { ...volume, data: toFloat32(volume.data) } },
      { ...request, section: section - first },
    );
    return { ...taken, steps: [...sectionSteps(section, count), ...taken.steps] };
  }
  const plan = planFit(turnedGrid(access.header, axes), expectation, request);
  const back = inverseAxes(axes);
  const region = {
    start: turnedShape(plan.region.start, back),
    shape: turnedShape(plan.region.shape, back),
  };
  const { volume } = await access.read(index, region);
  const part = turnedVolume({ ...volume, data: toFloat32(volume.data) }, axes);
  const options = { invert, normalization: 'none', mean } as const;
  const prepared = normalised(preparePart(plan, part, plan.region, {}, options), request);
  return { ...prepared, steps: [...turnedSteps(axes), ...prepared.steps] };
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
  /** Its axes are those of the network already. */
  readonly turned: boolean;
}

type Subject = Preparable & {
  readonly report?: Pick<VolumeReport, 'format'>;
  readonly tile?: object | null;
};

/** Whether the axes are those of the network already: arrays are taken as they are, tiles were turned when they were cut. */
export const isTurned = ({ report, tile }: Subject) => report?.format === 'npy' || tile != null;

export function subjectOf(item: Subject): RequestSubject {
  const picture = isPicture(item);
  return { sections: ownGrid(item).shape[0], picture, turned: isTurned(item) };
}

/** The axes of a volume that a network of volumes is given it along. */
const axesFor = (model: ModelInfo, { turned }: Pick<RequestSubject, 'turned'>): Axes =>
  turned || model.inputShape.length !== 4 ? SAME_AXES : axesOf(model.sidecar.tiling);

/** The grid of a volume's own voxels along the network's axes. */
export const gridFor = (item: Subject, model: ModelInfo): SourceGrid =>
  turnedGrid(ownGrid(item), axesFor(model, subjectOf(item)));

export function isPicture({ report }: { readonly report?: Pick<VolumeReport, 'format'> }): boolean {
  return report !== undefined && isPictureFormat(report.format);
}

/** Whether a network is one of colour photographs, which know neither voxels nor molecules. */
export const takesPhotographs = ({ inputShape, outputs }: ModelInfo): boolean =>
  inputShape.length === 3 && inputShape[2] === 3 && outputs[0].shape.length < 3;

/** The request that the user's options mean for this network. */
export function requestFor(
  model: ModelInfo,
  box: Shape3,
  options: InputOptions,
  subject: RequestSubject = { sections: 1, picture: false, turned: false },
): PrepareRequest {
  const { sections, picture } = subject;
  const { voxelSize, normalization } = model.sidecar;
  const own = normalization ?? (picture ? usualScaling(model) : 'none');
  const { section } = options;
  const channels = model.inputShape.at(-1) ?? 1;
  /** As many sections as channels: all of them are given. */
  const all = sections === channels && section === null;
  const around = channels > 1 && !picture && (all || sectionsOf(model) === channels);
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
    axes: axesFor(model, subject),
    channels,
    around,
    section:
      box[0] === 1 && sections > 1 && !(around && all)
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
  const known =
    rank === 4 ? channels === 1 : rank === 3 && [1, 3, sectionsOf(model)].includes(channels);
  return known ? boxOf(model.inputShape) : null;
}

/** Neighbouring sections that are the channels of a network of images; 1 for other networks. */
const sectionsOf = ({ sidecar }: ModelInfo) => sidecar.tiling?.sections ?? 1;

/** Why a volume cannot go into `model` without a fit, as a sentence; null when it can. */
export const mismatchOf = (item: Subject, model: ModelInfo): string | null =>
  mismatch(gridFor(item, model).shape, model, axesFor(model, subjectOf(item)));

/**
 * The same of a shape along the network's axes.
 *
 * @param axes which of the volume's these are: sizes are said in the volume's own order
 */
export function mismatch(shape: Shape3, model: ModelInfo, axes: Axes = SAME_AXES): string | null {
  const box = networkBox(model);
  if (!box) {
    const { inputShape, title } = model;
    const [what, unit] = inputShape.length === 4 ? ['volumes', 'voxels'] : ['images', 'pixels'];
    const takes = `${what} of ${size(boxOf(inputShape))} ${unit} with ${inputShape.at(-1)} channels`;
    return `${title} takes ${takes}. The app explains networks that take volumes of one channel or images of one or three; the command line explains this one, too.`;
  }
  // A network of images is given one section.
  const given: Shape3 = box[0] === 1 ? [1, shape[1], shape[2]] : shape;
  if (sameShape(box, given)) return null;
  const what = box[0] === 1 ? 'image' : 'volume';
  const unit = box[0] === 1 ? 'pixels' : 'voxels';
  const own = (turned: Shape3) => size(turnedShape(turned, inverseAxes(axes)));
  return `The ${what} is ${own(given)} ${unit}; ${model.title} takes ${own(box)}.`;
}

/** The ways of bringing a volume into `model`'s box that can work. */
export function possibleFits(
  item: Subject,
  model: ModelInfo,
  { voxelScale }: Pick<InputOptions, 'voxelScale'>,
): readonly Fit[] {
  const box = networkBox(model);
  if (!box) return [];
  const grid = gridFor(item, model);
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
