import { join } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import { eachVolume } from '../src/core/evaluation/index.ts';
import { ACCEPTED_VOLUMES, headerOf, type OpenOptions } from '../src/core/volume/index.ts';
import type { ParticleBoxes } from './boxes.ts';
import { type Cut, cutBoxes } from './boxes-volumes.ts';
import { withFile } from './files.ts';
import { listingOf } from './folder-listing.ts';

/** The volumes of a folder as particles without angles; a class is called as its sub-folder, or as `index.json` says. */
export async function folderBoxes(folder: string, reading: OpenOptions): Promise<ParticleBoxes> {
  const { files, classes } = await listingOf(folder, 'all', false);
  const options = { ...reading, readAs: 'volume' } as const;
  const volumes = await eachVolume(files, (file) =>
    withFile(join(folder, file), async (source) => (await headerOf(source, options)).volumes).catch(
      // What is wrong with it is said when it is read.
      () => 1,
    ),
  );
  if (volumes.length === 0)
    throw badInput(
      `${folder} holds no volume; accepted: a list of particles, or a folder of ${ACCEPTED_VOLUMES}, in it or in one folder for each class`,
    );
  const cuts = volumes.map(
    ({ file, volume = null }, row): Cut => ({
      ...{ row, volume, shift: [0, 0, 0], inAngstrom: false },
      path: async () => join(folder, file),
      ...{ voxelSize: null, rotation: null, transfer: null },
    }),
  );
  const nameOf = (row: number) => {
    const own = volumes[row].class;
    return own === null ? undefined : (classes[own].id ?? classes[own].name);
  };
  const about = (row: number) => ({ row: row + 1, class: nameOf(row) });
  const subject = { name: folder, count: volumes.length, findings: [], about };
  return cutBoxes(subject, { cuts, note: '' }, false, reading);
}
