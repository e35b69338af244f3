import { type ChannelStats, channelStats } from './channels.ts';
import { LAYER_ROWS } from './layer-methods.ts';
import type { ChannelSums, Products, Recipe } from './recipe.ts';
import type { CamMap, LayerMethod } from './types.ts';

export interface ClassMaps {
  readonly maps: Readonly<Partial<Record<LayerMethod, CamMap>>>;
  /** `sum_v g * A`: the part of the score that the layer accounts for. */
  readonly cam: number;
}

/** One class at one layer, where its activations and gradients are: in memory, or on a backend. */
export interface LayerArithmetic {
  readonly sums: ChannelSums;
  maps(recipes: readonly Recipe[]): CamMap[];
}

/** Heatmaps of one class at one layer by `methods`, in units of the score per voxel. */
export function mapsBy(
  { sums, maps }: LayerArithmetic,
  methods: readonly LayerMethod[],
): ClassMaps {
  const made = maps(methods.map((method) => LAYER_ROWS[method].recipe(sums)));
  return {
    maps: Object.fromEntries(methods.map((method, i) => [method, made[i]])),
    cam: sums.ag.reduce((total, sum) => total + sum, 0),
  };
}

/** What one class's maps at one layer are made from. */
export interface LayerGradient {
  /** Activations `A`, `[voxels, channels]`, channel fastest. */
  readonly a: Float32Array;
  /** Gradient of the class score `g = dy/dA`, the same shape. */
  readonly g: Float32Array;
  readonly channels: number;
}

/** The same from arrays, in double precision. */
export function classMaps(
  layer: LayerGradient,
  methods: readonly LayerMethod[],
  stats: ChannelStats = channelStats(layer.a, layer.channels),
): ClassMaps {
  return mapsBy(arithmeticOf(layer, stats), methods);
}

function arithmeticOf(layer: LayerGradient, stats: ChannelStats): LayerArithmetic {
  const voxels = layer.a.length / layer.channels;
  const all = new Float64Array(voxels);
  return {
    sums: {
      ...gradientSums(layer, all),
      stats,
      voxels,
      sumOver: (of) => sumOver(layer, of),
    },
    maps: (recipes) =>
      recipes.map(({ weights, products, clipped = false }) => {
        const map = products === 'all' ? all.slice() : new Float64Array(voxels);
        if (products && products !== 'all') addProducts(layer, products, map);
        if (weights) addWeighted(layer, weights, map);
        return toMap(map, clipped);
      }),
  };
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

/** {@link ChannelSums.sumOver} from arrays. */
export function sumOver(
  { g, channels }: Pick<LayerGradient, 'g' | 'channels'>,
  of: (g: number, l: number) => number,
): Float64Array {
  const sums = new Float64Array(channels);
  for (let i = 0; i < g.length; ) for (let l = 0; l < channels; l++, i++) sums[l] += of(g[i], l);
  return sums;
}

/** Adds products to `map`, `[voxels]`. */
export function addProducts(
  { a, g, channels }: LayerGradient,
  products: Products,
  map: Float64Array,
): void {
  const marked = products instanceof Uint8Array ? products : null;
  const least = products === 'positive' ? 0 : Number.NEGATIVE_INFINITY;
  for (let v = 0, i = 0; v < map.length; v++) {
    for (let l = 0; l < channels; l++, i++)
      if (!marked || marked[l]) map[v] += a[i] * Math.max(g[i], least);
  }
}

/** Adds `sum_l weights_l A_l` to `map`. */
function addWeighted(
  { a, channels }: LayerGradient,
  weights: Float64Array,
  map: Float64Array,
): void {
  for (let v = 0, i = 0; v < map.length; v++) {
    let across = map[v];
    for (let l = 0; l < channels; l++, i++) across += weights[l] * a[i];
    map[v] = across;
  }
}

/** A map with its sum and extremes; `clipped`: what is below 0 as 0. */
export function toMap(values: Float64Array, clipped = false): CamMap {
  const data = new Float32Array(values.length);
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let v = 0; v < values.length; v++) {
    const value = clipped ? Math.max(values[v], 0) : values[v];
    data[v] = value;
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { data, sum, min, max };
}
