import { sentence } from '../../core/errors.ts';
import type { History } from '../history.ts';
import { notify } from '../notices.ts';
import type { StoreSet } from '../set.ts';
import { CENTRED, type StructureLook, type StructurePose } from '../structure.ts';
import type { Services } from '../types.ts';
import { currentVolume, type VolumesState } from '../volumes.ts';

export interface StructureActions {
  /** Draws a structure over the volume: as the sample was simulated, else in the middle of the box. */
  openStructure(file: File, pose?: StructurePose): Promise<void>;
  closeStructure(): void;
  /** `dragging` joins changes into one undo step. */
  placeStructure(part: Partial<StructurePose>, dragging?: boolean): void;
  showStructure(visible: boolean): void;
  drawStructure(drawn: StructureLook): void;
}

/** The same object for the same sample, as views compare it. */
const poses = new WeakMap<object, StructurePose>();

/** How the molecule of the sample on screen lies; null where that is not known. */
export function simulatedPose(volumes: VolumesState): StructurePose | null {
  const sample = currentVolume(volumes)?.sample;
  if (!sample?.rotation || !sample.shift) return null;
  const [w, x, y, z] = sample.rotation;
  const [dx, dy, dz] = sample.shift;
  const known = poses.get(sample) ?? { rotation: [x, y, z, w], shift: [dx, dy, dz] };
  poses.set(sample, known);
  return known;
}

/** A pose turned about an axis of the world (0 x, 1 y, 2 z), by degrees. */
export function turnedPose(
  { rotation: [x, y, z, w], shift }: StructurePose,
  axis: number,
  degrees: number,
): StructurePose {
  const half = (degrees * Math.PI) / 360;
  const [a, b, c] = [0, 1, 2].map((i) => (i === axis ? Math.sin(half) : 0));
  const d = Math.cos(half);
  return {
    rotation: [
      d * x + a * w + b * z - c * y,
      d * y - a * z + b * w + c * x,
      d * z + a * y - b * x + c * w,
      d * w - a * x - b * y - c * z,
    ],
    shift,
  };
}

export function createStructureActions(
  set: StoreSet,
  services: () => Services,
  history: History,
): StructureActions {
  const { structure, notices } = set;
  let latest = 0;
  return {
    async openStructure(file, pose) {
      const mine = ++latest;
      try {
        const atoms = await services().openStructure(file.name, file);
        if (mine !== latest) return;
        const placed = pose ?? simulatedPose(set.volumes.getState()) ?? CENTRED;
        structure.setState({ atoms, file, pose: placed, visible: true });
      } catch (error) {
        notify(notices, 'error', sentence(error));
      }
    },
    closeStructure() {
      latest++;
      structure.setState({ atoms: null, file: null });
    },
    placeStructure(part, dragging = false) {
      history.commit(
        part.rotation ? 'turn of the structure' : 'place of the structure',
        () => structure.setState(({ pose }) => ({ pose: { ...pose, ...part } })),
        { merge: dragging },
      );
    },
    showStructure(visible) {
      structure.setState({ visible });
    },
    drawStructure(drawn) {
      structure.setState({ drawn });
    },
  };
}
