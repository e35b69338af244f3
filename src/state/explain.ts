import { createStore } from 'zustand/vanilla';
import type { CamMap, CamMethod, LedgerRow } from '../core/cam/types.ts';
import type { Shape3 } from '../core/volume/types.ts';
import type { Explanation, LayerExplanation, Progress } from '../engine/types.ts';
import type { Prepared } from './prepare.ts';

export interface ExplainState {
  readonly status: 'idle' | 'running' | 'ready' | 'error';
  readonly progress: Progress | null;
  readonly error: string | null;
  /** The volume on the network's grid that `result` belongs to. */
  readonly prepared: Prepared | null;
  /** Why the volume cannot be given to the network as it is; the user is to choose a fit. */
  readonly mismatch: string | null;
  /** One layer, all classes, all methods; of `prepared`. */
  readonly result: Explanation | null;
  /** Layer asked for; null means the network's default. */
  readonly layer: string | null;
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
    result: null,
    layer: null,
    classIndex: null,
    methods: ['grad', 'respond'],
  }));

export function shownClass({ classIndex, result }: ExplainState): number | null {
  return classIndex ?? result?.predicted ?? null;
}

/** The layer whose maps are at hand. */
export function shownLayer({ result }: ExplainState): LayerExplanation | null {
  return result?.layers[0] ?? null;
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
