import { topVoxels } from '../../core/agreement/index.ts';
import type { CamMethod } from '../../core/cam/index.ts';
import { ballOf, hiding } from '../../core/faithfulness/index.ts';
import { methodMap } from '../explain.ts';
import { resampleMap } from '../heatmap.ts';
import type { StoreSet } from '../set.ts';
import type { Services } from '../types.ts';
import { aboutOf } from './question.ts';
import { walkSubject } from './walk.ts';

/** What of the volume is hidden from the network. */
export type Hidden =
  | { readonly kind: 'ball'; readonly radius: number }
  | { readonly kind: 'top'; readonly share: number; readonly method: CamMethod };

/** What became of the answer. */
export interface Occluded {
  /** Same key, same explanation that it was tried on. */
  readonly key: string;
  /** The explained number before and after. */
  readonly before: number;
  readonly after: number;
  /** Class that is answered now. */
  readonly predicted: number;
  /** Share of the box that was hidden. */
  readonly share: number;
}

export interface OccludeActions {
  /**
   * Asks the network again without a part of the volume, or with this part alone: a ball around the crosshair (radius in
   * Å), or the highest voxels of a map. Null where nothing is explained.
   */
  occlude(hidden: Hidden, only: boolean): Promise<Occluded | null>;
}

export function createOccludeActions(
  { explain, view }: StoreSet,
  services: () => Services,
): OccludeActions {
  return {
    async occlude(hidden, only) {
      const subject = walkSubject(explain.getState());
      if (!subject) return null;
      const { key, answer, aim, classIndex } = subject;
      const { model, prepared, result } = answer;
      const { input, inputShape, volume } = prepared;
      const map = hidden.kind === 'top' ? methodMap(result, hidden.method, classIndex) : null;
      const marked =
        hidden.kind === 'ball'
          ? ballOf(volume, view.getState().crosshair, hidden.radius)
          : map && topVoxels(resampleMap(map, volume).data, hidden.share);
      if (!marked) return null;
      const seen = { input, channels: inputShape[inputShape.length - 1] };
      const { output, target } = aboutOf(aim);
      const [scores] = await services().engine.scores({
        ...{ model: model.id, inputShape, inputs: [hiding(seen, marked, only)] },
        ...(output !== undefined && { output }),
        ...(target && { target }),
      });
      const predicted = scores.reduce((best, one, i) => (one > scores[best] ? i : best), 0);
      return {
        ...{ key, predicted, before: result.scores[classIndex], after: scores[classIndex] },
        share: marked.reduce((sum, one) => sum + one, 0) / marked.length,
      };
    },
  };
}
