import type { ChannelStats } from './channels.ts';

/** What the maps of one class at one layer are made of, channel by channel. */
export interface LayerChannels {
  readonly channels: number;
  /** The feature maps A, `[channels, voxels]`. */
  readonly activations: Float32Array;
  /** The gradients g of the score, the same shape. */
  readonly gradients: Float32Array;
  readonly stats: ChannelStats;
}

/** The methods of the paper's Figure 2. */
export const WALK_METHODS = ['respond', 'grad'] as const;
export type WalkMethod = (typeof WALK_METHODS)[number];

/** One channel in the equations. */
export interface ChannelRow {
  readonly index: number;
  /** `sum_v A`, with the small number that eq. 1 adds. */
  readonly sumA: number;
  /** `sum_v A g` */
  readonly sumAG: number;
  /** `mean_v g` */
  readonly meanG: number;
  /** Respond-CAM takes `g A` in place of a weight, since the sum of the channel does not determine one. */
  readonly unsafe: boolean;
  /** The channel's weight by each method; null where there is none. */
  readonly alpha: Readonly<Record<WalkMethod, number | null>>;
  /** What the channel adds to the sum of each method's map. */
  readonly adds: Readonly<Record<WalkMethod, number>>;
}

/** The rows of all channels, those that add most to Respond-CAM first. */
export function channelRows({
  channels,
  activations,
  gradients,
  stats,
}: LayerChannels): ChannelRow[] {
  const voxels = activations.length / channels;
  const rows = Array.from({ length: channels }, (_, index): ChannelRow => {
    let sumAG = 0;
    let sumG = 0;
    let plain = 0;
    for (let v = 0, i = index * voxels; v < voxels; v++, i++) {
      sumAG += activations[i] * gradients[i];
      sumG += gradients[i];
      plain += activations[i];
    }
    const sumA = stats.sum[index];
    const unsafe = stats.unsafe[index] === 1;
    const meanG = sumG / voxels;
    const respond = unsafe ? null : sumAG / sumA;
    return {
      ...{ index, sumA, sumAG, meanG, unsafe },
      alpha: { respond, grad: meanG },
      adds: { respond: respond === null ? sumAG : respond * plain, grad: meanG * plain },
    };
  });
  return rows.sort((a, b) => Math.abs(b.adds.respond) - Math.abs(a.adds.respond));
}

/** `sum_l alpha_l A_l` over some channels, `[voxels]`: the map of a method as far as it is built up. */
export function partialMap(
  { channels, activations, gradients }: LayerChannels,
  rows: readonly ChannelRow[],
  method: WalkMethod,
): Float32Array {
  const voxels = activations.length / channels;
  const map = new Float64Array(voxels);
  for (const { index, alpha } of rows) {
    const weight = alpha[method];
    for (let v = 0, i = index * voxels; v < voxels; v++, i++)
      map[v] += activations[i] * (weight ?? gradients[i]);
  }
  return Float32Array.from(map);
}

/** One channel's feature map or gradient, `[voxels]`, without a copy. */
export function channelOf(values: Float32Array, channels: number, index: number): Float32Array {
  const voxels = values.length / channels;
  return values.subarray(index * voxels, (index + 1) * voxels);
}
