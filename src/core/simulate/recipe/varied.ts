import { badInput } from '../../errors.ts';
import { createRandom, type Random } from '../random.ts';
import { type Quaternion, randomRotation, rotationMatrix } from '../rotation.ts';
import { createSpline, rotateVolume, type SplineVolume } from '../spline.ts';
import type { Template } from '../templates.ts';
import { BACKGROUNDS } from './backgrounds.ts';
import type { Imaging } from './fields.ts';
import { createVariedModel } from './imaging.ts';
import { drawImaging, type Recipe } from './recipe.ts';

/** The class of everything that is none of the complexes. */
export const OTHER = 'other (no complex of this list)';

/** Draws subtomograms by a recipe. */
export interface VariedSimulator {
  /** The templates, then the kinds of background where the recipe has them. */
  readonly kinds: readonly { readonly id: string; readonly name: string }[];
  /** Voxels along each edge. */
  readonly box: number;
  /**
   * Writes subtomogram `index` of a kind into `out` (`[box, box, box]`, dark density, not normalised). The
   * values depend on (recipe, seed, kind, index) alone.
   */
  simulate(kind: number, index: number, out: Float32Array): void;
  /** What that volume is made with. */
  imaging(kind: number, index: number): Imaging;
}

/** The position among a network's outputs of each kind: all backgrounds share the last one. */
export function labelOf(kind: number, templates: number): number {
  return Math.min(kind, templates);
}

// Streams of one volume.
const POSE = 1;
const NOISE = 2;
const IMAGING = 3;
const NEIGHBOURS = 4;
const BACKGROUND = 5;

/** The SNR of a background that would otherwise have no noise at all. */
const BACKGROUND_SNR = 1000;

/**
 * @param templates of one cubic grid
 * @throws AppError 'bad-input' for templates that differ in grid, and for a kind or index that cannot be.
 */
export function createVariedSimulator(
  templates: readonly Template[],
  recipe: Recipe,
  seed: number,
): VariedSimulator {
  const first = templates[0];
  if (!first) throw badInput('A simulator needs at least one template.');
  const box = first.volume.shape[2];
  const voxelSize = first.volume.voxelSize[0];
  if (templates.some(({ volume }) => volume.shape[2] !== box))
    throw badInput('The templates differ in their grids; accepted: one grid for all.');
  const splines = templates.map(({ volume }) => createSpline(volume));
  const model = createVariedModel(box, voxelSize);
  const backgrounds = recipe.background ? BACKGROUNDS : [];
  const kinds = [...templates, ...backgrounds].map(({ id, name }) => ({ id, name }));
  const beside = new Float32Array(box ** 3);

  function imaging(kind: number, index: number): Imaging {
    if (!kinds[kind]) throw badInput(`No kind ${kind}; there are ${kinds.length}, from 0.`);
    if (!Number.isSafeInteger(index) || index < 0)
      throw badInput(`Subtomogram ${index}: the index must be an integer from 0 up.`);
    return drawImaging(recipe, seed, kind, index, IMAGING);
  }

  /** The density of a particle at `at` (Å). */
  function place(
    spline: SplineVolume,
    rotation: Quaternion,
    at: readonly number[],
    scale: number,
    out: Float32Array,
  ): void {
    const matrix = rotationMatrix(rotation).map((v) => v / scale);
    const shift = at.map((s) => s / voxelSize);
    rotateVolume({ ...spline, radius: spline.radius * scale }, matrix, shift, out);
  }

  function particle(kind: number, index: number, made: Imaging, out: Float32Array): void {
    const random = createRandom(seed, kind, index, POSE);
    const rotation = randomRotation(random);
    const shift = [0, 0, 0].map(() => (2 * random.uniform() - 1) * made.shift);
    const at = direction(random).map((v, axis) => v * made.offset + shift[axis]);
    place(splines[kind], rotation, at, made.scale, out);
  }

  /** Adds particles that touch what is in the middle, partly out of the box. */
  function addNeighbours(kind: number, index: number, made: Imaging, out: Float32Array): void {
    const random = createRandom(seed, kind, index, NEIGHBOURS);
    const own = splines[kind]?.radius ?? box / 4;
    for (let i = 0; i < made.neighbours; i++) {
      const spline = splines[Math.floor(random.uniform() * splines.length)];
      const distance = (0.7 + 0.5 * random.uniform()) * (own + spline.radius) * voxelSize;
      const at = direction(random).map((v) => v * distance);
      place(spline, randomRotation(random), at, made.scale, beside);
      for (let v = 0; v < out.length; v++) out[v] += beside[v];
    }
  }

  return {
    kinds,
    box,
    imaging,
    simulate(kind, index, out) {
      const made = imaging(kind, index);
      const background = backgrounds[kind - templates.length];
      if (background) {
        background.draw(createRandom(seed, kind, index, BACKGROUND), out, box, voxelSize);
        if (background.kind === 'finished') return;
      } else particle(kind, index, made, out);
      addNeighbours(kind, index, made, out);
      const snr = background ? Math.min(made.snr, BACKGROUND_SNR) : made.snr;
      model.image(out, createRandom(seed, kind, index, NOISE), { ...made, snr });
    },
  };
}

function direction(random: Random): [number, number, number] {
  const [x, y, z] = [random.normal(), random.normal(), random.normal()];
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}
