import { badInput } from '../../errors.ts';
import { computeStats } from '../../volume/stats.ts';
import type { Shape3, Vec3 } from '../../volume/types.ts';
import { TEMPLATE_GRID } from '../defaults.ts';
import { fastLength } from '../fft.ts';
import { createRandom } from '../random.ts';
import { type Quaternion, randomRotation, rotationMatrix } from '../rotation.ts';
import { createSimulator } from '../simulator.ts';
import { snrFigures } from '../snr.ts';
import { resolveSpec, type SimulationSpec } from '../spec.ts';
import { createSpline, rotateVolume } from '../spline.ts';
import type { Template } from '../templates.ts';
import { imageVolume } from './image.ts';
import { addBead, addCube, addMembrane, type Canvas } from './paint.ts';
import { type Placed, placeObjects } from './place.ts';
import { checkTomogramSpec, type TomogramSpec } from './spec.ts';

export type { Ball } from './place.ts';
export type { TomogramSpec } from './spec.ts';

/** One particle of a synthetic tomogram. */
export interface TrueParticle {
  /** Position among the templates. */
  readonly class: number;
  /** x, y, z in Å from the centre of the first voxel. */
  readonly position: Vec3;
  /** Takes the template into the tomogram. */
  readonly rotation: Quaternion;
}

export interface SyntheticTomogram {
  /** `[z, y, x]`, dark density. */
  readonly data: Float32Array;
  readonly shape: Shape3;
  /** Å. */
  readonly voxelSize: number;
  /** The classes one after another. */
  readonly particles: readonly TrueParticle[];
  /** In voxels. */
  readonly membranes: Placed['membranes'];
  readonly fiducials: Placed['fiducials'];
  /** Of the noise alone; 0 without. */
  readonly noiseVariance: number;
}

export interface TomogramOptions {
  readonly onProgress?: (stage: string, fraction: number) => void;
  /** Called between steps; may throw to stop. */
  readonly checkpoint?: () => Promise<void>;
}

// Streams of one tomogram, so that its scene does not depend on how much noise is drawn.
const PLACES = 11;
const POSES = 12;
const NOISE = 13;

/** Particles drawn to measure the variance that a class has in its box. */
const DRAWN = 4;

/**
 * A tomogram of particles at random places and orientations, membranes and beads that overlap nowhere, imaged by a tilt
 * series. The SNR is that of simulated subtomograms: the variance of a particle alone in its box, on average over the
 * classes, over the variance of the noise. Beside the volume it takes as much memory once more.
 *
 * @param templates the classes that are drawn, of one cubic grid
 * @throws AppError 'bad-input' for what cannot be, or has no room
 */
export async function simulateTomogram(
  templates: readonly Template[],
  scene: TomogramSpec,
  partial: Partial<SimulationSpec> = {},
  { onProgress, checkpoint = async () => {} }: TomogramOptions = {},
): Promise<SyntheticTomogram> {
  const spec = resolveSpec(partial);
  checkTomogramSpec(scene);
  if (spec.model !== 'fourier') {
    throw badInput(`The model ${spec.model} makes no tomograms; accepted: fourier.`);
  }
  const simulator = createSimulator(templates, { ...spec, snr: Number.POSITIVE_INFINITY });
  const { box, voxelSize } = simulator;
  const { shape, perClass, membranes, fiducials } = scene;
  const splines = templates.map(({ volume }) => createSpline(volume));
  const classOf = Array.from({ length: templates.length * perClass }, (_, i) =>
    Math.floor(i / perClass),
  );
  const placed = placeObjects(
    shape,
    { particles: classOf.map((c) => splines[c].radius), membranes, fiducials, voxelSize },
    createRandom(spec.seed, PLACES),
  );

  // Sizes that the Fourier transform takes; what is beyond the tomogram is cut off in the end.
  const padded: Shape3 = [fastLength(shape[0]), fastLength(shape[1]), fastLength(shape[2])];
  const canvas: Canvas = {
    data: new Float32Array(padded[0] * padded[1] * padded[2]),
    shape: padded,
    voxelSize,
  };
  const cube = new Float32Array(box ** 3);
  const particles: TrueParticle[] = [];
  for (const [i, { centre }] of placed.particles.entries()) {
    if (i % 16 === 0) {
      onProgress?.('Placing the particles', i / placed.particles.length);
      await checkpoint();
    }
    const rotation = randomRotation(createRandom(spec.seed, i, POSES));
    const first = centre.map((at) => Math.round(at - (box - 1) / 2));
    const shift = centre.map((at, axis) => at - (box - 1) / 2 - first[axis]);
    rotateVolume(splines[classOf[i]], rotationMatrix(rotation), shift, cube);
    addCube(canvas, cube, box, [first[0], first[1], first[2]]);
    const [x, y, z] = centre;
    const position: Vec3 = [x * voxelSize, y * voxelSize, z * voxelSize];
    particles.push({ class: classOf[i], position, rotation });
  }
  const peaks = templates.map(({ volume }) => computeStats(volume.data).max).sort((a, b) => a - b);
  const protein = peaks[peaks.length >> 1];
  for (const one of placed.membranes) addMembrane(canvas, one, MEMBRANE * protein);
  for (const one of placed.fiducials) addBead(canvas, one, GOLD * protein);

  onProgress?.('Imaging the tomogram', 0);
  const noiseVariance = noiseOf(templates, spec, simulator);
  const noise = { random: createRandom(spec.seed, NOISE), variance: noiseVariance, box };
  await imageVolume(canvas, spec, noiseVariance > 0 ? noise : null, checkpoint);
  onProgress?.('Imaging the tomogram', 1);
  const { membranes: shells, fiducials: beads } = placed;
  return {
    data: cropped(canvas, shape),
    ...{ shape, voxelSize, particles, membranes: shells, fiducials: beads, noiseVariance },
  };
}

/** Density of head groups and of gold (19.3 g/cm³) in that of a protein at 4 nm. */
const MEMBRANE = 0.8;
const GOLD = 10;

/** The variance of the noise that gives the SNR on average over the classes. */
function noiseOf(
  templates: readonly Template[],
  spec: SimulationSpec,
  { simulate, box }: ReturnType<typeof createSimulator>,
): number {
  const figures = snrFigures(templates, spec, spec.snrBand ?? TEMPLATE_GRID.resolution);
  if (figures.box === 'inf') return 0;
  const volume = new Float32Array(box ** 3);
  let sum = 0;
  for (let c = 0; c < templates.length; c++)
    for (let i = 0; i < DRAWN; i++) {
      simulate(c, i, volume);
      sum += computeStats(volume).std ** 2;
    }
  return sum / (templates.length * DRAWN) / figures.box;
}

/** The first voxels along each axis. */
function cropped({ data, shape: [, py, px] }: Canvas, shape: Shape3): Float32Array {
  const [nz, ny, nx] = shape;
  if (py === ny && px === nx) return data.subarray(0, nz * ny * nx);
  const out = new Float32Array(nz * ny * nx);
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) {
      const from = (z * py + y) * px;
      out.set(data.subarray(from, from + nx), (z * ny + y) * nx);
    }
  return out;
}
