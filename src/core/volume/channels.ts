import type { PreparedInput } from './prepare.ts';
import { type InputExpectation, type PrepareOptions, prepareInput } from './prepare.ts';
import type { Shape3, SourceVolume } from './types.ts';

/** A volume of one channel. */
export type Plane = SourceVolume<Float32Array>;

/** Channels made ready for a network. */
export interface PreparedChannels {
  /** Each on the network's grid, in the file's own units. */
  readonly planes: readonly Plane[];
  /** `[z, y, x, c]` flattened, normalised. */
  readonly data: Float32Array;
  /** What was done, one sentence each. */
  readonly steps: readonly string[];
  readonly rawMean: PreparedInput['rawMean'];
}

/** The box of a network's input `[z, y, x, c]` or `[y, x, c]`. */
export function boxOf(inputShape: readonly number[]): Shape3 {
  return inputShape.length === 4
    ? [inputShape[0], inputShape[1], inputShape[2]]
    : [1, inputShape[0], inputShape[1]];
}

/**
 * Fits planes that lie on one grid all alike and normalises them together. Throws `bad-input` as
 * `prepareInput` does.
 */
export function prepareChannels(
  planes: readonly SourceVolume[],
  expectation: InputExpectation,
  options: PrepareOptions = {},
): PreparedChannels {
  const { fit, voxelScale } = options;
  const fitOnly = { fit, voxelScale, normalization: 'none' } as const;
  const fitted = planes.map((plane) => prepareInput(plane, expectation, fitOnly));
  const [{ volume, steps }] = fitted;
  const joined = interleave(fitted.map((one) => one.volume.data));
  const row: Shape3 = [1, 1, joined.length];
  const rest = prepareInput(
    { ...volume, data: joined, shape: row },
    { shape: row, normalization: expectation.normalization, steps: expectation.steps },
    { ...options, fit: undefined, voxelScale: undefined, channels: planes.length },
  );
  return {
    planes: fitted.map((one) => one.volume),
    data: rest.volume.data,
    steps: [...steps, ...rest.steps],
    rawMean: rest.rawMean,
  };
}

/** Values of several channels as `[…, channel]` flattened. */
export function interleave(planes: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const channels = planes.length;
  const out = new Float32Array(channels * planes[0].length);
  planes.forEach((values, c) => {
    for (let i = 0; i < values.length; i++) out[i * channels + c] = values[i];
  });
  return out;
}
