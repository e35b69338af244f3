import { percentilesOf } from '../volume/stats.ts';
import type { PerChannel, Step } from './types.ts';

type Change = (value: number) => number;

/** A step for the values of one channel; `values` are those that its statistics are taken of. */
function changeOf(step: Step, channel: number, values: () => Float32Array): Change {
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

/** Carries out steps on values of which those of all `channels` of a voxel follow each other. */
export function applySteps(
  data: Float32Array,
  steps: readonly Step[],
  channels: number,
): Float32Array {
  let current = data;
  for (const step of steps) {
    const source = current;
    const apart = 'apart' in step && step.apart && channels > 1;
    const ofChannel = (channel: number): Float32Array =>
      apart
        ? Float32Array.from(
            { length: source.length / channels },
            (_, i) => source[i * channels + channel],
          )
        : source;
    const out = new Float32Array(source.length);
    for (let channel = 0; channel < channels; channel++) {
      const change = changeOf(step, channel, () => ofChannel(channel));
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
