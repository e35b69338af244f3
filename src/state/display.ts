import {
  type Contrast,
  contrastOf,
  densityBasis,
  heatmapBasis,
  toAbsolute,
} from '../core/color/index.ts';
import { METHODS } from '../core/cam/index.ts';
import type { FloatVolume } from '../core/volume/types.ts';
import { currentMaps, type ExplainState, type MethodMap, shownClass } from './explain.ts';
import { resampleMap } from './heatmap.ts';
import { statsOf } from './stats.ts';
import type { ColumnId, Display, ShownMap } from './types.ts';
import type { Levels, ViewState } from './view.ts';
import { currentVolume, type VolumesState } from './volumes.ts';

/** What the three columns show. Pure; resampled maps and statistics are remembered by identity. */
export function computeDisplay(
  volumes: VolumesState,
  explain: ExplainState,
  view: Pick<ViewState, 'levels' | 'inputLevel' | 'scaleMode'>,
  contrast: Contrast | undefined,
): Display {
  const item = currentVolume(volumes);
  const answer = explain.answer?.item.id === item?.id ? explain.answer : null;
  const own = explain.prepared?.volumeId === item?.id ? explain.prepared : null;
  const prepared = answer?.prepared ?? own;
  const expected = answer?.model.sidecar.contrast ?? contrast;
  const volume = prepared?.volume ?? item?.volume ?? null;
  const volumeStats = volume ? statsOf(volume.data) : null;
  const pair = answer ? currentMaps(explain) : ([null, null] as const);
  // A part of a score per voxel depends on the voxel.
  const units = pair.flatMap((one) =>
    one ? [`${METHODS[one.method].unit} ${one.gridShape}`] : [],
  );
  const scaleMode = new Set(units).size > 1 ? 'own' : view.scaleMode;
  const [left, right] = shownPair(pair, explain, { ...view, scaleMode }, volume);
  return {
    volumeId: item?.id ?? null,
    volume,
    volumeStats,
    colour: (prepared ? prepared.colour : item?.colour) ?? null,
    inputIso:
      volumeStats &&
      toAbsolute(
        view.inputLevel.value,
        view.inputLevel.unit,
        densityBasis(volumeStats, contrastOf(volumeStats, expected)),
      ),
    left,
    right,
    scaleMode,
    answer: left && right ? answer : null,
    stale: answer !== null && explain.stale,
  };
}

/** The heatmap of a column; none in the input's. */
export function shownIn(
  column: ColumnId,
  { left, right }: Pick<Display, 'left' | 'right'>,
): ShownMap | null {
  return { input: null, left, right }[column];
}

function shownPair(
  pair: readonly [MethodMap | null, MethodMap | null],
  explain: ExplainState,
  view: Pick<ViewState, 'levels' | 'scaleMode'>,
  grid: FloatVolume | null,
): [ShownMap | null, ShownMap | null] {
  const classIndex = shownClass(explain);
  if (!grid || classIndex === null) return [null, null];
  const scales = pair.map((one) => one && scaleOf(one.map.data));
  const shared = sharedScale(scales.filter((s) => s !== null));
  const show = (one: MethodMap | null, own: Scale | null): ShownMap | null => {
    if (!one || !own) return null;
    const scale = view.scaleMode === 'shared' ? shared : own;
    return {
      ...one,
      classIndex,
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
  /** Standard deviation, the unit of levels in sigma (measured from zero). */
  readonly sigma: number;
}

/** Levels in units of the map, ascending, without zeros. */
export function absoluteLevels({ unit, values }: Levels, { limit, sigma }: Scale): number[] {
  const basis = heatmapBasis(limit, sigma);
  return values
    .map((value) => toAbsolute(Math.abs(value), unit, basis))
    .filter((level) => level > 0)
    .sort((a, b) => a - b);
}

/** The one scale that two maps share: the larger maximum, the pooled deviation. */
export function sharedScale(scales: readonly Scale[]): Scale {
  return {
    limit: Math.max(0, ...scales.map((s) => s.limit)),
    sigma: Math.sqrt(scales.reduce((sum, s) => sum + s.sigma ** 2, 0) / Math.max(1, scales.length)),
  };
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
