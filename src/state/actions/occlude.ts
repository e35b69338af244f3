import { topVoxels } from '../../core/agreement/index.ts';
import type { CamMethod } from '../../core/cam/index.ts';
import { ballOf, hiding, paintStroke, type Stroke } from '../../core/faithfulness/index.ts';
import type { FloatVolume } from '../../core/volume/types.ts';
import { type Answer, methodMap } from '../explain.ts';
import { resampleMap } from '../heatmap.ts';
import { type OcclusionState, paintedOn } from '../occlusion.ts';
import type { StoreSet } from '../set.ts';
import type { Services } from '../types.ts';
import { aboutOf } from './question.ts';
import { walkSubject } from './walk.ts';

/** What of the volume is hidden from the network. */
export type Hidden =
  | { readonly kind: 'ball'; readonly radius: number }
  | { readonly kind: 'painted' }
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
   * Å), what was painted, or the highest voxels of a map. Null where nothing is explained, or nothing painted.
   */
  occlude(hidden: Hidden, only: boolean): Promise<Occluded | null>;
  chooseBrush(part: Partial<Pick<OcclusionState, 'radius' | 'tip'>>): void;
  /** Marks a part of the volume on screen, or takes marks away, as the brush is chosen. */
  paint(volume: FloatVolume, stroke: Omit<Stroke, 'radius'>): void;
  /** The end of a stroke: the views in space follow. */
  restBrush(): void;
  clearPaint(): void;
}

/** Attempts that stay in sight. */
const MOST_TRIES = 4;

export function createOccludeActions(
  { explain, view, volumes, occlusion }: StoreSet,
  services: () => Services,
): OccludeActions {
  const markedBy = (
    hidden: Hidden,
    { item, prepared: { volume }, result }: Answer,
    classIndex: number,
  ): Uint8Array | null => {
    if (hidden.kind === 'ball') return ballOf(volume, view.getState().crosshair, hidden.radius);
    if (hidden.kind === 'painted') {
      const painted = paintedOn(occlusion.getState(), item.id, volume);
      return painted && painted.count > 0 ? painted.marks.data : null;
    }
    const map = methodMap(result, hidden.method, classIndex);
    return map && topVoxels(resampleMap(map, volume).data, hidden.share);
  };
  return {
    async occlude(hidden, only) {
      const subject = walkSubject(explain.getState());
      if (!subject) return null;
      const { key, answer, aim, classIndex } = subject;
      const { model, prepared, result } = answer;
      const { input, inputShape } = prepared;
      const marked = markedBy(hidden, answer, classIndex);
      if (!marked) return null;
      const seen = { input, channels: inputShape[inputShape.length - 1] };
      const { output, target } = aboutOf(aim);
      const [scores] = await services().engine.scores({
        ...{ model: model.id, inputShape, inputs: [hiding(seen, marked, only)] },
        ...(output !== undefined && { output }),
        ...(target && { target }),
      });
      const predicted = scores.reduce((best, one, i) => (one > scores[best] ? i : best), 0);
      const found = {
        ...{ key, predicted, before: result.scores[classIndex], after: scores[classIndex] },
        share: marked.reduce((sum, one) => sum + one, 0) / marked.length,
      };
      occlusion.setState(({ tries }) => ({
        tries: [{ ...found, hidden, only }, ...tries].slice(0, MOST_TRIES),
      }));
      return found;
    },
    chooseBrush: (part) => occlusion.setState(part),
    paint(volume, stroke) {
      const volumeId = volumes.getState().currentId;
      if (volumeId === null) return;
      const { radius, tip } = occlusion.getState();
      const before = paintedOn(occlusion.getState(), volumeId, volume);
      const { shape, voxelSize, origin } = volume;
      const data = before?.marks.data ?? new Uint8Array(volume.data.length);
      const more = paintStroke(data, volume, { ...stroke, radius }, tip === 'erase');
      const painted = {
        ...{ volumeId, marks: { data, shape, voxelSize, origin } },
        ...{ rested: before?.rested ?? null, count: (before?.count ?? 0) + more },
      };
      occlusion.setState({ painted });
    },
    restBrush() {
      const { painted } = occlusion.getState();
      if (!painted) return;
      const rested = painted.count > 0 ? { ...painted.marks } : null;
      occlusion.setState({ painted: { ...painted, rested } });
    },
    clearPaint: () => occlusion.setState({ painted: null }),
  };
}
