import { type CamMethod, methodRow } from '../../core/cam/index.ts';
import { aimKey } from '../../core/session/index.ts';
import { stripLayers } from '../../core/network/index.ts';
import type { GridMap } from '../../engine/types.ts';
import { type Answer, headerMethod, shownClass, type ExplainState } from '../explain.ts';
import type { StoreSet } from '../set.ts';
import type { Services } from '../types.ts';
import { createInquiry } from './inquiry.ts';
import { aboutOf, inputOf } from './question.ts';

/** The map of one layer, small beside those of others. */
export interface StripMap {
  /** Name of the layer. */
  readonly layer: string;
  readonly map: GridMap;
}

export interface LayerStripActions {
  /** Explains what is on screen at the layers of the strip, all in one walk through the network. */
  exploreLayers(): Promise<void>;
}

interface Subject {
  readonly answer: Answer;
  readonly aim: ExplainState['aim'];
  readonly classIndex: number;
  readonly method: CamMethod;
  readonly layers: readonly string[];
}

/** Whose maps the strip shows; null while there is no answer, or one that is about to be replaced. */
export function stripSubject(state: ExplainState): (Subject & { readonly key: string }) | null {
  const { answer, stale, aim } = state;
  const classIndex = shownClass(state);
  if (!answer || stale || classIndex === null) return null;
  const { model, prepared, result } = answer;
  const wanted = headerMethod(state);
  const row = wanted && methodRow(wanted);
  const method = wanted && row?.at === 'layer' && !row.ofAverages ? wanted : 'respond';
  // The layer that is shown belongs to the strip without another question where it is one of its usual ones.
  const must = [model.defaultLayer, result.layers[0].name];
  const layers = stripLayers(model.layers, must).map(({ name }) => name);
  const key = [prepared.key, aimKey(aim), classIndex, method, layers.join()].join('|');
  return { key, answer, aim, classIndex, method, layers };
}

export function createLayerStripActions(
  { explain, layerStrip }: StoreSet,
  services: () => Services,
): LayerStripActions {
  const exploreLayers = createInquiry<readonly StripMap[], Subject>({
    ...{ store: layerStrip, explain, subject: stripSubject, remembered: 6 },
    async ask({ answer: { model, prepared }, aim, classIndex, method, layers }, { signal }) {
      const result = await services().engine.explain(
        {
          ...inputOf(model, prepared),
          layers,
          classes: [classIndex],
          methods: [method],
          ...aboutOf(aim),
        },
        { signal },
      );
      return result.layers.flatMap(({ name, classes }) => {
        const map = classes[0].methods[method];
        return map ? [{ layer: name, map }] : [];
      });
    },
  });
  return { exploreLayers };
}
