import { join } from 'node:path';
import { aborted, badInput } from '../src/core/errors.ts';
import { writeMrc } from '../src/core/mrc/index.ts';
import { PARTICLE_WRITERS, type NewParticles } from '../src/core/particles/index.ts';
import {
  jsonSpec,
  resolveSpec,
  rotationMatrix,
  simulateTomogram,
  type SimulationSpec,
  snrFigures,
  type SyntheticTomogram,
  type Template,
  type TomogramSpec,
} from '../src/core/simulate/index.ts';
import type { Shape3 } from '../src/core/volume/index.ts';
import type { Io } from './command.ts';
import { hashTemplates } from './templates.ts';
import { makeFolder, requireSpace, size, writeTogether } from './write.ts';

/** `300x300x150`: x, y, z. */
export function tomogramShape(text: string): Shape3 {
  const found = /^(\d+)\s*[x×,]\s*(\d+)\s*[x×,]\s*(\d+)$/i.exec(text.trim());
  if (!found)
    throw badInput(
      `simulate: --tomogram ${text}; accepted: voxels along x, y and z, e.g. 300x300x150`,
    );
  return [Number(found[3]), Number(found[2]), Number(found[1])];
}

interface Asked {
  readonly templates: readonly Template[];
  readonly spec: Partial<SimulationSpec>;
  readonly scene: TomogramSpec;
  readonly out: string;
  /** Å, of the templates. */
  readonly resolution: number;
}

/** What the tomogram and the lists are called. */
const NAME = 'tomogram';

/**
 * Simulates a tomogram and writes `tomogram.mrc`, `particles.star` with `tomograms.star`, `particles.csv` and
 * `tomogram.json`, by which it can be made again.
 */
export async function writeTomogram(asked: Asked, io: Io) {
  const { templates, scene, out, resolution } = asked;
  const spec = resolveSpec(asked.spec);
  const bytes = 4 * scene.shape.reduce((a, b) => a * b, 1);
  await makeFolder(out);
  await requireSpace(out, bytes + 2 ** 20, 'the tomogram and its lists');
  let stage = '';
  const made = await simulateTomogram(templates, scene, spec, {
    onProgress(now) {
      if (now !== stage) io.note(`${now} (${size(3 * bytes)} of memory)`);
      stage = now;
    },
    async checkpoint() {
      // Lets Ctrl-C through.
      await new Promise((resolve) => setTimeout(resolve));
      if (io.signal.aborted) throw aborted();
    },
  });
  const { shape, voxelSize } = made;
  const particles = listOf(made, templates);
  const snr = snrFigures(templates, spec, resolution);
  const about = {
    format: 'respond-cam-tomogram',
    version: 1,
    contrast: 'dark',
    voxelSize,
    shape,
    scene: { perClass: scene.perClass, membranes: scene.membranes, fiducials: scene.fiducials },
    spec: jsonSpec(spec),
    snr,
    noiseVariance: made.noiseVariance,
    templates: hashTemplates(templates),
    classes: templates.map(({ id, name }) => ({ id, name })),
    membranes: made.membranes,
    fiducials: made.fiducials,
  };
  const mrc = writeMrc(
    { data: made.data, shape, voxelSize: [voxelSize, voxelSize, voxelSize], origin: [0, 0, 0] },
    { labels: [`simulated tomogram, seed ${spec.seed}, dark density`] },
  );
  const lists = [
    ...PARTICLE_WRITERS.relion.write(particles, 'particles'),
    ...PARTICLE_WRITERS.csv.write(particles, 'particles'),
  ];
  const json = new TextEncoder().encode(`${JSON.stringify(about, null, 1)}\n`);
  const tomogram = join(out, `${NAME}.mrc`);
  await writeTogether([
    { path: tomogram, bytes: mrc },
    ...lists.map(({ name, bytes: list }) => ({ path: join(out, name), bytes: list })),
    { path: join(out, `${NAME}.json`), bytes: json },
  ]);
  return {
    tomogram,
    lists: lists.map(({ name }) => join(out, name)),
    n: particles.count,
    shape,
    voxelSize,
    classes: templates.map(({ id }) => id),
    membranes: made.membranes.length,
    fiducials: made.fiducials.length,
    spec: jsonSpec(spec),
    snr,
  };
}

function listOf(
  { particles, shape, voxelSize }: SyntheticTomogram,
  templates: readonly Template[],
): NewParticles {
  return {
    count: particles.length,
    tomogram: { name: NAME, shape, voxelSize: [voxelSize, voxelSize, voxelSize] },
    positions: Float64Array.from(particles.flatMap(({ position }) => position)),
    rotations: Float32Array.from(particles.flatMap(({ rotation }) => rotationMatrix(rotation))),
    // As the networks' class lists have them.
    classes: {
      names: templates.map(({ id, name }) => `${name} (${id})`),
      index: Int32Array.from(particles, (one) => one.class),
    },
    score: null,
  };
}
