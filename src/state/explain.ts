import { createStore } from 'zustand/vanilla';
import type { CamMethod, LedgerRow } from '../core/cam/types.ts';
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

export type MethodPair = readonly [left: CamMethod, right: CamMethod];

/** A class and two methods whose maps are in an answer. */
export interface MapChoice {
  readonly classIndex: number;
  readonly methods: MethodPair;
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
  /** `answer` has not what is asked for: another network, layer or map; it stays until the new one is there. */
  readonly stale: boolean;
  /** Layer asked for; null means the network's default. */
  readonly layer: string | null;
  /** Which of the network's numbers the maps are of. */
  readonly aim: Aim;
  /** Class asked for; null means the one the network predicts. Read it with {@link shownClass}. */
  readonly classIndex: number | null;
  /** Methods asked for; a map says by which it is. */
  readonly methods: MethodPair;
}

export const createExplainStore = () =>
  createStore<ExplainState>(() => ({
    status: 'idle',
    progress: null,
    error: null,
    prepared: null,
    mismatch: null,
    answer: null,
    stale: false,
    layer: null,
    aim: DEFAULT_AIM,
    classIndex: null,
    methods: ['grad', 'respond'],
  }));

/** The explanation at hand. */
export function shownResult({ answer }: Pick<ExplainState, 'answer'>): Explanation | null {
  return answer?.result ?? null;
}

type Choosing = Pick<ExplainState, 'classIndex' | 'methods' | 'answer'>;

/** What is chosen where its maps are there, else the last choice whose maps were. */
function shownChoice({ classIndex, methods, answer }: Choosing): MapChoice | null {
  if (!answer) return null;
  const { result, lastClass, shown } = answer;
  const chosen = { classIndex: lastClass ?? classIndex ?? result.predicted, methods };
  return hasMaps(result, chosen) ? chosen : shown;
}

export function shownClass(state: Choosing): number | null {
  return shownChoice(state)?.classIndex ?? null;
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

/** Whether both maps of a choice are in an explanation. */
export function hasMaps(
  result: Pick<Explanation, 'layers'>,
  { methods, classIndex }: MapChoice,
): boolean {
  return methods.every((method) => mapIn(result, method, classIndex));
}

export interface MethodMap {
  readonly method: CamMethod;
  readonly map: GridMap;
  readonly gridShape: Shape3;
  /** Name of the layer at which it stands. */
  readonly layer: string;
}

/** The shown class's map of each of the two shown methods, at its own resolution. */
export function currentMaps(state: ExplainState): readonly [MethodMap | null, MethodMap | null] {
  const index = shownClass(state);
  const of = (method: CamMethod): MethodMap | null => {
    const found = state.answer && mapIn(state.answer.result, method, index);
    if (!found) return null;
    const { map, layer } = found;
    return { method, map, gridShape: spatial(map.shape), layer: layer.name };
  };
  const choice = shownChoice(state);
  return choice ? [of(choice.methods[0]), of(choice.methods[1])] : [null, null];
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
