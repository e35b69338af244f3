import { percentilesOf } from '../volume/stats.ts';
import type { Shape3 } from '../volume/types.ts';
import type { PerChannel, Step } from './types.ts';

type Change = (value: number) => number;

/** A step for the values of one channel; `values` are those that its statistics are taken of, `[z, y, x]`. */
function changeOf(
  step: Step,
  channel: number,
  values: () => Float32Array,
  shape: Shape3 | undefined,
): Change {
  const own = (given: PerChannel) => given[given.length === 1 ? 0 : channel];
  switch (step.id) {
    case 'scale_linear': {
      const [gain, offset] = [own(step.gain), own(step.offset)];
      return (value) => value * gain + offset;
    }
    case 'fixed_zero_mean_unit_variance': {
      const [mean, std] = [own(step.mean), own(step.std)];
      return (value) => (value - mean) / std;
    }
    case 'zero_mean_unit_variance': {
      const { mean, std } = moments(values());
      return (value) => (value - mean) / (std + step.eps);
    }
    case 'middle_zero_mean_unit_variance': {
      const all = values();
      const middle = shape ? middleOf(all, shape) : all;
      const { mean, std } = moments(middle);
      const spread = step.spread === 'median' ? NORMAL * medianDistance(middle) : std;
      return (value) => (value - mean) / (spread + step.eps);
    }
    case 'scale_range': {
      const [low, high] = percentilesOf(values(), [step.low, step.high]);
      return (value) => (value - low) / (high - low + step.eps);
    }
    case 'clip':
      return (value) => Math.min(step.max, Math.max(step.min, value));
    case 'binarize': {
      const threshold = own(step.threshold);
      return (value) => (value > threshold ? 1 : 0);
    }
    case 'sigmoid':
      return (value) => 1 / (1 + Math.exp(-value));
  }
}

/** Deviations of normal numbers in one median distance from the median. */
const NORMAL = 1.4826;

function medianDistance(values: Float32Array): number {
  const [median] = percentilesOf(values, [50]);
  return percentilesOf(
    values.map((value) => Math.abs(value - median)),
    [50],
  )[0];
}

/** Share of a slice that is left out at each side, at most so many voxels; of at most so many slices. */
const MARGIN = { share: 0.2, most: 64, slices: 32 };

function middleOf(values: Float32Array, [nz, ny, nx]: Shape3): Float32Array {
  const count = Math.min(MARGIN.slices, nz);
  const [my, mx] = [ny, nx].map((n) => Math.min(Math.floor(MARGIN.share * n), MARGIN.most));
  const [height, width] = [ny - 2 * my, nx - 2 * mx];
  const out = new Float32Array(count * height * width);
  for (let i = 0, at = 0; i < count; i++) {
    const z = count === 1 ? 0 : Math.floor((i * (nz - 1)) / (count - 1));
    for (let y = my; y < ny - my; y++, at += width) {
      const row = (z * ny + y) * nx + mx;
      out.set(values.subarray(row, row + width), at);
    }
  }
  return out;
}

/**
 * Carries out steps on values of which those of all `channels` of a voxel follow each other.
 * @param shape `[z, y, x]`, for steps that look at a part of a volume
 */
export function applySteps(
  data: Float32Array,
  steps: readonly Step[],
  channels: number,
  shape?: Shape3,
): Float32Array {
  let current = data;
  for (const step of steps) {
    const source = current;
    const apart = 'apart' in step && step.apart && channels > 1;
    const ofChannel = (channel: number): Float32Array =>
      apart
        ? new Float32Array(source.length / channels).map((_, i) => source[i * channels + channel])
        : source;
    const out = new Float32Array(source.length);
    for (let channel = 0; channel < channels; channel++) {
      const change = changeOf(
        step,
        channel,
        () => ofChannel(channel),
        channels === 1 ? shape : undefined,
      );
      for (let i = channel; i < out.length; i += channels) out[i] = change(source[i]);
    }
    current = out;
  }
  return current;
}

function moments(values: Float32Array): { readonly mean: number; readonly std: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, std: Math.sqrt(squares / values.length) };
}
