import { badInput } from '../src/core/errors.ts';
import { namesProjections } from '../src/core/subtilt/index.ts';
import type { OpenOptions } from '../src/core/volume/index.ts';
import { type CopickFolder, copickRunIn } from './copick-run.ts';
import { inputsOf, type ParticleBoxes } from './boxes.ts';
import { projectionBoxes } from './boxes-projections.ts';
import { tomogramBoxes } from './boxes-tomogram.ts';
import { folderBoxes } from './boxes-folder.ts';
import { volumeBoxes } from './boxes-listed.ts';
import { headOf } from './files.ts';
import { isFolder } from './folder-listing.ts';
import type { InputFile, InputOptions } from './network-input.ts';
import { listMeantBy } from './optimisation-set.ts';
import { type ParticleFlags, particlesOf } from './particle-files.ts';
import { withTomograms } from './tomogram-files.ts';

/**
 * The volumes of a folder, or the particles of a list or of a copick run: cut out of the tomogram or tomograms of `--tomogram`, else the volumes or stacks of projections
 * that the list names or `--boxes` gives.
 *
 * @param known the copick run that `given` is, null where it is none; undefined while that is not known
 */
export async function withBoxes<T>(
  given: string,
  reading: OpenOptions,
  flags: ParticleFlags,
  use: (boxes: ParticleBoxes) => Promise<T>,
  known?: CopickFolder | null,
): Promise<T> {
  const { tomogram, boxes } = flags;
  const run = known === undefined ? await copickRunIn(given, flags) : known;
  if (run) {
    const list = await run.list();
    const file = tomogram ?? run.tomogram;
    if (file !== undefined)
      return withTomograms(file, list, reading, async (tomograms) =>
        use(tomogramBoxes(list, tomograms, { ...flags, tomogram: file })),
      );
    throw badInput(
      `${given}: this copick run has no tomogram (VoxelSpacing…/*.zarr); accepted: --tomogram with one`,
    );
  }
  if (await isFolder(given)) {
    if (tomogram === undefined && boxes === undefined)
      return use(await folderBoxes(given, reading));
    throw badInput(
      `${given}: this is a folder; accepted: with --tomogram or --boxes, a list of particles`,
    );
  }
  const { path, tomograms } = await listMeantBy(given);
  if (tomogram === undefined && boxes === undefined) {
    if (namesProjections(await headOf(path)))
      return use(
        await projectionBoxes(path, { ...flags, tilts: flags.tilts ?? tomograms }, reading),
      );
  }
  const list = await particlesOf(path);
  if (tomogram !== undefined) {
    return withTomograms(tomogram, list, reading, async (tomograms) =>
      use(tomogramBoxes(list, tomograms, flags)),
    );
  }
  const found = await volumeBoxes(list, flags, reading);
  if (found) return use(found);
  throw badInput(
    `${path}: this is a list of ${list.count} particles; accepted: with --tomogram, the volume that they stand in, or --boxes, the volumes that were cut out of it`,
  );
}

/** The particles of a list, each as an input of a network. */
export function withParticles<T>(
  path: string,
  inputShape: readonly number[],
  options: InputOptions & { readonly particles: ParticleFlags & { readonly oriented: boolean } },
  use: (file: InputFile) => Promise<T>,
  known?: CopickFolder | null,
): Promise<T> {
  const { particles } = options;
  const read = (boxes: ParticleBoxes) => use(inputsOf(boxes, inputShape, particles.oriented));
  return withBoxes(path, options, particles, read, known);
}
