import { AppError, badInput } from '../src/core/errors.ts';
import {
  ACCEPTED_VOLUMES,
  boxOf,
  boxText,
  type ByteSource,
  type Finding,
  headerOf,
  type FitPlan,
  type InputExpectation,
  type Normalization,
  type OpenOptions,
  openSource,
  type PreparedInput,
  type PrepareOptions,
  PICTURE_ENDINGS_TEXT,
  planFit,
  prepareChannels,
  preparePart,
  type Region,
  type Shape3,
  type SourceGrid,
  type SourceVolume,
  type VolumeAccess,
  type VolumeHeader,
} from '../src/core/volume/index.ts';
import {
  type Axes,
  inverseAxes,
  turned,
  turnedGrid,
  turnedShape,
} from '../src/core/segmentation/index.ts';
import { channelMismatch, openChannels, planeOf, planesFile } from './channels.ts';
import { looksLikeNpy, npyShape } from '../src/core/npy/index.ts';
import {
  channelsOf,
  type PictureFormatId,
  pictureFormatIn,
  pictureSize,
  readPicture,
} from '../src/core/picture/index.ts';
import type { Declared } from '../src/engine/types.ts';
import { isOptimisationSet } from './optimisation-set.ts';
import { particleFormatOf } from '../src/core/particles/index.ts';
import { withFile } from './files.ts';
import type { ParticleFlags } from './particle-files.ts';
import type { Particle } from './boxes.ts';
import { withParticles } from './particle-input.ts';
import { turnedText } from './turned.ts';

/** How a file is read, and how the network's file declares its input. */
export interface InputOptions extends OpenOptions {
  readonly declared?: Declared;
  /** How pictures are scaled where the network's author does not say it. */
  readonly scaling?: Normalization;
  /** For each axis of the network, which of the file's it runs along, where they are others. */
  readonly axes?: Axes;
  /** What is said about the file where it is a list of particles. */
  readonly particles?: ParticleFlags & { readonly oriented: boolean };
}

export type InputLayout = 'channels-first' | 'channels-last' | 'z,y,x' | 'y,x';

/** A file made ready for one network. */
export interface NetworkInput {
  /** `[z, y, x, c]` or `[y, x, c]` flattened, normalised. */
  readonly data: Float32Array;
  /** The network's input shape. */
  readonly shape: readonly number[];
  /** Which axes the file has. */
  readonly layout: InputLayout;
  /** Where the network's voxels lie; `[1, y, x]` for 2D. */
  readonly grid: SourceGrid;
  /** What was done to the file, one sentence each. */
  readonly steps: readonly string[];
  /** Mean before it was normalised, in standard deviations; null where it has none. */
  readonly rawMean: number | null;
  /** What is unusual about the file. */
  readonly findings: readonly Finding[];
  /** Which of the file's volumes or images this is, from 0. */
  readonly index: number;
  /** How many of them the file holds. */
  readonly count: number;
  /** Of a list of particles, which one. */
  readonly particle?: Particle;
}

/** The part of `explain --json` about the input; `volume` counts from 1. */
export function inputDocument({
  shape,
  layout,
  grid,
  index,
  count,
  steps,
  findings,
  particle,
}: NetworkInput) {
  const { voxelSize, voxelSizeKnown } = grid;
  return {
    shape,
    layout,
    voxelSize,
    voxelSizeKnown,
    volume: index + 1,
    volumes: count,
    ...(particle && { particle: withoutRotation(particle) }),
    steps,
    findings,
  };
}

function withoutRotation({ rotation: _, ...rest }: Particle) {
  return rest;
}

/** What a file holds for one network. */
export interface InputFile {
  /** Volumes, or images for a network of images. */
  readonly count: number;
  /** Å, of all axes where they differ their mean; null where the file does not say. */
  readonly voxelSize: number | null;
  readonly picture: boolean;
  /** Reads and prepares one, counted from 0. Throws `bad-file` or `bad-input`. */
  read(index: number, expectation: Expectation, options: PrepareOptions): Promise<NetworkInput>;
}

type Expectation = Omit<InputExpectation, 'shape'>;

/** Largest region that is read as it is; of a larger one blocks of voxels are averaged. */
const MAX_VOXELS = 2 ** 28;

/**
 * Opens a volume file, an array with a channel axis (.npy) or a picture, recognised by
 * content, for a network whose input is `[z, y, x, c]` or `[y, x, c]`. Only the header of a large file
 * is read. Throws `bad-file`, and `bad-input` when the network takes nothing of this kind.
 */
export async function withInput<T>(
  path: string,
  inputShape: readonly number[],
  options: InputOptions,
  use: (file: InputFile) => Promise<T>,
): Promise<T> {
  const { particles } = options;
  if (
    particles?.tomogram !== undefined ||
    particles?.boxes !== undefined ||
    (particles && (await isParticleList(path)))
  ) {
    return withParticles(path, inputShape, { ...options, particles }, use);
  }
  return withFile(path, async (source) => use(await openInput(source, inputShape, options)));
}

/** Whether a file is a list of particles; tables without a mark and EM files of 20 columns go by the option alone. */
async function isParticleList(path: string): Promise<boolean> {
  if (!/\.(star|tbl|mod|json|csv|coords)$/i.test(path)) return false;
  return withFile(path, async (source) => {
    const bytes = await source.read(0, 1 << 16);
    return (
      isOptimisationSet(new TextDecoder().decode(bytes)) ||
      particleFormatOf({ name: path, bytes }) !== null
    );
  });
}

/** The one input that `options.volume` (from 0) names, by default the first, of a file. */
export function readInput(
  path: string,
  inputShape: readonly number[],
  expectation: Expectation = {},
  options: PrepareOptions & InputOptions = {},
): Promise<NetworkInput> {
  return withInput(path, inputShape, options, (file) =>
    file.read(options.volume ?? 0, expectation, options),
  );
}

/**
 * Sizes of the first volume, array or picture of a file as they stand in it; undefined where they cannot be read, which
 * reading it says.
 */
export async function givenShape(
  path: string,
  options: OpenOptions,
): Promise<readonly number[] | undefined> {
  try {
    return await withFile(path, async (source) => {
      const head = await source.read(0, 1 << 17);
      if (looksLikeNpy(head)) return npyShape(head, path);
      const format = await pictureFormatIn(source);
      if (format) {
        const { height, width } = pictureSize(await source.read(0, source.size), path, format);
        return [height, width, 3];
      }
      return (await headerOf(source, options)).shape;
    });
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Which axes a volume without channels of its own has in its file. */
function layoutOf(head: Uint8Array, path: string, inputShape: readonly number[]): InputLayout {
  const plain = inputShape.length === 4 ? 'z,y,x' : 'y,x';
  if (!looksLikeNpy(head)) return plain;
  const dims = npyShape(head, path);
  if (dims.length !== inputShape.length) return plain;
  if (dims[0] === 1) return 'channels-first';
  return dims[dims.length - 1] === 1 ? 'channels-last' : plain;
}

/**
 * How many inputs a file holds for a network, from its header alone; 1 where it cannot be read, which
 * reading it says.
 */
export async function countInputs(
  path: string,
  inputShape: readonly number[],
  options: OpenOptions,
): Promise<number> {
  try {
    return await withFile(
      path,
      async (source) => partsOf(await headerOf(source, options), inputShape, path).length,
    );
  } catch (error) {
    if (error instanceof AppError) return 1;
    throw error;
  }
}

async function openInput(
  source: ByteSource,
  inputShape: readonly number[],
  options: InputOptions,
): Promise<InputFile> {
  const path = source.name;
  const channels = inputShape[inputShape.length - 1];
  const head = await source.read(0, 1 << 17);
  const format = await pictureFormatIn(source);
  if (format) return openPicture(source, format, inputShape, options.scaling);
  const planes = await openChannels(source, head, inputShape, options);
  if (planes) return planes;
  const access = await openAsVolume(source, inputShape, options);
  const repeats = channels === 3 && isFlat(inputShape);
  if (channels !== 1 && !repeats) throw channelMismatch(path, 1, inputShape);
  const parts = partsOf(access.header, inputShape, path);
  const layout = layoutOf(head, path, inputShape);
  const { axes } = options;
  return {
    count: parts.length,
    voxelSize: access.header.voxelSizeKnown ? meanSize(access.header.voxelSize) : null,
    picture: false,
    async read(index, expectation, prepare) {
      const part = parts[index];
      if (!part) throw noVolume(path, index, parts.length, access.header);
      const box = boxOf(inputShape);
      const shape = axes ? turnedShape(box, inverseAxes(axes)) : box;
      const expected = { ...expectation, shape };
      const own = repeats ? { ...prepare, normalization: 'none' as const } : prepare;
      const { prepared, findings } = await prepareFrom(access, part, path, expected, own);
      const seen = repeats ? repeated(prepared, channels, expected, prepare) : prepared;
      return {
        data: axes ? turned(seen.volume.data, shape, axes) : seen.volume.data,
        shape: inputShape,
        layout,
        grid: axes ? turnedGrid(prepared.volume, axes) : prepared.volume,
        steps: axes ? [...seen.steps, turnedText(axes)] : seen.steps,
        rawMean: seen.rawMean,
        findings,
        index,
        count: parts.length,
      };
    },
  };
}

/** Geometric, so that a voxel of that edge has the same volume. */
const meanSize = ([x, y, z]: readonly [number, number, number]) => Math.cbrt(x * y * z);

/** Whether a network takes images, also as volumes of one section. */
const isFlat = (inputShape: readonly number[]): boolean =>
  inputShape.length === 3 || inputShape[0] === 1;

/** One channel as it is given to a network of images that takes several, normalised together. */
function repeated(
  { volume, steps }: PreparedInput,
  channels: number,
  { normalization }: InputExpectation,
  options: PrepareOptions,
): PreparedInput {
  const planes = Array.from({ length: channels }, () => volume);
  const expected = { shape: volume.shape, normalization };
  const made = prepareChannels(planes, expected, { normalization: options.normalization });
  const said = `The one channel was given to the network ${channels} times.`;
  const { rawMean } = made;
  return {
    volume: { ...volume, data: made.data },
    steps: [...steps, said, ...made.steps],
    rawMean,
  };
}

/** One input of a file: a volume of a stack, or one section of a stack of images. */
interface Part {
  readonly volume: number;
  /** All of the volume when there is none. */
  readonly section: number | null;
}

/** The inputs that a file holds for a network. Throws `bad-input` for images into a 3D network. */
function partsOf(
  { kind, volumes, shape }: VolumeHeader,
  inputShape: readonly number[],
  path: string,
): readonly Part[] {
  if (!isFlat(inputShape) && (kind === 'image' || kind === 'image-stack')) {
    const what = kind === 'image' ? 'one image' : `${shape[0]} separate images`;
    throw badInput(
      `${path}: the file holds ${what}, but the network takes volumes of ${boxText(boxOf(inputShape))} voxels; accepted: volumes (--read-as volume where the sections are those of one volume)`,
    );
  }
  if (kind === 'image-stack') {
    return Array.from({ length: shape[0] }, (_, section) => ({ volume: 0, section }));
  }
  return Array.from({ length: volumes }, (_, volume) => ({ volume, section: null }));
}

function noVolume(path: string, index: number, count: number, { kind }: VolumeHeader): AppError {
  const what = kind === 'image-stack' ? 'image' : 'volume';
  return badInput(
    `${path}: there is no ${what} ${index + 1}, the file holds ${count === 1 ? 'one' : count}; accepted: --volume 1${count > 1 ? ` to ${count}` : ''}`,
  );
}

/** Reads what the network needs of a part, no more, and prepares it. */
async function prepareFrom(
  access: VolumeAccess,
  { volume, section }: Part,
  path: string,
  expectation: InputExpectation,
  options: PrepareOptions,
): Promise<{ prepared: PreparedInput; findings: readonly Finding[] }> {
  const { header } = access;
  const within = section ?? 0;
  const shape: Shape3 = section === null ? header.shape : [1, header.shape[1], header.shape[2]];
  const source: SourceGrid = { ...gridAt(header, within), shape };
  const plan = named(path, expectation, options, source, () =>
    planFit(source, expectation, options),
  );
  const all: Region = { start: [0, 0, 0], shape };
  // A file in memory is prepared from all of it, so that its mean fills what is padded.
  const region = access.inMemory ? all : plan.region;
  const inFile: Region = {
    start: [region.start[0] + within, region.start[1], region.start[2]],
    shape: region.shape,
  };
  const whole = region.shape.every((n, axis) => n === header.shape[axis]);
  const voxels = region.shape[0] * region.shape[1] * region.shape[2];
  if (plan.how === 'resample' && voxels > MAX_VOXELS) {
    return prepareBinned(access, volume, plan, voxels, expectation, options);
  }
  const part = await access.read(volume, whole ? undefined : inFile);
  const mean = plan.pads && !access.inMemory ? (await access.stats(volume)).mean : undefined;
  const own: SourceVolume = { ...part.volume };
  const prepared = named(path, expectation, options, source, () =>
    preparePart(plan, own, region, expectation, { ...options, mean }),
  );
  return { prepared, findings: part.findings };
}

/** The same for a box too large to be read as it is: its blocks are averaged while it is read. */
async function prepareBinned(
  access: VolumeAccess,
  volume: number,
  plan: FitPlan,
  voxels: number,
  expectation: InputExpectation,
  options: PrepareOptions,
): Promise<{ prepared: PreparedInput; findings: readonly Finding[] }> {
  const factor = Math.ceil(Math.cbrt(voxels / MAX_VOXELS));
  const part = await access.readBinned(volume, factor);
  const binned: FitPlan = {
    ...plan,
    source: part.volume,
    region: { start: [0, 0, 0], shape: part.volume.shape },
    steps: [
      `Blocks of ${factor}³ voxels were averaged while reading, because the box has ${voxels} voxels.`,
      ...plan.steps,
    ],
  };
  const prepared = preparePart(binned, part.volume, binned.region, expectation, options);
  return { prepared, findings: part.findings };
}

/** The grid of a volume from one of its sections on. */
function gridAt(
  { shape, voxelSize, voxelSizeKnown, origin }: VolumeHeader,
  section: number,
): SourceGrid {
  const [x, y, z] = origin;
  return { shape, voxelSize, voxelSizeKnown, origin: [x, y, z + section * voxelSize[2]] };
}

/** Puts the path, and the flags that help, on what `work` throws. */
function named<T>(
  path: string,
  { shape }: InputExpectation,
  { fit }: PrepareOptions,
  source: SourceGrid,
  work: () => T,
): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const box = (fit ?? 'none') === 'none' && source.shape.some((n, axis) => n !== shape[axis]);
    const size = fit === 'resample';
    throw badInput(
      `${path}: ${error.message}${box ? ' See --fit.' : size ? ' See --voxel-size.' : ''}`,
    );
  }
}

/** A network for pictures takes those too, which a reader of volumes does not know. */
async function openAsVolume(
  source: ByteSource,
  inputShape: readonly number[],
  options: OpenOptions,
): Promise<VolumeAccess> {
  try {
    return await openSource(source, options);
  } catch (error) {
    if (!isFlat(inputShape) || !(error instanceof AppError)) throw error;
    if (!error.message.endsWith(ACCEPTED_VOLUMES)) throw error;
    throw new AppError(error.code, `${error.message}, ${PICTURE_ENDINGS_TEXT}`, { cause: error });
  }
}

async function openPicture(
  source: ByteSource,
  format: PictureFormatId,
  inputShape: readonly number[],
  scaling: Normalization | undefined,
): Promise<InputFile> {
  const path = source.name;
  const channels = inputShape[inputShape.length - 1];
  if (!isFlat(inputShape) || (channels !== 1 && channels !== 3)) {
    throw badInput(
      `${path}: this is a picture, but the network takes shape ${inputShape.join(' x ')}; accepted: pictures for networks of one section and one or three channels`,
    );
  }
  const bytes = await source.read(0, source.size);
  const { width, height } = pictureSize(bytes, path, format);
  const shape: Shape3 = [1, height, width];
  const planes = () =>
    channelsOf(readPicture(bytes, path, format), channels).map((data) => planeOf(data, shape));
  const file = planesFile(path, shape, [planes], inputShape, 'channels-last');
  return {
    ...file,
    picture: true,
    read: (index, expectation, prepare) =>
      file.read(
        index,
        { ...expectation, normalization: expectation.normalization ?? scaling },
        prepare,
      ),
  };
}
