import { createStore } from 'zustand/vanilla';
import type { CamMethod, LedgerRow } from '../core/cam/types.ts';
import { FIRST_PANELS, headerPanels, type MapPanel, type Panel } from '../core/session/index.ts';
import type { Shape3 } from '../core/volume/types.ts';
import type {
  Explanation,
  GridMap,
  LayerExplanation,
  ModelInfo,
  Progress,
} from '../engine/types.ts';
import { type Aim, DEFAULT_AIM } from './aim.ts';
import type { Prepared } from './prepare.ts';
import type { VolumeItem } from './types.ts';

/** Asked for at once, of all classes; other maps when they are chosen. */
export const EAGER_METHODS = ['respond', 'grad', 'hirescam', 'xgrad'] as const;

/** A class and panels; the maps of those that ask what the header asks are in an answer. */
export interface MapChoice {
  readonly classIndex: number;
  readonly panels: readonly Panel[];
}

/** An explanation with what it is of. Everything beside its maps is named after this. */
export interface Answer {
  /** Same key, same question. */
  readonly key: string;
  readonly item: VolumeItem;
  /** The volume with what the user does to it; the same for every network. */
  readonly volumeKey: string;
  /** Its `classes` are the names of the numbers that were asked about. */
  readonly model: ModelInfo;
  /** The volume on the network's grid. */
  readonly prepared: Prepared;
  /**
   * One layer with all classes by {@link EAGER_METHODS}, and what else was chosen: other methods of the layer of all
   * classes, maps on the input's grid of single ones, which may stand at the input as a second layer.
   */
  readonly result: Explanation;
  /** Class shown when `model` was replaced; null while it is the network in use. */
  readonly lastClass: number | null;
  /** The last choice whose maps it had: it stays on screen while others are on their way. */
  readonly shown: MapChoice;
}

export interface ExplainState {
  readonly status: 'idle' | 'running' | 'ready' | 'error';
  readonly progress: Progress | null;
  readonly error: string | null;
  /** The volume on the network's grid, as soon as it is there. */
  readonly prepared: Prepared | null;
  /** Why the volume cannot be given to the network as it is; the user is to choose a fit. */
  readonly mismatch: string | null;
  readonly answer: Answer | null;
  /** Key of the question under way; null while there is none. */
  readonly asked: string | null;
  /** `answer` has not what is asked for: another network, layer or map; it stays until the new one is there. */
  readonly stale: boolean;
  /** Layer asked for; null means the network's default. */
  readonly layer: string | null;
  /** Which of the network's numbers the maps are of. */
  readonly aim: Aim;
  /** Class asked for; null means the one the network predicts. Read it with {@link shownClass}. */
  readonly classIndex: number | null;
  /** What is compared beside the input; a map says by which method it is. */
  readonly panels: readonly Panel[];
  /** By the panel's id, of panels that ask something else than the header. */
  readonly others: Readonly<Record<string, PanelAnswer>>;
}

/** The answer of a panel that asks something else than the header. */
export interface PanelAnswer {
  readonly status: 'waiting' | 'running' | 'ready' | 'error';
  readonly progress: Progress | null;
  /** Why there is no map, as a sentence. */
  readonly error: string | null;
  /** The volume on the network's grid and the maps; those shown before until new ones are there. */
  readonly shown: {
    readonly answer: Answer;
    readonly method: CamMethod;
    readonly classIndex: number;
  } | null;
}

export const createExplainStore = () =>
  createStore<ExplainState>(() => ({
    status: 'idle',
    progress: null,
    error: null,
    prepared: null,
    mismatch: null,
    answer: null,
    asked: null,
    stale: false,
    layer: null,
    aim: DEFAULT_AIM,
    classIndex: null,
    panels: FIRST_PANELS,
    others: {},
  }));

/** The explanation at hand. */
export function shownResult({ answer }: Pick<ExplainState, 'answer'>): Explanation | null {
  return answer?.result ?? null;
}

type Choosing = Pick<ExplainState, 'classIndex' | 'panels' | 'answer'>;

/** What is chosen where its maps are there, else the last choice whose maps were. */
function shownChoice({ classIndex, panels, answer }: Choosing): MapChoice | null {
  if (!answer) return null;
  const { result, lastClass, shown } = answer;
  const chosen = { classIndex: lastClass ?? classIndex ?? result.predicted, panels };
  return hasMaps(result, chosen) ? chosen : shown;
}

export function shownClass(state: Choosing): number | null {
  return shownChoice(state)?.classIndex ?? null;
}

/** The method of the last panel that asks what the header asks: the one that words about the answer are of. */
export function headerMethod({ panels }: Pick<ExplainState, 'panels'>): CamMethod | null {
  return headerPanels(panels).at(-1)?.method ?? null;
}

/** The layer whose maps are at hand. */
export function shownLayer({ answer }: Pick<ExplainState, 'answer'>): LayerExplanation | null {
  return answer?.result.layers[0] ?? null;
}

/** A class's map by a method, and the layer at which it stands; null where it was not computed. */
export function mapIn(
  { layers }: Pick<Explanation, 'layers'>,
  method: CamMethod,
  index: number | null,
): { readonly map: GridMap; readonly layer: LayerExplanation } | null {
  for (const layer of layers) {
    const map = layer.classes.find((row) => row.index === index)?.methods[method];
    if (map) return { map, layer };
  }
  return null;
}

type Asked = Pick<Explanation, 'layers' | 'scores'>;

/** The class whose map a panel shows: its own where the network has it. */
export function classOfPanel(
  { overrides }: MapPanel,
  chosen: number,
  { scores }: Pick<Explanation, 'scores'>,
): number {
  const { classIndex } = overrides;
  return classIndex !== undefined && classIndex < scores.length ? classIndex : chosen;
}

/** Whether the maps of all panels of a choice that ask what the header asks are in an explanation. */
export function hasMaps(result: Asked, { panels, classIndex }: MapChoice): boolean {
  return headerPanels(panels).every((panel) =>
    mapIn(result, panel.method, classOfPanel(panel, classIndex, result)),
  );
}

export interface MethodMap {
  readonly method: CamMethod;
  readonly classIndex: number;
  readonly map: GridMap;
  readonly gridShape: Shape3;
  /** Name of the layer at which it stands. */
  readonly layer: string;
}

/** A map of an answer, at its own resolution; null where it was not computed. */
export function methodMap(
  result: Pick<Explanation, 'layers'>,
  method: CamMethod,
  classIndex: number,
): MethodMap | null {
  const found = mapIn(result, method, classIndex);
  if (!found) return null;
  const { map, layer } = found;
  return { method, classIndex, map, gridShape: spatial(map.shape), layer: layer.name };
}

/**
 * The map of a panel that asks what the header asks: of what is chosen where the maps of all such panels are there,
 * else of what was shown before. A panel that is new shows its map as soon as it is there.
 */
export function headerMap(state: Choosing, panel: MapPanel): MethodMap | null {
  const choice = shownChoice(state);
  if (!state.answer || !choice) return null;
  const { result } = state.answer;
  const before = headerPanels(choice.panels).find(({ id }) => id === panel.id) ?? panel;
  return methodMap(result, before.method, classOfPanel(before, choice.classIndex, result));
}

/** Whether a map is the one that its panel asks of the answer at hand, which may still lack others. */
export function isChosenMap(
  { answer, asked, stale, classIndex }: ExplainState,
  panel: MapPanel,
  shown: Pick<MethodMap, 'method' | 'classIndex'>,
): boolean {
  if (!answer || !stale) return answer !== null;
  const chosen = classIndex ?? answer.result.predicted;
  return (
    answer.key === asked &&
    shown.method === panel.method &&
    shown.classIndex === classOfPanel(panel, chosen, answer.result)
  );
}

/** The ledger of the shown class. */
export function currentLedger(state: ExplainState): LedgerRow | null {
  const index = shownClass(state);
  return shownLayer(state)?.ledger.find((row) => row.index === index) ?? null;
}

/** `[z, y, x]` of a map; a 2D map is one section. */
export function spatial(shape: readonly number[]): Shape3 {
  return shape.length === 2 ? [1, shape[0], shape[1]] : [shape[0], shape[1], shape[2]];
}
