import { AppError, badFile, badInput } from '../src/core/errors.ts';
import { looksLikeNpy, npyShape, readNpy } from '../src/core/npy/index.ts';
import {
  boxOf,
  type ByteSource,
  type InputExpectation,
  type Plane,
  type PrepareOptions,
  planFit,
  prepareChannels,
  type Shape3,
  toFloat32,
} from '../src/core/volume/index.ts';
import type { Declared } from '../src/engine/types.ts';
import type { InputFile, InputLayout, InputOptions, NetworkInput } from './network-input.ts';

const NOTHING = new Float32Array(0);

/** Largest array with a channel axis, which is read whole. */
const MAX_BYTES = 2 ** 31 - 1;

/** One channel of an array or picture, which has no voxel size. */
export function planeOf(data: Float32Array, shape: Shape3): Plane {
  return { data, shape, voxelSize: [1, 1, 1], voxelSizeKnown: false, origin: [0, 0, 0] };
}

export function channelMismatch(
  path: string,
  found: number,
  inputShape: readonly number[],
): AppError {
  const channels = inputShape[inputShape.length - 1];
  return badInput(
    `${path}: the file has ${found} channel${found === 1 ? '' : 's'}, but the network takes shape ${inputShape.join(' x ')}; accepted: ${channels} channels`,
  );
}

/**
 * Opens a `.npy` with a channel axis of more than one, `[z, y, x, c]` or `[y, x, c]`, also with an axis
 * in front for several of them; null for everything else. Throws `bad-input` when the channels are
 * not as many as the network's.
 */
export async function openChannels(
  source: ByteSource,
  head: Uint8Array,
  inputShape: readonly number[],
  { declared, readAs }: Pick<InputOptions, 'declared' | 'readAs'>,
): Promise<InputFile | null> {
  if (!looksLikeNpy(head)) return null;
  const path = source.name;
  const rank = inputShape.length;
  const channels = inputShape[rank - 1];
  const shape = npyShape(head, path);
  const dims = shape.length === rank + 1 ? shape.slice(1) : shape;
  if (dims.length === rank && channels > 1 && isChannelsFirst(dims, inputShape, declared))
    return firstPlanes(source, dims, inputShape);
  const found = dims[rank - 1];
  if (dims.length !== rank || found === 1) return null;
  // Without channels a network takes sets of volumes and stacks of images, which have as many axes.
  if (channels === 1 && shape.length === rank) return null;
  // Sections by name are images of one channel.
  if (found !== channels && readAs === 'images') return null;
  if (found !== channels) throw channelMismatch(path, found, inputShape);
  mustFit(source);
  const array = readNpy(await source.read(0, source.size), path);
  const values = toFloat32(array.data);
  const length = dims.reduce((product, n) => product * n, 1);
  const box = boxOf(dims);
  const parts = Array.from({ length: values.length / length }, (_, i) => () => {
    const one = values.subarray(i * length, (i + 1) * length);
    return deinterleave(one, channels).map((plane) => planeOf(plane, box));
  });
  return planesFile(path, box, parts, inputShape, 'channels-last');
}

/** Whether an array lies as the network's file has its input, where that is channels first. */
function isChannelsFirst(
  dims: readonly number[],
  inputShape: readonly number[],
  declared: Declared | undefined,
): boolean {
  const channels = inputShape[inputShape.length - 1];
  if (declared?.layout !== 'channels-first' || dims[0] !== channels) return false;
  // An array of the network's own sizes with the channels last is taken for that.
  const last = dims.every((size, axis) => size === inputShape[axis]);
  return !last || dims.every((size, axis) => size === declared.shape[axis]);
}

/** The planes of `[c, z, y, x]` or `[c, y, x]`. */
async function firstPlanes(
  source: ByteSource,
  [channels, ...space]: readonly number[],
  inputShape: readonly number[],
): Promise<InputFile> {
  mustFit(source);
  const values = toFloat32(readNpy(await source.read(0, source.size), source.name).data);
  const length = values.length / channels;
  const box = boxOf([...space, channels]);
  const planes = Array.from({ length: channels }, (_, c) =>
    planeOf(values.subarray(c * length, (c + 1) * length), box),
  );
  return planesFile(source.name, box, [() => planes], inputShape, 'channels-first');
}

function mustFit({ name, size }: ByteSource): void {
  if (size > MAX_BYTES)
    throw badFile(name, `the array has ${size} bytes`, 'arrays with channels up to 2 GiB');
}

/**
 * Inputs of several planes of a box each, all channels fitted alike and normalised together. Planes are made when
 * it is known that the network can take them.
 */
export function planesFile(
  path: string,
  box: Shape3,
  parts: readonly (() => readonly Plane[])[],
  inputShape: readonly number[],
  layout: InputLayout,
): InputFile {
  return {
    count: parts.length,
    voxelSize: null,
    picture: false,
    async read(index, expectation, options) {
      const part = parts[index];
      if (!part) {
        throw badInput(
          `${path}: there is no array ${index + 1}, the file holds ${parts.length}; accepted: --volume 1 to ${parts.length}`,
        );
      }
      const { data: _, ...grid } = planeOf(NOTHING, box);
      const expected = { ...expectation, shape: boxOf(inputShape) };
      named(path, options, () => planFit(grid, expected, options));
      const prepared = preparePlanes(path, part(), inputShape, expectation, options);
      return { ...prepared, shape: inputShape, layout, findings: [], index, count: parts.length };
    },
  };
}

function preparePlanes(
  path: string,
  planes: readonly Plane[],
  inputShape: readonly number[],
  expectation: Omit<InputExpectation, 'shape'>,
  options: PrepareOptions,
): Pick<NetworkInput, 'grid' | 'data' | 'steps' | 'rawMean'> {
  const expected = { ...expectation, shape: boxOf(inputShape) };
  return named(path, options, () => {
    const { planes: fitted, ...rest } = prepareChannels(planes, expected, options);
    return { grid: fitted[0], ...rest };
  });
}

/** Puts the path, and the flag that helps, on what `work` throws. */
function named<T>(path: string, { fit }: PrepareOptions, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw badInput(`${path}: ${error.message}${fit === 'none' ? ' See --fit.' : ''}`);
  }
}

function deinterleave(data: Float32Array, channels: number): Float32Array[] {
  const length = data.length / channels;
  return Array.from({ length: channels }, (_, c) => {
    const plane = new Float32Array(length);
    for (let i = 0; i < length; i++) plane[i] = data[i * channels + c];
    return plane;
  });
}
