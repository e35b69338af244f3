import { type LayerMethod, channelStats, type ClassMaps, classMaps } from '../../core/cam/index.ts';
import { camKernels } from '../kernels/cam.ts';
import type { NodeId } from '../graph/types.ts';
import { tf } from '../tf.ts';
import type { Activations, LayerResult } from './activations.ts';
import { isKnown, nodeValue } from './forward.ts';
import type { Network } from './network.ts';
import type { TaskYielder } from './yielder.ts';

/**
 * What is known about the layer of node `id` in each volume; its channel sums are taken when it is met
 * first.
 */
export async function layerResults(
  network: Network,
  { values, volumes }: Activations,
  id: NodeId,
): Promise<LayerResult[]> {
  const known = volumes.flatMap(({ layers }) => layers.get(id) ?? []);
  if (known.length === volumes.length) return known;
  const value = nodeValue(network, values, id);
  const channels = value.shape.at(-1) ?? 1;
  const kernels = camKernels();
  const all = kernels ? undefined : ((await value.data()) as Float32Array);
  const size = value.size / value.shape[0];
  const sums = all ? channelSums(all, channels) : await sumOverChannels(value, channels);
  const voxels = size / channels;
  return volumes.map(({ layers }, volume) => {
    const a = all?.subarray(volume * size, (volume + 1) * size);
    const stats = kernels?.stats(value, volume) ?? channelStats(a!, channels);
    const activationSum = sums.slice(volume * voxels, (volume + 1) * voxels);
    const result = { value, volume, a, channels, stats, activationSum, classes: new Map() };
    layers.set(id, result);
    return result;
  });
}

/** `mean_v A` of each channel at node `id`, for each volume; null where its value was not kept. */
export async function channelMeans(
  network: Network,
  from: Activations,
  id: NodeId,
): Promise<readonly Float32Array[] | null> {
  if (!isKnown(network, from.values, id)) return null;
  const layers = await layerResults(network, from, id);
  return layers.map(({ stats, activationSum }) =>
    Float32Array.from(stats.sum, (sum) => sum / activationSum.length),
  );
}

/** `[batch, …, channels]` to `[batch voxels]`, where the numbers are at hand: without a shader of its own. */
function channelSums(all: Float32Array, channels: number): Float32Array {
  const sums = new Float32Array(all.length / channels);
  for (let voxel = 0; voxel < sums.length; voxel++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += all[voxel * channels + c];
    sums[voxel] = sum;
  }
  return sums;
}

/** The same on the backend. */
async function sumOverChannels(value: tf.Tensor, channels: number): Promise<Float32Array> {
  const sums = tf.tidy(() => tf.sum(tf.reshape(value, [-1, channels]), 1));
  try {
    return (await sums.data()) as Float32Array;
  } finally {
    sums.dispose();
  }
}

/**
 * Maps of each volume for each of its rows of the gradients `dy`, `[batch, classes, …layer]` with the first two
 * in one.
 */
export async function mapsOf(
  layers: readonly LayerResult[],
  dy: tf.Tensor,
  methods: readonly LayerMethod[],
  yielder: TaskYielder,
): Promise<ClassMaps[][]> {
  const kernels = camKernels();
  const gradients = kernels ? undefined : ((await dy.data()) as Float32Array);
  const found: ClassMaps[][] = [];
  for (const { value, volume, a, channels, stats } of layers) {
    const classes = dy.shape[0] / value.shape[0];
    const rows = [volume * classes, (volume + 1) * classes] as const;
    await yielder.pause();
    if (kernels) {
      found.push(kernels.maps(value, volume, dy, rows, { stats, methods }));
      continue;
    }
    const maps: ClassMaps[] = [];
    for (let row = rows[0]; row < rows[1]; row++) {
      await yielder.pause();
      const g = gradients!.subarray(row * a!.length, (row + 1) * a!.length);
      maps.push(classMaps({ a: a!, g, channels }, methods, stats));
    }
    found.push(maps);
  }
  return found;
}
