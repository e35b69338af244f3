import {
  type Contrast,
  contrastOf,
  densityBasis,
  type EnclosedMass,
  enclosedMass,
  heatmapBasis,
  type HeatmapBasis,
  heatmapLevel,
  toAbsolute,
} from '../core/color/index.ts';
import { differenceMap } from '../core/agreement/index.ts';
import { type CamMap, METHODS, withoutMean } from '../core/cam/index.ts';
import {
  asksTheHeader,
  type DerivedPanel,
  isMapPanel,
  type MapPanel,
  VIEW_KINDS,
  type ViewKind,
} from '../core/session/index.ts';
import { insideRegion, type Region } from '../core/target/index.ts';
import { regrid } from '../core/volume/index.ts';
import type { FloatVolume } from '../core/volume/types.ts';
import { type Aim, outputOf } from './aim.ts';
import {
  type Answer,
  type ExplainState,
  headerMap,
  isChosenMap,
  type MethodMap,
  methodMap,
  type PanelAnswer,
} from './explain.ts';
import { blocksOf, resampleMap } from './heatmap.ts';
import type { Prepared } from './prepare.ts';
import { statsOf } from './stats.ts';
import {
  type Column,
  type ColumnState,
  type Display,
  INPUT_COLUMN,
  type MapColumn,
  type Marked,
  type ShownDensity,
  type ShownMap,
  type VolumeItem,
} from './types.ts';
import type { InputLevel, Levels, ViewState } from './view.ts';
import { currentVolume, type VolumesState } from './volumes.ts';

/** Scales whose enclosed mass is remembered. */
const MOST_SCALES = 16;

/** What the columns show. Pure; resampled maps and statistics are remembered by identity. */
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
  const density = densityOf(item, prepared, view.inputLevel, expected);
  const stale = answer !== null && explain.stale;
  const marked = answer && !stale ? markedOf(explain.aim, answer) : null;
  const mapColumn = (panel: MapPanel): Column => {
    if (asksTheHeader(panel)) {
      const found = answer && headerMap(explain, panel);
      return {
        ...{ id: panel.id, panel, ...density, marked, own: null },
        shown: found && onGrid(found, density.volume, panel.kind),
        answer: found && answer,
        stale: stale && found !== null && !isChosenMap(explain, panel, found),
      };
    }
    const { shown, ...state } = explain.others[panel.id] ?? NOT_ASKED;
    const found = shown && methodMap(shown.answer.result, shown.method, shown.classIndex);
    const { answer: other = null } = shown ?? {};
    const seen = other
      ? densityOf(other.item, other.prepared, view.inputLevel, other.model.sidecar.contrast)
      : density;
    return {
      ...{ id: panel.id, panel, ...seen, own: state, answer: other },
      marked: other?.item === item && other?.model === answer?.model ? marked : null,
      shown: found && onGrid(found, seen.volume, panel.kind),
      stale: state.status !== 'ready' && found !== null,
    };
  };
  const found = new Map(explain.panels.filter(isMapPanel).map((one) => [one.id, mapColumn(one)]));
  const bare = explain.panels.map((panel) =>
    isMapPanel(panel) ? found.get(panel.id)! : derivedColumn(panel, found, density),
  );
  const scales = scaleGroups(bare, view);
  const columns = bare.map((column) => scales.flat().find(({ id }) => id === column.id) ?? column);
  const input: Column = {
    ...{ id: INPUT_COLUMN, panel: null, ...density, marked },
    ...{ shown: null, answer, stale: false, own: null },
  };
  return {
    ...density,
    volumeId: item?.id ?? null,
    columns: [input, ...columns],
    scales,
    answer,
    stale,
  };
}

const NOT_ASKED: PanelAnswer = { status: 'waiting', progress: null, error: null, shown: null };

/** What is made of the maps of other columns, on the grid of the first. */
function derivedColumn(
  panel: DerivedPanel,
  found: ReadonlyMap<string, Column>,
  density: ShownDensity,
): Column {
  const of: readonly string[] = panel.of;
  const [a, b = a] = of.map((id) => found.get(id));
  const base = { id: panel.id, panel, own: null } as const;
  if (!a?.shown || !b?.shown) {
    return { ...base, ...density, marked: null, shown: null, answer: null, stale: false };
  }
  const { volume, volumeStats, colour, inputIso, marked, answer } = a;
  const shown =
    panel.shows === 'difference'
      ? differenceOf(a.shown, b.shown, volume, panel.kind)
      : specificOf(a.shown, answer, volume, panel.kind);
  const lacking: ColumnState | null = shown
    ? null
    : { status: 'error', progress: null, error: NEEDS_ALL_CLASSES };
  return {
    ...base,
    ...{ volume, volumeStats, colour, inputIso, marked, answer, shown },
    own: lacking,
    stale: a.stale || b.stale,
  };
}

const NEEDS_ALL_CLASSES =
  'What all classes have in common is known where all of them are explained: at the layer, network and volume of the top.';

const specifics = new WeakMap<CamMap, MethodMap>();

/** A map without the mean over all classes; null where not all of them are explained. */
function specificOf(
  shown: ShownMap,
  answer: Answer | null,
  grid: FloatVolume | null,
  kind: ViewKind,
): ShownMap | null {
  const made = specifics.get(shown.map) ?? withoutCommon(shown, answer);
  if (!made) return null;
  specifics.set(shown.map, made);
  const found = onGrid(made, grid, kind);
  return found && { ...found, minus: 'mean' };
}

function withoutCommon({ map, ...shown }: ShownMap, answer: Answer | null): MethodMap | null {
  const { scores = [], layers = [] } = answer?.result ?? {};
  const layer = layers.find(({ name }) => name === shown.layer);
  const all = layer?.classes.flatMap(({ methods }) => methods[shown.method] ?? []) ?? [];
  if (all.length < 2 || all.length < scores.length) return null;
  const { method, classIndex, gridShape } = shown;
  const left = { ...withoutMean(map, all), shape: gridShape };
  return { method, classIndex, gridShape, layer: shown.layer, map: left };
}

const differences = new WeakMap<CamMap, WeakMap<CamMap, MethodMap>>();

function differenceOf(
  a: ShownMap,
  b: ShownMap,
  grid: FloatVolume | null,
  kind: ViewKind,
): ShownMap | null {
  const known = differences.get(a.map) ?? new WeakMap<CamMap, MethodMap>();
  differences.set(a.map, known);
  const found = known.get(b.map) ?? subtracted(a, b);
  known.set(b.map, found);
  const shown = onGrid(found, grid, kind);
  const { method, classIndex, layer } = b;
  return shown && { ...shown, minus: { method, classIndex, layer } };
}

function subtracted(a: ShownMap, b: ShownMap): MethodMap {
  const placed = ({ map, gridShape }: ShownMap) => ({ data: map.data, shape: gridShape });
  const { data, shape } = differenceMap(placed(a), placed(b));
  const { min, max } = statsOf(data);
  const { method, classIndex, layer } = a;
  const map = { data, shape, min, max, sum: min === 0 && max === 0 ? 0 : a.map.sum - b.map.sum };
  return { method, classIndex, layer, map, gridShape: shape };
}

const densities = new WeakMap<FloatVolume, { key: string; density: ShownDensity }>();

function densityOf(
  item: VolumeItem | null,
  prepared: Prepared | null,
  level: InputLevel,
  expected: Contrast | undefined,
): ShownDensity {
  const volume = prepared?.volume ?? item?.volume ?? null;
  if (!volume) return { volume: null, volumeStats: null, colour: null, inputIso: null };
  const key = [level.value, level.unit, expected, prepared === null].join(' ');
  const known = densities.get(volume);
  if (known?.key === key) return known.density;
  const volumeStats = statsOf(volume.data);
  const basis = densityBasis(volumeStats, contrastOf(volumeStats, expected));
  const density = {
    volume,
    volumeStats,
    colour: (prepared ? prepared.colour : item?.colour) ?? null,
    inputIso: toAbsolute(level.value, level.unit, basis),
  };
  densities.set(volume, { key, density });
  return density;
}

const marks = new WeakMap<FloatVolume, { readonly region: Region; readonly marked: Marked }>();

/** The part of a volume whose scores are added up; those predicted as the class are known to the network alone. */
function markedOf({ output, target }: Aim, { item, model, prepared }: Answer): Marked | null {
  if (target?.kind !== 'segmentation' || target.region.kind === 'predicted') return null;
  const { region } = target;
  const known = marks.get(prepared.volume);
  if (known?.region === region) return known.marked;
  const space = outputOf(model, { output }).shape.slice(0, -1);
  const [nx, ny, nz = 1] = [...space].reverse();
  const { shape, voxelSize, origin } = item.tile?.output ?? regrid(prepared.volume, [nz, ny, nx]);
  const inside = insideRegion(region, space, () => false);
  const data = Uint8Array.from({ length: nz * ny * nx }, (_, voxel) => (inside(voxel) ? 1 : 0));
  const marked = { shape, voxelSize, origin, data };
  marks.set(prepared.volume, { region, marked });
  return marked;
}

/** A map on the grid of the density, before it has a scale. */
function onGrid(found: MethodMap, grid: FloatVolume | null, kind: ViewKind): ShownMap | null {
  if (!grid) return null;
  const { limit } = scaleOf(found.map.data);
  const heatmap = resampleMap(found, grid);
  const drawn = VIEW_KINDS[kind].smooth ? heatmap : blocksOf(found, grid);
  return { ...found, minus: null, heatmap, drawn, peak: limit, limit, shared: false, levels: [] };
}

/**
 * Columns with their scales and levels. Where it is shared, those have one scale whose values can be compared: of one
 * unit, at one layer of one network; a part of a score per voxel depends on the voxel.
 */
function scaleGroups(
  columns: readonly Column[],
  { levels, scaleMode }: Pick<ViewState, 'levels' | 'scaleMode'>,
): MapColumn[][] {
  const groups = new Map<string, MapColumn[]>();
  for (const column of columns.filter(hasMap)) {
    const { method, gridShape, layer } = column.shown;
    const of = [METHODS[method].unit, gridShape, layer, column.answer.model.id];
    const key = scaleMode === 'own' ? column.id : of.join(' ');
    groups.set(key, [...(groups.get(key) ?? []), column]);
  }
  return [...groups.values()].map((group) => {
    const basis = basisOf(group);
    const limit = basis.extreme;
    const common = { limit, shared: group.length > 1, levels: absoluteLevels(levels, basis) };
    return group.map((column) => ({ ...column, shown: { ...column.shown, ...common } }));
  });
}

/** Whether a column has a map. */
export function hasMap(column: Column): column is MapColumn {
  return column.shown !== null && column.answer !== null && column.panel !== null;
}

/** The columns with maps. */
export const mapColumns = ({ columns }: Pick<Display, 'columns'>): MapColumn[] =>
  columns.filter(hasMap);

/** A column by its id. */
export const columnOf = ({ columns }: Pick<Display, 'columns'>, id: string): Column | null =>
  columns.find((column) => column.id === id) ?? null;

/** The maps of what the header asks, of its class: what the words about the answer speak of. */
export function headerColumns({ columns, answer }: Display): MapColumn[] {
  const own = columns.filter(hasMap).filter((column) => column.answer === answer);
  const [shown] = own.filter(
    ({ panel }) => panel.shows === 'map' && panel.overrides.classIndex === undefined,
  );
  const classIndex = (shown ?? own[0])?.shown.classIndex;
  return own.filter((column) => column.shown.classIndex === classIndex && !column.shown.minus);
}

/** What the levels of columns with one scale are measured from. */
export function basisOf(columns: readonly Pick<MapColumn, 'shown'>[]): HeatmapBasis {
  const scale = sharedScale(columns.map(({ shown }) => scaleOf(shown.map.data)));
  const maps = columns.map(({ shown }) => shown.heatmap.data);
  return {
    ...heatmapBasis(scale.limit, scale.sigma),
    // Only those who ask in this unit wait for it.
    get mass() {
      return massOf(maps, scale.limit);
    },
  };
}

let pooled: { maps: readonly Float32Array[]; limit: number; mass: EnclosedMass }[] = [];

/** Remembered for the scales on screen. */
function massOf(maps: readonly Float32Array[], limit: number): EnclosedMass {
  const found = pooled.find(
    (one) =>
      one.limit === limit &&
      one.maps.length === maps.length &&
      one.maps.every((data, i) => data === maps[i]),
  );
  if (found) return found.mass;
  const mass = enclosedMass(maps, limit);
  pooled = [{ maps, limit, mass }, ...pooled].slice(0, MOST_SCALES);
  return mass;
}

/** What all maps on screen share, whatever their units. */
export const shownBasis = (display: Display): HeatmapBasis => basisOf(mapColumns(display));

export interface Scale {
  /** `max |L|`. */
  readonly limit: number;
  /** Standard deviation, the unit of levels in sigma (measured from zero). */
  readonly sigma: number;
}

/** Levels in units of the map, ascending, without zeros. */
export function absoluteLevels({ unit, values }: Levels, basis: HeatmapBasis): number[] {
  return values
    .map((value) => heatmapLevel(Math.abs(value), unit, basis))
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
