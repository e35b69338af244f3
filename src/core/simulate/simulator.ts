import { badInput } from '../errors.ts';
import { snrGain } from './band.ts';
import { createFourierModel } from './fourier.ts';
import { createProjectionModel } from './projection.ts';
import { createRandom } from './random.ts';
import { type Pose, randomRotation, rotationMatrix } from './rotation.ts';
import { resolveSpec, type SimulationSpec } from './spec.ts';
import { createSpectra } from './spectra.ts';
import { createSpline, rotateVolume } from './spline.ts';
import type { Template } from './templates.ts';

/** Draws subtomograms; holds its work space, so a call allocates next to nothing. */
export interface Simulator {
  readonly spec: SimulationSpec;
  readonly classes: readonly { readonly id: string; readonly name: string }[];
  /** Voxels along each edge. */
  readonly box: number;
  /** Å. */
  readonly voxelSize: number;
  /**
   * Writes subtomogram `index` of class `classIndex` into `out` (`[box, box, box]`, dark density,
   * template units, not normalised). The values depend on (spec, class, index) alone.
   *
   * @throws AppError 'bad-input' for a class or index that cannot be.
   */
  simulate(classIndex: number, index: number, out: Float32Array): void;
  /** The orientation and displacement of that subtomogram; the same at every SNR. */
  pose(classIndex: number, index: number): Pose;
}

// Streams of one volume, so that its pose does not depend on how much noise is drawn.
const POSE = 1;
const NOISE = 2;

/**
 * A simulator of the classes of `templates`, which must share one cubic grid.
 *
 * @param partial what differs from `DEFAULT_SPEC`
 * @throws AppError 'bad-input' for an impossible parameter or templates that differ in grid.
 */
export function createSimulator(
  templates: readonly Template[],
  partial: Partial<SimulationSpec> = {},
): Simulator {
  const spec = resolveSpec(partial);
  const first = templates[0];
  if (!first) throw badInput('A simulator needs at least one template.');
  const box = first.volume.shape[2];
  const voxelSize = first.volume.voxelSize[0];
  for (const { id, volume } of templates) {
    if (volume.shape[2] !== box || Math.abs(volume.voxelSize[0] - voxelSize) > 1e-3) {
      throw badInput(
        `Template ${id} has ${volume.shape[2]} voxels of ${volume.voxelSize[0]} Å, the first one ${box} of ${voxelSize} Å.`,
      );
    }
  }
  const splines = templates.map(({ volume }) => createSpline(volume));
  const create = spec.model === 'fourier' ? createFourierModel : createProjectionModel;
  const model = create(box, voxelSize, spec);
  const snrs = boxSnrs(templates, spec);

  function pose(classIndex: number, index: number): Pose {
    if (!splines[classIndex]) {
      throw badInput(`No class ${classIndex}; there are ${templates.length}, counted from 0.`);
    }
    if (!Number.isSafeInteger(index) || index < 0) {
      throw badInput(`Subtomogram ${index}: the index must be an integer from 0 up.`);
    }
    const random = createRandom(spec.seed, classIndex, index, POSE);
    const rotation = randomRotation(random);
    const shift = () => (2 * random.uniform() - 1) * spec.shift;
    return { rotation, shift: [shift(), shift(), shift()] };
  }

  return {
    spec,
    classes: templates.map(({ id, name }) => ({ id, name })),
    box,
    voxelSize,
    pose,
    simulate(classIndex, index, out) {
      const { rotation, shift } = pose(classIndex, index);
      if (out.length !== box ** 3) {
        throw badInput(`The output holds ${out.length} values; a subtomogram has ${box ** 3}.`);
      }
      const voxels = shift.map((s) => s / voxelSize);
      rotateVolume(
        splines[classIndex] as (typeof splines)[number],
        rotationMatrix(rotation),
        voxels,
        out,
      );
      model.image(out, createRandom(spec.seed, classIndex, index, NOISE), snrs[classIndex]);
    },
  };
}

/** The SNR over the whole box of each class. */
function boxSnrs(templates: readonly Template[], spec: SimulationSpec): number[] {
  const { snr, snrBand } = spec;
  if (snrBand === null || !Number.isFinite(snr)) return templates.map(() => snr);
  const { shape, voxelSize } = (templates[0] as Template).volume;
  const spectra = createSpectra(shape[2], voxelSize[0], spec);
  return templates.map(({ volume }) => snr / snrGain(volume, spectra, snrBand));
}
