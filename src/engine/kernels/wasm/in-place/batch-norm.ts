import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { partsOf, type TensorMemory } from './tensor-memory.ts';

interface Statistics {
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
  readonly offset?: TensorInfo;
  readonly scale?: TensorInfo;
}

/**
 * Batch normalisation of x `[…, channels]` as `(x - mean) * scale + shift` per channel (tfjs's own kernel divides by a
 * square root at every element); undefined where the statistics are not per channel.
 */
export function batchNorm(
  memory: TensorMemory,
  x: TensorInfo,
  { mean, variance, offset, scale }: Statistics,
  epsilon: number,
): TensorInfo | undefined {
  const channels = x.shape[x.shape.length - 1];
  const vectors = [mean, variance, offset, scale].filter((one) => one !== undefined);
  if (x.dtype !== 'float32' || vectors.some(({ shape }) => shape.join() !== `${channels}`)) return;
  const y = memory.output(x.shape);
  return memory.withScratch(channels * 8, (factors) => {
    const values = (tensor: TensorInfo) => memory.floats(memory.at(tensor), channels);
    const factor = memory.floats(factors, channels);
    const shift = memory.floats(factors + channels * 4, channels);
    for (let c = 0; c < channels; c++) {
      factor[c] = (scale ? values(scale)[c] : 1) / Math.sqrt(values(variance)[c] + epsilon);
      shift[c] = offset ? values(offset)[c] : 0;
    }
    const rows = util.sizeFromShape(x.shape) / channels;
    const shifts = factors + channels * 4;
    const [from, to, means] = [x, y, mean].map((one) => memory.at(one));
    memory.runEach(
      'normalizeChannels',
      partsOf(rows, channels).map(({ first, count }) => {
        const own = first * channels * 4;
        return [from + own, to + own, means, factors, shifts, count, channels, 1];
      }),
    );
    return y;
  });
}
