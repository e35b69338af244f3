import { writeMrc } from '../../core/mrc/index.ts';
import { PARTICLE_WRITERS } from '../../core/particles/index.ts';
import { rotationMatrix, simulateTomogram } from '../../core/simulate/index.ts';
import type { PlacedFile } from '../../state/tomograms.ts';
import type { Task } from '../../worker/serve.ts';
import { aborted } from '../../core/errors.ts';
import { fetchTemplates } from '../files/simulate.ts';

/** Classes of the example: large and small, round and long. */
const CLASSES = ['1AON', '2GTL', '4V94', '1QVR'];
const SCENE = { shape: [96, 240, 240], perClass: 8, membranes: 2, fiducials: 1 } as const;
const SNR = 0.5;

/** A small simulated tomogram and the list of its particles, from the templates that `index` lists. */
export async function example(
  index: string,
  { signal, onProgress }: Task,
): Promise<readonly PlacedFile[]> {
  const all = await fetchTemplates(index);
  const known = all.filter(({ id }) => CLASSES.includes(id));
  const templates = known.length > 1 ? known : all.slice(0, CLASSES.length);
  const { data, shape, voxelSize, particles } = await simulateTomogram(
    templates,
    SCENE,
    { snr: SNR, seed: 7 },
    {
      onProgress: (stage, fraction) => onProgress({ stage, fraction }),
      checkpoint: async () => {
        if (signal.aborted) throw aborted();
      },
    },
  );
  const size = [voxelSize, voxelSize, voxelSize] as const;
  const mrc = writeMrc({ data, shape, voxelSize: size, origin: [0, 0, 0] });
  const name = 'simulated';
  const [list] = PARTICLE_WRITERS.csv.write(
    {
      count: particles.length,
      tomogram: { name, shape, voxelSize: size },
      positions: Float64Array.from(particles.flatMap(({ position }) => position)),
      rotations: Float32Array.from(particles.flatMap(({ rotation }) => rotationMatrix(rotation))),
      classes: {
        names: templates.map(({ id, name: own }) => `${own} (${id})`),
        index: Int32Array.from(particles, (one) => one.class),
      },
      score: null,
    },
    name,
  );
  return [
    { path: `${name}.mrc`, file: new Blob([mrc]) },
    { path: list.name, file: new Blob([list.bytes as BlobPart]) },
  ];
}
