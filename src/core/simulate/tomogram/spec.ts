import { badInput } from '../../errors.ts';
import { boxText } from '../../volume/notation.ts';
import type { Shape3 } from '../../volume/types.ts';

/** What stands in a synthetic tomogram; how it is imaged is a `SimulationSpec`. */
export interface TomogramSpec {
  /** `[z, y, x]` voxels of the templates' size. */
  readonly shape: Shape3;
  /** Particles of each class. */
  readonly perClass: number;
  /** Vesicles, i.e. spherical bilayers. */
  readonly membranes: number;
  /** Gold beads of 10 nm. */
  readonly fiducials: number;
}

/** Real values and a half spectrum of so many voxels take 3 GB. */
const MOST_VOXELS = 2 ** 28;
const LEAST_EDGE = 16;
const MOST_OBJECTS = 100_000;

/** @throws AppError 'bad-input' naming the value, what it is and what is accepted */
export function checkTomogramSpec(spec: TomogramSpec): void {
  const { shape, perClass, membranes, fiducials } = spec;
  const voxels = shape[0] * shape[1] * shape[2];
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= LEAST_EDGE) || voxels > MOST_VOXELS) {
    throw badInput(
      `A tomogram of ${boxText(shape)} voxels (x, y, z) is impossible; accepted: at least ${LEAST_EDGE} along each edge and up to ${MOST_VOXELS} in all, e.g. 300x300x150.`,
    );
  }
  const counts = { 'particles of a class': perClass, membranes, fiducials };
  for (const [what, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || count < 0 || count > MOST_OBJECTS)
      throw badInput(`${count} ${what} are impossible; accepted: 0 to ${MOST_OBJECTS}.`);
  }
}
