import { AppError, badInput } from '../src/core/errors.ts';
import { looksLikeNpy, readNpy } from '../src/core/npy/index.ts';
import {
  type FloatVolume,
  type Grid,
  type InputExpectation,
  type OpenOptions,
  openVolume,
  type PrepareOptions,
  prepareInput,
  sameShape,
  type Shape3,
  toFloat32,
  type VolumeReport,
} from '../src/core/volume/index.ts';
import { readBytes } from './files.ts';
import { isJpeg, isPng, picturePlanes, readPicture } from './image.ts';

/** A file made ready for one network. */
export interface NetworkInput {
  /** `[z, y, x, c]` or `[y, x, c]` flattened, normalised. */
  readonly data: Float32Array;
  /** The network's input shape. */
  readonly shape: readonly number[];
  /** Where the network's voxels lie; 1 Å voxels where the file does not tell. `[1, y, x]` for 2D. */
  readonly grid: Grid;
  /** What was done to the file, one sentence each. */
  readonly steps: readonly string[];
  /** Null for pictures and arrays with several channels. */
  readonly report: VolumeReport | null;
}

/** One single-channel volume per channel, before fitting. */
interface Planes {
  readonly planes: readonly FloatVolume[];
  readonly report: VolumeReport | null;
}

/**
 * Reads a volume (.mrc .map .ccp4 .rec .mrcs .npy, also .gz or .bz2), an array with a channel axis
 * (.npy) or a picture (.png .jpg), told by content, and makes it fit `inputShape`, which is
 * `[z, y, x, c]` or `[y, x, c]`. Throws `bad-file` or `bad-input`.
 */
export async function readInput(
  path: string,
  inputShape: readonly number[],
  expectation: Omit<InputExpectation, 'shape'> = {},
  options: PrepareOptions & OpenOptions = {},
): Promise<NetworkInput> {
  const bytes = await readBytes(path);
  const channels = inputShape[inputShape.length - 1];
  const shape: Shape3 =
    inputShape.length === 4
      ? [inputShape[0], inputShape[1], inputShape[2]]
      : [1, inputShape[0], inputShape[1]];
  const { planes, report } = readPlanes(bytes, path, inputShape, options);
  if (planes.length !== channels) {
    throw badInput(
      `${path}: the file has ${planes.length} channel${planes.length === 1 ? '' : 's'}, but the network takes shape ${inputShape.join(' x ')}; accepted: ${channels} channels`,
    );
  }
  const expected = { ...expectation, shape };
  if (channels === 1) {
    const { volume, steps } = prepare(path, planes[0], expected, options);
    return {
      data: volume.data,
      shape: inputShape,
      grid: volume,
      steps: [...replaced(report), ...steps],
      report,
    };
  }
  // several channels: fit each, then invert and normalise them together
  const fitOnly = { fit: options.fit, normalization: 'none' } as const;
  const fitted = planes.map((plane) => prepare(path, plane, expected, fitOnly));
  const { volume: grid, steps } = fitted[0];
  const joined = interleave(fitted.map(({ volume }) => volume.data));
  const rest = prepareInput(
    { ...grid, data: joined, shape: [1, 1, joined.length] },
    { shape: [1, 1, joined.length], normalization: expectation.normalization },
    { invert: options.invert, normalization: options.normalization },
  );
  return {
    data: rest.volume.data,
    shape: inputShape,
    grid,
    steps: [...steps, ...rest.steps],
    report,
  };
}

/** Says that values which are no numbers were replaced while the file was read. */
function replaced(report: VolumeReport | null): string[] {
  const findings = report?.findings ?? [];
  return findings.filter(({ code }) => code === 'not-finite').map(({ message }) => message);
}

function prepare(
  path: string,
  volume: FloatVolume,
  expectation: InputExpectation,
  options: PrepareOptions,
) {
  try {
    return prepareInput(volume, expectation, options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const box = !sameShape(volume.shape, expectation.shape) && (options.fit ?? 'none') === 'none';
    throw badInput(`${path}: ${error.message}${box ? ' See --fit.' : ''}`);
  }
}

function readPlanes(
  bytes: Uint8Array,
  path: string,
  inputShape: readonly number[],
  options: OpenOptions,
): Planes {
  const channels = inputShape[inputShape.length - 1];
  if (isPng(bytes) || isJpeg(bytes)) {
    if (inputShape.length !== 3 || (channels !== 1 && channels !== 3)) {
      throw badInput(
        `${path}: this is a picture, but the network takes shape ${inputShape.join(' x ')}; accepted: pictures for networks of shape y, x, 1 or y, x, 3`,
      );
    }
    const picture = readPicture(bytes, path);
    const shape: Shape3 = [1, picture.height, picture.width];
    const planes = picturePlanes(picture, channels).map((data) => plane(data, shape));
    return { planes, report: null };
  }
  if (looksLikeNpy(bytes)) {
    const array = readNpy(bytes, path);
    const dims = withoutBatch(array.shape, inputShape.length);
    if (dims.length === inputShape.length && dims[dims.length - 1] > 1) {
      const shape: Shape3 = dims.length === 4 ? [dims[0], dims[1], dims[2]] : [1, dims[0], dims[1]];
      return { planes: deinterleave(toFloat32(array.data), dims, shape), report: null };
    }
    if (dims.length === 3 && inputShape.length === 3) {
      return { planes: [plane(toFloat32(array.data), [1, dims[0], dims[1]])], report: null };
    }
  }
  const { volume, report } = openAsVolume(bytes, path, inputShape, options);
  return { planes: [{ ...volume, data: toFloat32(volume.data) }], report };
}

/** A network for pictures takes those too, which a reader of volumes does not know. */
function openAsVolume(
  bytes: Uint8Array,
  path: string,
  inputShape: readonly number[],
  options: OpenOptions,
) {
  try {
    return openVolume(bytes, path, options);
  } catch (error) {
    if (inputShape.length !== 3 || !(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${error.message}, .png, .jpg`, { cause: error });
  }
}

/** Drops a leading batch axis of length 1. */
function withoutBatch(dims: readonly number[], rank: number): readonly number[] {
  return dims.length === rank + 1 && dims[0] === 1 ? dims.slice(1) : dims;
}

function plane(data: Float32Array, shape: Shape3): FloatVolume {
  return { data, shape, voxelSize: [1, 1, 1], origin: [0, 0, 0] };
}

function deinterleave(data: Float32Array, dims: readonly number[], shape: Shape3): FloatVolume[] {
  const channels = dims[dims.length - 1];
  const count = data.length / channels;
  return Array.from({ length: channels }, (_, c) =>
    plane(
      Float32Array.from({ length: count }, (_value, i) => data[i * channels + c]),
      shape,
    ),
  );
}

function interleave(planes: readonly Float32Array[]): Float32Array {
  const channels = planes.length;
  const out = new Float32Array(channels * planes[0].length);
  planes.forEach((values, c) => {
    for (let i = 0; i < values.length; i++) out[i * channels + c] = values[i];
  });
  return out;
}
