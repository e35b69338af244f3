import { LAYER_METHODS, type LayerMethod, METHODS } from '../../core/cam/index.ts';
import type { MapTests } from '../../core/probes/index.ts';
import { mapIn } from '../explain.ts';
import type { StoreSet } from '../set.ts';
import type { Services } from '../types.ts';
import { createInquiry } from './inquiry.ts';
import { aboutOf, inputOf } from './question.ts';
import { walkSubject } from './walk.ts';

export interface MapTestActions {
  /** Tests the maps of what is on screen: deletion and insertion, shuffled weights, changed inputs. */
  testMaps(): Promise<void>;
}

export function createMapTestActions(
  { explain, mapTests }: StoreSet,
  services: () => Services,
): MapTestActions {
  const testMaps = createInquiry<MapTests, NonNullable<ReturnType<typeof walkSubject>>>({
    ...{ store: mapTests, explain, subject: walkSubject, remembered: 6 },
    ask({ answer, aim, classIndex }, { signal, onProgress }) {
      const { model, prepared, result } = answer;
      const methods = LAYER_METHODS.filter(
        (method): method is LayerMethod =>
          !METHODS[method].ofAverages && mapIn(result, method, classIndex) !== null,
      );
      // Three parts of the tests take about as long as each other.
      const stages: string[] = [];
      return services().engine.testMaps(
        {
          ...inputOf(model, prepared),
          layer: result.layers[0].name,
          classIndex,
          methods,
          ...aboutOf(aim),
          contrast: model.sidecar.contrast,
        },
        {
          signal,
          onProgress({ stage, fraction = 0 }) {
            if (!stages.includes(stage)) stages.push(stage);
            onProgress(Math.min(1, (stages.indexOf(stage) + fraction) / 3));
          },
        },
      );
    },
  });
  return { testMaps };
}
