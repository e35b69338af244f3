import type { FloatVolume } from '../core/volume/types.ts';
import {
  currentMaps,
  type ExplainState,
  type MethodMap,
  shownClass,
  shownLayer,
} from './explain.ts';
import { resampleMap } from './heatmap.ts';
import { type DensityStats, statsOf } from './stats.ts';
import type { Display, ShownMap } from './types.ts';
import type { InputLevel, Levels, ViewState } from './view.ts';
import { currentVolume, type VolumesState } from './volumes.ts';

/** What the three columns show. Pure; resampled maps and statistics are remembered by identity. */
export function computeDisplay(
  volumes: VolumesState,
  explain: ExplainState,
  view: Pick<ViewState, 'levels' | 'inputLevel' | 'scaleMode'>,
  contrast: 'dark' | 'bright' | undefined,
): Display {
  const item = currentVolume(volumes);
  const prepared =
    explain.prepared && explain.prepared.volumeId === item?.id ? explain.prepared : null;
  const volume = prepared?.volume ?? item?.volume ?? null;
  const volumeStats = volume ? statsOf(volume.data) : null;
  const pair = prepared ? currentMaps(explain) : ([null, null] as const);
  const [left, right] = shownPair(pair, explain, view, volume);
  return {
    volumeId: item?.id ?? null,
    volume,
    volumeStats,
    inputIso: volumeStats && inputIso(view.inputLevel, volumeStats, contrast),
    left,
    right,
  };
}

function shownPair(
  pair: readonly [MethodMap | null, MethodMap | null],
  explain: ExplainState,
  view: Pick<ViewState, 'levels' | 'scaleMode'>,
  grid: FloatVolume | null,
): [ShownMap | null, ShownMap | null] {
  const layer = shownLayer(explain);
  const classIndex = shownClass(explain);
  if (!grid || !layer || classIndex === null) return [null, null];
  const scales = pair.map((one) => one && scaleOf(one.map.data));
  const shared = {
    limit: Math.max(...scales.map((s) => s?.limit ?? 0)),
    sigma: Math.sqrt(scales.reduce((sum, s) => sum + (s?.sigma ?? 0) ** 2, 0) / 2),
  };
  const show = (one: MethodMap | null, own: Scale | null): ShownMap | null => {
    if (!one || !own) return null;
    const scale = view.scaleMode === 'shared' ? shared : own;
    return {
      ...one,
      classIndex,
      layer: layer.name,
      heatmap: resampleMap(one, grid),
      peak: own.limit,
      limit: scale.limit,
      levels: absoluteLevels(view.levels, scale),
    };
  };
  return [show(pair[0], scales[0]), show(pair[1], scales[1])];
}

export interface Scale {
  /** `max |L|`. */
  readonly limit: number;
  /** Root mean square about the mean. */
  readonly sigma: number;
}

/** Levels in units of the map, ascending, without zeros. */
export function absoluteLevels({ unit, values }: Levels, { limit, sigma }: Scale): number[] {
  const factor = unit === 'percent' ? limit / 100 : unit === 'sigma' ? sigma : 1;
  return values
    .map((value) => Math.abs(value) * factor)
    .filter((level) => level > 0)
    .sort((a, b) => a - b);
}

/** The same levels said in another unit. */
export function convertLevels(levels: Levels, unit: Levels['unit'], scale: Scale): Levels {
  const factor = unit === 'percent' ? 100 / scale.limit : unit === 'sigma' ? 1 / scale.sigma : 1;
  const values = absoluteLevels(levels, scale).map((level) =>
    Number((level * factor).toPrecision(4)),
  );
  return { unit, values };
}

/**
 * Density of the input's surface. The molecule's side is the network's contrast when known, else the
 * side whose extreme lies farther from the mean. Percent is of that extreme (the paper: `0.3 * min`).
 */
export function inputIso(
  { unit, value }: InputLevel,
  { min, max, mean, std }: DensityStats,
  contrast: 'dark' | 'bright' | undefined,
): number {
  if (unit === 'absolute') return value;
  const dark = contrast ? contrast === 'dark' && min < 0 : mean - min > max - mean;
  if (unit === 'sigma') return mean + (dark ? -1 : 1) * Math.abs(value) * std;
  return (Math.abs(value) / 100) * (dark ? min : max);
}

const scales = new WeakMap<Float32Array, Scale>();

export function scaleOf(data: Float32Array): Scale {
  let scale = scales.get(data);
  if (!scale) {
    const { min, max, std } = statsOf(data);
    scale = { limit: Math.max(Math.abs(min), Math.abs(max)), sigma: std };
    scales.set(data, scale);
  }
  return scale;
}
