import type { CamMethod } from '../../core/cam/index.ts';
import {
  type Marks,
  marksOf,
  type Part,
  paintStroke,
  type Stroke,
} from '../../core/faithfulness/index.ts';
import { voxelToWorld, worldToVoxel } from '../../core/volume/index.ts';
import type { FloatVolume } from '../../core/volume/types.ts';
import { type Answer, methodMap } from '../explain.ts';
import type { History } from '../history.ts';
import { type OcclusionState, type Painted, paintedOn, setMarks } from '../occlusion.ts';
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
  history: History,
): OccludeActions {
  const partOf = (
    hidden: Hidden,
    { item, prepared: { volume }, result }: Answer,
    classIndex: number,
  ): Part | null => {
    const { shape, voxelSize, origin } = volume;
    if (hidden.kind === 'ball') {
      // The voxel that the views read out there.
      const [x, y, z] = worldToVoxel(volume, view.getState().crosshair).map(Math.round);
      const centre = voxelToWorld(volume, [x, y, z]);
      return { ...hidden, grid: { shape, voxelSize, origin }, centre };
    }
    if (hidden.kind === 'painted') {
      const marks = paintedOn(occlusion.getState(), item.id, volume)?.rested;
      return marks ? { kind: 'painted', marks } : null;
    }
    const found = methodMap(result, hidden.method, classIndex);
    if (!found) return null;
    const { map, gridShape } = found;
    return { kind: 'top', map: map.data, from: gridShape, shape, share: hidden.share };
  };
  /** Leaves marks on the volume on screen, as a step that can be taken back. */
  const keepMarks = (label: string, marksFrom: (painted: Painted) => Marks | null) => {
    const { currentId } = volumes.getState();
    const own = currentId === null ? undefined : occlusion.getState().painted[currentId];
    if (currentId === null || !own) return;
    history.commit(label, () => setMarks(occlusion, currentId, marksFrom(own)));
  };
  return {
    async occlude(hidden, only) {
      const subject = walkSubject(explain.getState());
      if (!subject) return null;
      const { key, answer, aim, classIndex } = subject;
      const { model, prepared, result } = answer;
      const { input, inputShape } = prepared;
      const part = partOf(hidden, answer, classIndex);
      if (!part) return null;
      const { output, target } = aboutOf(aim);
      const { scores, share } = await services().engine.occlude({
        ...{ model: model.id, inputShape, input, part, only },
        ...(output !== undefined && { output }),
        ...(target && { target }),
      });
      const predicted = scores.reduce((best, one, i) => (one > scores[best] ? i : best), 0);
      const found = {
        ...{ key, predicted, before: result.scores[classIndex], after: scores[classIndex] },
        share,
      };
      occlusion.setState(({ tries }) => ({
        tries: [{ ...found, hidden, part, only }, ...tries].slice(0, MOST_TRIES),
      }));
      return found;
    },
    chooseBrush: (part) => occlusion.setState(part),
    paint(volume, stroke) {
      const volumeId = volumes.getState().currentId;
      if (volumeId === null) return;
      const { radius, tip, painted } = occlusion.getState();
      const before = paintedOn(occlusion.getState(), volumeId, volume);
      const { shape } = volume;
      const data = before?.data ?? new Uint8Array(volume.data.length);
      const more = paintStroke(data, volume, { ...stroke, radius }, tip === 'erase');
      const count = (before?.count ?? 0) + more;
      const own = { shape, data, count, rested: before?.rested ?? null };
      occlusion.setState({ painted: { ...painted, [volumeId]: own } });
    },
    restBrush: () =>
      keepMarks('brush stroke', ({ count, data, shape }) =>
        count > 0 ? marksOf(data, shape) : null,
      ),
    clearPaint: () => keepMarks('painting', () => null),
  };
}
