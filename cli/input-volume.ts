import { AppError } from '../src/core/errors.ts';
import { looksLikeNpy, npyShape } from '../src/core/npy/index.ts';
import { inverseAxes, turned, turnedGrid, turnedShape } from '../src/core/segmentation/index.ts';
import {
  ACCEPTED_VOLUMES,
  boxOf,
  type ByteSource,
  type InputExpectation,
  type OpenOptions,
  openSource,
  PICTURE_ENDINGS_TEXT,
  type PreparedInput,
  prepareChannels,
  type PrepareOptions,
  type VolumeAccess,
} from '../src/core/volume/index.ts';
import { channelMismatch } from './channels.ts';
import { noVolume, partsOf } from './input-parts.ts';
import { type InputFile, type InputLayout, type InputOptions, isFlat } from './network-input.ts';
import { prepareFrom } from './prepare-part.ts';
import { turnedText } from './turned.ts';

/** Opens a volume, a stack of them or a stack of images. Throws `bad-input` where the network takes nothing of the kind. */
export async function openVolume(
  source: ByteSource,
  head: Uint8Array,
  inputShape: readonly number[],
  options: InputOptions,
): Promise<InputFile> {
  const path = source.name;
  const channels = inputShape[inputShape.length - 1];
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

/** Which axes a volume without channels of its own has in its file. */
function layoutOf(head: Uint8Array, path: string, inputShape: readonly number[]): InputLayout {
  const plain = inputShape.length === 4 ? 'z,y,x' : 'y,x';
  if (!looksLikeNpy(head)) return plain;
  const dims = npyShape(head, path);
  if (dims.length !== inputShape.length) return plain;
  if (dims[0] === 1) return 'channels-first';
  return dims[dims.length - 1] === 1 ? 'channels-last' : plain;
}

/** Geometric, so that a voxel of that edge has the same volume. */
const meanSize = ([x, y, z]: readonly [number, number, number]) => Math.cbrt(x * y * z);

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
