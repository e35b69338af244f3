import { badFile } from '../src/core/errors.ts';
import { readColumns, readStar } from '../src/core/particles/index.ts';
import { findBeside } from './beside.ts';
import { headOf, readBytes } from './files.ts';

const PARTICLES = 'rlnTomoParticlesFile';
const TOMOGRAMS = 'rlnTomoTomogramsFile';

/** Whether the text of a file is an optimisation set, by which RELION and Warp say what belongs together. */
export const isOptimisationSet = (head: string) =>
  new RegExp(`^\\s*_${PARTICLES}\\b`, 'm').test(head);

/**
 * The list that is meant by a file: the one that an optimisation set names, with its `tomograms.star`, else itself.
 *
 * @throws AppError 'bad-file' where the set names no list, or one that is not there
 */
export async function listMeantBy(
  path: string,
): Promise<{ readonly path: string; readonly tomograms?: string }> {
  if (!isOptimisationSet(await headOf(path))) return { path };
  const bytes = await readBytes(path);
  const block = readStar(bytes, path).find(({ labels }) => labels.includes(PARTICLES))!;
  const { texts } = readColumns(bytes, path, block, [], [PARTICLES, TOMOGRAMS]);
  const named = async (label: string) => {
    const name = texts[label]?.names[texts[label].index[0]];
    if (name === undefined) return undefined;
    const found = await findBeside(path, name);
    if (found !== null) return found;
    throw badFile(
      name,
      `this file, which ${path} names, is not there`,
      'the folder of the project',
    );
  };
  return { path: (await named(PARTICLES))!, tomograms: await named(TOMOGRAMS) };
}
