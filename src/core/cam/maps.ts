import { type ChannelStats, channelStats } from './channels.ts';
import type { CamMap, CamMethod } from './types.ts';

/** What one class's maps at one layer are made from. */
export interface LayerGradient {
  /** Activations `A`, `[voxels, channels]`, channel fastest. */
  readonly a: Float32Array;
  /** Gradient of the class score `g = dy/dA`, the same shape. */
  readonly g: Float32Array;
  readonly channels: number;
}

export interface ClassMaps {
  readonly maps: Partial<Record<CamMethod, CamMap>>;
  /** `sum_v g * A`: the part of the score that the layer accounts for. */
  readonly cam: number;
}

/** Weights `alpha` of the channels, `[channels]`, and `cam = sum_v g * A`. */
export interface ChannelWeights {
  readonly respond: Float64Array;
  readonly grad: Float64Array;
  readonly cam: number;
}

/** Channel weights of Respond-CAM (eq. 1) and Grad-CAM. */
export function channelWeights(
  layer: LayerGradient,
  stats: ChannelStats = channelStats(layer.a, layer.channels),
): ChannelWeights {
  const voxels = layer.a.length / layer.channels;
  const { ag, g } = gradientSums(layer, new Float64Array(voxels));
  return weightsFromSums(ag, g, stats, voxels);
}

/** The same from `sum_v A g` and `sum_v g`, `[channels]`. */
export function weightsFromSums(
  ag: Float64Array,
  g: Float64Array,
  stats: ChannelStats,
  voxels: number,
): ChannelWeights {
  return {
    respond: ag.map((sum, l) => sum / stats.sum[l]),
    grad: g.map((sum) => sum / voxels),
    cam: ag.reduce((total, sum) => total + sum, 0),
  };
}

/**
 * Heatmaps of one class at one layer, at the layer's own resolution, in units of the score per voxel,
 * signed (XGrad-CAM alone is clipped at zero, as published).
 *
 * `respond`: `sum_l alpha_l A_l`, `alpha = sum(A g) / sum(A + eps)`; channels whose sum does not
 * determine the weight (see {@link channelStats}) contribute `g * A` instead, which keeps the sum.
 * `grad`: `sum_l mean(g_l) A_l`. `hirescam`: `sum_l g_l A_l`. `xgrad`: `max(respond, 0)`.
 */
export function classMaps(
  layer: LayerGradient,
  methods: readonly CamMethod[],
  stats: ChannelStats = channelStats(layer.a, layer.channels),
): ClassMaps {
  const voxels = layer.a.length / layer.channels;
  const products = new Float64Array(voxels);
  const sums = gradientSums(layer, products);
  const { respond, grad, cam } = weightsFromSums(sums.ag, sums.g, stats, voxels);
  const asked = (...some: CamMethod[]) => some.some((method) => methods.includes(method));
  const safe = respond.map((alpha, l) => (stats.unsafe[l] ? 0 : alpha));
  const values = {
    hirescam: products,
    grad: asked('grad') ? weighted(layer, grad, new Float64Array(voxels)) : undefined,
    respond: asked('respond', 'xgrad')
      ? weighted(layer, safe, unsafeProducts(layer, stats, voxels))
      : undefined,
  };
  return { maps: toMaps(values, methods), cam };
}

/** The maps of `methods` from their voxels; `xgrad` is made from `respond`. */
function toMaps(
  { respond, grad, hirescam }: Partial<Record<'respond' | 'grad' | 'hirescam', Float64Array>>,
  methods: readonly CamMethod[],
): Partial<Record<CamMethod, CamMap>> {
  const xgrad = methods.includes('xgrad') ? respond?.map((value) => Math.max(value, 0)) : undefined;
  const values: Record<CamMethod, Float64Array | undefined> = { respond, grad, hirescam, xgrad };
  const maps: Partial<Record<CamMethod, CamMap>> = {};
  for (const method of methods) maps[method] = toMap(values[method]!);
  return maps;
}

/** `sum_v A g` and `sum_v g` per channel; `sum_l A g` per voxel into `products`. */
function gradientSums(
  { a, g, channels }: LayerGradient,
  products: Float64Array,
): { ag: Float64Array; g: Float64Array } {
  const ag = new Float64Array(channels);
  const sum = new Float64Array(channels);
  for (let v = 0, i = 0; v < products.length; v++) {
    let across = 0;
    for (let l = 0; l < channels; l++, i++) {
      const product = a[i] * g[i];
      ag[l] += product;
      sum[l] += g[i];
      across += product;
    }
    products[v] = across;
  }
  return { ag, g: sum };
}

/** `sum A g` over the unsafe channels per voxel. */
function unsafeProducts(
  { a, g, channels }: LayerGradient,
  { unsafe, unsafeChannels }: ChannelStats,
  voxels: number,
): Float64Array {
  const products = new Float64Array(voxels);
  if (unsafeChannels === 0) return products;
  for (let v = 0, i = 0; v < voxels; v++) {
    for (let l = 0; l < channels; l++, i++) if (unsafe[l]) products[v] += a[i] * g[i];
  }
  return products;
}

/** Adds `sum_l weights_l A_l` to `map`. */
function weighted(
  { a, channels }: LayerGradient,
  weights: Float64Array,
  map: Float64Array,
): Float64Array {
  for (let v = 0, i = 0; v < map.length; v++) {
    let across = map[v];
    for (let l = 0; l < channels; l++, i++) across += weights[l] * a[i];
    map[v] = across;
  }
  return map;
}

function toMap(values: Float64Array): CamMap {
  const data = new Float32Array(values.length);
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let v = 0; v < values.length; v++) {
    const value = values[v];
    data[v] = value;
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { data, sum, min, max };
}
