import { isAborted, sentence } from '../../core/errors.ts';
import {
  componentInTile,
  type CutTile,
  cutTile,
  SAME_AXES,
  tileCopiesOf,
  turnedGrid,
  turnedShape,
} from '../../core/segmentation/index.ts';
import {
  computeStats,
  gridOfRegion,
  histogram,
  type Shape3,
  type SourceGrid,
  sameVoxelSize,
  type Vec3,
} from '../../core/volume/index.ts';
import type { ModelInfo, Progress, Region } from '../../engine/types.ts';
import { type Aim, DEFAULT_AIM } from '../aim.ts';
import { notify } from '../notices.ts';
import type { PrepareRequest } from '../prepare.ts';
import {
  isDense,
  labelName,
  labelsGrid,
  placeOf,
  type SegmentChoice,
  type SegmentedVolume,
} from '../segmentation.ts';
import type { StoreSet } from '../set.ts';
import { rememberStats } from '../stats.ts';
import type { Services, TileOf, VolumeItem } from '../types.ts';
import {
  currentVolume,
  INITIAL_OPTIONS,
  type InputOptions,
  optionsOf,
  wholeOf,
} from '../volumes.ts';
import type { InputActions } from './input.ts';

export interface SegmentActions {
  /** Runs the network in use over the whole of the volume shown; settles at the end, however it comes. */
  segment(): Promise<void>;
  cancelSegmentation(): void;
  chooseSegmentation(part: Partial<SegmentChoice>): void;
  /** Flips the sign of a volume's density before the network sees it. */
  invertVolume(id: string, invert: boolean): void;
  showLabel(label: number, shown: boolean): void;
  /** Takes the crosshair to a component. */
  goToComponent(id: number): void;
  /** Goes `delta` components on among those of the classes shown, the largest first, round the ends. */
  stepComponent(delta: number): void;
  /** Shows the tile around a component, explained by its summed score. */
  explainComponent(id: number): void;
  /** Shows the tile around a voxel of the labels, explained by the score of a channel there. */
  explainVoxel(voxel: Shape3, channel: number): void;
  /** Shows the volume that a tile was cut out of. */
  leaveTile(): void;
}

const BINS = 96;

/** What is asked about a tile. */
type Ask = (tile: CutTile<SourceGrid>) => {
  readonly region: Region;
  readonly classIndex: number;
  /** What the tile lies around. */
  readonly words: string;
};

export function createSegmentActions(
  set: StoreSet,
  services: () => Services,
  { chooseVolume }: Pick<InputActions, 'chooseVolume'>,
): SegmentActions {
  const { volumes, network, view, explain, segmentation, notices } = set;
  let running: AbortController | null = null;
  let counter = 0;
  /** Where one looked in the whole volume before its tile. */
  let before: Vec3 | null = null;

  // What was asked about a tile belongs to it alone, and is asked again whenever it is shown.
  volumes.subscribe((now, before) => {
    if (now.currentId === before.currentId) return;
    const tile = currentVolume(now)?.tile;
    if (tile) explain.setState(tile.question);
    else if (before.items.find(({ id }) => id === before.currentId)?.tile)
      explain.setState({ aim: DEFAULT_AIM, classIndex: null });
  });
  volumes.subscribe(({ items }, before) => {
    const { result } = segmentation.getState();
    if (items === before.items || !result) return;
    if (!items.some(({ id }) => id === result.item.id)) segmentation.setState({ result: null });
  });

  const subject = (): VolumeItem | null => wholeOf(volumes.getState());

  const goTo = (id: number) => {
    const { result } = segmentation.getState();
    const component = result?.found.components.list[id - 1];
    if (!result || !component) return;
    segmentation.setState({ chosen: id });
    view.setState({ crosshair: placeOf(result.grid, component.inside) });
  };

  const open = (shown: SegmentedVolume, voxel: Shape3, ask: Ask): void => {
    const { found, volume, input, item, model } = shown;
    if (network.getState().model?.id !== model.id) {
      const problem = `The segmentation is ${model.title}’s, which is not in use any more; segment the volume again.`;
      notify(notices, 'error', problem);
      return;
    }
    const { plan, tiling } = found;
    const tile = cutTile({ ...volume, data: input }, plan, tiling, voxel);
    const box = slabOf(tile, tiling.sections);
    const { region, classIndex, words } = ask(tile);
    const aim: Aim = { ...DEFAULT_AIM, target: { kind: 'segmentation', region } };
    const question = { aim, classIndex };
    const made = tileItem(`tile-${++counter}`, item, box, {
      ...{ wholeId: item.id, words, question, label: found.channels.indexOf(classIndex) + 1 },
      output: gridOfRegion(turnedGrid(shown.grid, tiling.axes), tile.output),
    });
    rememberStats(made.volume.data, made.stats);
    volumes.setState(({ items, options }) => ({
      // One tile of a volume at a time.
      items: [...items.filter((one) => one.tile?.wholeId !== item.id), made],
      options: { ...options, [made.id]: { ...INITIAL_OPTIONS, normalization: 'none' } },
    }));
    before = view.getState().crosshair;
    chooseVolume(made.id);
    const [x, y, z] = placeOf(shown.grid, voxel);
    const [tz, ty, tx] = turnedShape([z, y, x], tiling.axes);
    view.setState({ crosshair: [tx, ty, tz] });
  };

  return {
    async segment() {
      running?.abort();
      const item = subject();
      const { model } = network.getState();
      if (!item || !model || !isDense(model)) return;
      const abort = new AbortController();
      running = abort;
      const { signal } = abort;
      const onProgress = (progress: Progress) => {
        if (!signal.aborted) segmentation.setState({ progress });
      };
      segmentation.setState({
        status: 'running',
        progress: { stage: 'Preparing the volume' },
        error: null,
      });
      try {
        const { choice } = segmentation.getState();
        const request = requestOf(item, model, choice, optionsOf(volumes.getState(), item.id));
        const prepared = await services().prepare({ volume: item.volume }, request);
        if (signal.aborted) return;
        const { volume, input, steps } = prepared;
        const copies = choice.mirror ? tileCopiesOf(model.sidecar.tiling) : {};
        const found = await services().engine.segment(
          {
            model: model.id,
            input,
            shape: volume.shape,
            tiling: { ...choice.tiling, ...copies },
            probabilities: false,
          },
          { signal, onProgress },
        );
        if (signal.aborted) return;
        const grid = labelsGrid(volume, found);
        const result = { item, model, volume, input, steps, found, grid };
        segmentation.setState({ result, hidden: [], chosen: null, status: 'idle', progress: null });
        const [first] = found.components.list;
        if (first) view.setState({ crosshair: placeOf(grid, first.inside) });
      } catch (error) {
        if (signal.aborted) return;
        segmentation.setState(
          isAborted(error)
            ? { status: 'idle', progress: null }
            : { status: 'error', progress: null, error: sentence(error) },
        );
      }
    },
    cancelSegmentation() {
      running?.abort();
      running = null;
      segmentation.setState({ status: 'idle', progress: null });
    },
    chooseSegmentation(part) {
      segmentation.setState(({ choice }) => ({ choice: { ...choice, ...part } }));
    },
    invertVolume(id, invert) {
      const { options } = volumes.getState();
      const own = { ...optionsOf({ options, currentId: null }, id), invert };
      volumes.setState({ options: { ...options, [id]: own } });
    },
    showLabel(label, shown) {
      segmentation.setState(({ hidden }) => ({
        hidden: shown ? hidden.filter((one) => one !== label) : [...hidden, label],
      }));
    },
    goToComponent: goTo,
    stepComponent(delta) {
      const { chosen, result, hidden } = segmentation.getState();
      const shown =
        result?.found.components.list.filter(({ label }) => !hidden.includes(label)) ?? [];
      if (shown.length === 0) return;
      const at = shown.findIndex(({ id }) => id === chosen);
      const next = at < 0 ? 0 : (at + delta + shown.length) % shown.length;
      goTo(shown[next].id);
    },
    explainComponent(id) {
      const { result } = segmentation.getState();
      const component = result?.found.components.list[id - 1];
      if (!result || !component) return;
      const { components, channels, tiling } = result.found;
      open(result, component.inside, ({ output }) => {
        const voxels = componentInTile(components, id, output, tiling.axes);
        const inside = voxels.reduce((sum, voxel) => sum + voxel, 0);
        const part =
          inside < component.voxels ? ` (${inside} of its ${component.voxels} voxels)` : '';
        return {
          region: { kind: 'mask', voxels },
          classIndex: channels[component.label - 1],
          words: `component ${id}${part}: why ${labelName(result, component.label)}?`,
        };
      });
    },
    explainVoxel(voxel, channel) {
      const { result } = segmentation.getState();
      if (!result) return;
      open(result, voxel, ({ place }) => {
        const centre = result.model.inputShape.length === 4 ? place : place.slice(1);
        return {
          region: { kind: 'ball', centre, radius: 0 },
          classIndex: channel,
          words: `voxel ${[...voxel]
            .reverse()
            .map((n) => n + 1)
            .join(', ')}: why not ${result.model.classes[channel]}?`,
        };
      });
    },
    leaveTile() {
      const tile = currentVolume(volumes.getState())?.tile;
      if (!tile) return;
      chooseVolume(tile.wholeId);
      if (before) view.setState({ crosshair: before });
    },
  };
}

/** How a volume is brought to what the network sees, in its whole size. */
function requestOf(
  { volume }: VolumeItem,
  { sidecar }: ModelInfo,
  { resample }: SegmentChoice,
  { invert, normalization }: InputOptions,
): PrepareRequest {
  const { voxelSize: expected } = sidecar;
  const { shape, voxelSize, voxelSizeKnown } = volume;
  const other =
    resample && expected !== undefined && voxelSizeKnown && !sameVoxelSize(voxelSize, expected);
  const size = (axis: 0 | 1 | 2) =>
    other ? Math.max(1, Math.round((shape[axis] * voxelSize[2 - axis]) / expected)) : shape[axis];
  return {
    expectation: {
      shape: [size(0), size(1), size(2)],
      voxelSize: other ? expected : undefined,
      steps: sidecar.steps,
    },
    invert,
    fit: other ? 'resample' : 'none',
    voxelScale: 1,
    normalization: normalization === 'model' ? (sidecar.normalization ?? 'none') : normalization,
    axes: SAME_AXES,
    channels: 1,
    section: null,
    around: false,
  };
}

/** The values that a network sees as a volume: sections that are its channels lie one behind the other again. */
function slabOf(
  { values, grid }: Pick<CutTile<SourceGrid>, 'values' | 'grid'>,
  sections: number,
): Pick<CutTile<SourceGrid>, 'values' | 'grid'> {
  if (sections === 1) return { values, grid };
  const [, ny, nx] = grid.shape;
  const slab = new Float32Array(values.length);
  for (let at = 0; at < values.length; at++)
    slab[(at % sections) * ny * nx + Math.floor(at / sections)] = values[at];
  const before = Math.floor(sections / 2);
  const region = { start: [-before, 0, 0], shape: [sections, ny, nx] } as const;
  return { values: slab, grid: gridOfRegion(grid, region) };
}

/** A tile as a volume of its own, in the world coordinates of the whole. */
function tileItem(
  id: string,
  { name, report, file, truth }: VolumeItem,
  { values, grid }: Pick<CutTile<SourceGrid>, 'values' | 'grid'>,
  tile: TileOf,
): VolumeItem {
  const { shape, voxelSize, voxelSizeKnown, origin } = grid;
  const volume = { shape, voxelSize, voxelSizeKnown, origin, data: values };
  const { min, max, mean, std } = computeStats(values);
  return {
    id,
    name: `Tile of ${name}`,
    volume,
    stats: { min, max, mean, std, histogram: histogram(values, BINS, min, max).counts },
    report: {
      ...report,
      ...{ shape, voxelSize, voxelSizeKnown, origin },
      kind: 'volume',
      volumes: 1,
      stats: { min, max, mean, rms: std },
      findings: [],
    },
    file: { ...file, name: `Tile of ${name}` },
    origin: 'tile',
    truth,
    tile,
  };
}
