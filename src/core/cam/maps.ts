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

/** Channel weights `alpha`, `[channels]`, of Respond-CAM (eq. 1) and Grad-CAM. */
export function channelWeights(
  { a, g, channels }: LayerGradient,
  stats: ChannelStats = channelStats(a, channels),
): { respond: Float64Array; grad: Float64Array; cam: number } {
  const respond = new Float64Array(channels);
  const grad = new Float64Array(channels);
  for (let i = 0; i < a.length; ) {
    for (let l = 0; l < channels; l++, i++) {
      respond[l] += a[i] * g[i];
      grad[l] += g[i];
    }
  }
  const voxels = a.length / channels;
  let cam = 0;
  for (let l = 0; l < channels; l++) {
    cam += respond[l];
    respond[l] /= stats.sum[l];
    grad[l] /= voxels;
  }
  return { respond, grad, cam };
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
  const { a, g, channels } = layer;
  const weights = channelWeights(layer, stats);
  const voxels = a.length / channels;
  const respond = new Float64Array(voxels);
  const grad = new Float64Array(voxels);
  const hirescam = new Float64Array(voxels);
  for (let v = 0, i = 0; v < voxels; v++) {
    let r = 0;
    let m = 0;
    let h = 0;
    for (let l = 0; l < channels; l++, i++) {
      const ag = a[i] * g[i];
      r += stats.unsafe[l] ? ag : weights.respond[l] * a[i];
      m += weights.grad[l] * a[i];
      h += ag;
    }
    respond[v] = r;
    grad[v] = m;
    hirescam[v] = h;
  }
  const values: Record<CamMethod, Float64Array> = { respond, grad, hirescam, xgrad: respond };
  const maps: Partial<Record<CamMethod, CamMap>> = {};
  for (const method of methods) maps[method] = toMap(values[method], method === 'xgrad');
  return { maps, cam: weights.cam };
}

function toMap(values: Float64Array, rectify: boolean): CamMap {
  const data = new Float32Array(values.length);
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let v = 0; v < values.length; v++) {
    const value = rectify ? Math.max(values[v], 0) : values[v];
    data[v] = value;
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { data, sum, min, max };
}
