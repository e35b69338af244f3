import type { Contrast } from '../color/index.ts';
import { contrastOf } from '../color/index.ts';
import { createRandom } from '../simulate/random.ts';
import { computeStats, resample, type Shape3 } from '../volume/index.ts';

/** What any method must be better than, since none of them looks at the network's answer. */
export const BASELINES = ['random', 'centre', 'density', 'activations'] as const;
export type Baseline = (typeof BASELINES)[number];

/** Words for the baselines. */
export const BASELINE_ROWS: Readonly<
  Record<Baseline, { readonly name: string; readonly about: string }>
> = {
  random: {
    name: 'Random map',
    about: "Random numbers on the layer's grid, resized like a map: places that mean nothing.",
  },
  centre: {
    name: 'Ball at the centre',
    about: 'The nearer to the middle of the box, the earlier.',
  },
  density: {
    name: 'Density itself',
    about: "The input's own values, the molecule's side first: no network is needed.",
  },
  activations: {
    name: 'Sum of activations',
    about: 'The plain sum of the feature maps: where the layer is active, whatever the class.',
  },
};

/** Voxels of the input in the order in which they are taken, each once. */
export type VoxelOrder = Uint32Array;

/**
 * Voxels by falling priority, one number for each voxel; equal ones in an order that means nothing and is the same in
 * every run.
 */
export function orderOf(priority: ArrayLike<number>): VoxelOrder {
  const { uniform } = createRandom(0x0dde1);
  const lot = new Float64Array(priority.length).map(uniform);
  const order = new Uint32Array(priority.length).map((_, v) => v);
  return order.sort((a, b) => priority[b] - priority[a] || lot[a] - lot[b]);
}

/** The order of a map on its own grid: the highest values first, resized as the views show it. */
export function mapOrder(data: Float32Array, shape: Shape3, input: Shape3): VoxelOrder {
  return orderOf(resample(data, shape, input));
}

/** What the baselines are made from. */
export interface BaselineSource {
  /** `[…space, channels]` flattened. */
  readonly input: Float32Array;
  readonly space: Shape3;
  readonly channels: number;
  /** Of the layer. */
  readonly activationSum: Float32Array;
  readonly layer: Shape3;
  /** The side of the solvent on which the network expects the molecule. */
  readonly contrast: Contrast | undefined;
}

const ORDERS: Readonly<Record<Baseline, (source: BaselineSource) => VoxelOrder>> = {
  random({ layer, space }) {
    const { uniform } = createRandom(0x5eed);
    const values = new Float32Array(layer[0] * layer[1] * layer[2]).map(uniform);
    return mapOrder(values, layer, space);
  },
  centre({ space: [nz, ny, nx] }) {
    return orderOf(
      new Float64Array(nz * ny * nx).map((_, v) => {
        const [x, y, z] = [v % nx, Math.floor(v / nx) % ny, Math.floor(v / (nx * ny))];
        // In shares of the box, so that flat boxes have a centre, too.
        const from = (at: number, n: number) => ((at + 0.5) / n - 0.5) ** 2;
        return -(from(x, nx) + from(y, ny) + from(z, nz));
      }),
    );
  },
  density({ input, channels, contrast }) {
    const sums = new Float64Array(input.length / channels);
    for (let i = 0; i < input.length; i++) sums[Math.floor(i / channels)] += input[i];
    const dark = contrastOf(computeStats(sums), contrast) === 'dark';
    return orderOf(dark ? sums.map((value) => -value) : sums);
  },
  activations: ({ activationSum, layer, space }) => mapOrder(activationSum, layer, space),
};

export const baselineOrder = (baseline: Baseline, source: BaselineSource): VoxelOrder =>
  ORDERS[baseline](source);
