import { createStore } from 'zustand/vanilla';
import type { CamMap, CamMethod, LedgerRow } from '../core/cam/types.ts';
import type { Shape3 } from '../core/volume/types.ts';
import type { Explanation, LayerExplanation, ModelInfo, Progress } from '../engine/types.ts';
import { type Aim, DEFAULT_AIM } from './aim.ts';
import type { Prepared } from './prepare.ts';
import type { VolumeItem } from './types.ts';

/** Asked for at once, of all classes; other maps when they are chosen. */
export const EAGER_METHODS = ['respond', 'grad', 'hirescam', 'xgrad'] as const;

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
  /** One layer, all classes, all methods. */
  readonly result: Explanation;
  /** Class shown when `model` was replaced; null while it is the network in use. */
  readonly lastClass: number | null;
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
  /** `answer` is of another network or layer than asked for; it stays until the new one is there. */
  readonly stale: boolean;
  /** Layer asked for; null means the network's default. */
  readonly layer: string | null;
  /** Which of the network's numbers the maps are of. */
  readonly aim: Aim;
  /** Class asked for; null means the one the network predicts. Read it with {@link shownClass}. */
  readonly classIndex: number | null;
  readonly methods: readonly [left: CamMethod, right: CamMethod];
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

export function shownClass({
  classIndex,
  answer,
}: Pick<ExplainState, 'classIndex' | 'answer'>): number | null {
  return answer?.lastClass ?? classIndex ?? answer?.result.predicted ?? null;
}

/** The layer whose maps are at hand. */
export function shownLayer({ answer }: Pick<ExplainState, 'answer'>): LayerExplanation | null {
  return answer?.result.layers[0] ?? null;
}

export interface MethodMap {
  readonly method: CamMethod;
  readonly map: CamMap;
  readonly layerShape: Shape3;
}

/** The shown class's map of each of the two chosen methods, at the layer's own resolution. */
export function currentMaps(state: ExplainState): readonly [MethodMap | null, MethodMap | null] {
  const layer = shownLayer(state);
  const index = shownClass(state);
  const found = layer?.classes.find((row) => row.index === index);
  const of = (method: CamMethod): MethodMap | null => {
    const map = found?.methods[method];
    return map && layer ? { method, map, layerShape: spatial(layer.shape) } : null;
  };
  return [of(state.methods[0]), of(state.methods[1])];
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
