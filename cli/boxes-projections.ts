import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import {
  needsTilts,
  PROJECTIONS_BRIGHT,
  readSubTilts,
  type StarFile,
  type SubTiltFiles,
  SubTiltReader,
  tomogramsAmong,
  TRANSFERS,
} from '../src/core/subtilt/index.ts';
import { boxText, type Finding, type OpenOptions, type Vec3 } from '../src/core/volume/index.ts';
import { findBeside, UP } from './beside.ts';
import { boxWords, type ParticleBoxes, turnOf } from './boxes.ts';
import { readBytes, withFile } from './files.ts';
import { oneOf } from './parse.ts';
import type { ParticleFlags } from './particle-files.ts';

/**
 * The particles of a list that gives each as a stack of projections, projected back into boxes.
 *
 * @param tilts the `tomograms.star`; by default the one beside the list or in a folder above it
 * @param reading its voxel size is that of the images' pixels, in place of what the list says
 */
export async function projectionBoxes(
  path: string,
  { tilts, ctf }: Pick<ParticleFlags, 'tilts' | 'ctf'>,
  reading: OpenOptions,
): Promise<ParticleBoxes> {
  const transfer = oneOf('ctf', ctf ?? TRANSFERS[0], TRANSFERS);
  const list = readSubTilts({ name: path, bytes: await readBytes(path) });
  const tomograms = needsTilts(list) ? await tomogramsOf(path, tilts) : null;
  const files = filesBeside(path, tomograms?.name);
  const reader = new SubTiltReader(list, tomograms, files, reading.voxelSize);
  const count = list.particles.length;
  return {
    list: path,
    count,
    findings: FINDINGS,
    async read(index, wanted) {
      const { row, rotation, class: className } = list.particles[index];
      const { shape, voxelSize } = wanted;
      const [size] = shape;
      if (shape.some((n) => n !== size)) {
        throw badInput(
          `${path}: particles given as projections are brought together in a cube, and the network takes ${boxText(shape)} voxels; accepted: a network of cubes, or --tomogram`,
        );
      }
      const turn = turnOf(path, wanted, rotation);
      const box = await reader.box(index, { size, voxelSize, rotation: turn, transfer });
      const { volume, position, from, weighting } = box;
      return {
        volume,
        particle: {
          ...{ row: row + 1, position: position ?? NOWHERE, covered: 1, rotation },
          ...(className !== null && { class: className }),
        },
        steps: [
          `Particle ${index + 1} of ${count}: ${from} projected back into ${boxWords(shape, volume.voxelSize[0], turn !== null)} (${weighting}).`,
        ],
        findings: [],
      };
    },
  };
}

const NOWHERE: Vec3 = [Number.NaN, Number.NaN, Number.NaN];

const FINDINGS: readonly Finding[] = [
  {
    ...PROJECTIONS_BRIGHT,
    message: `${PROJECTIONS_BRIGHT.message} --invert makes them dark, as most networks of tomograms were trained.`,
  },
];

/** The files of a project around its list. */
function filesBeside(list: string, tomograms = list): SubTiltFiles {
  return {
    async series(name) {
      const path = await findBeside(tomograms, name);
      return path === null ? null : { name: path, bytes: await readBytes(path) };
    },
    async stack(name, use) {
      const path = await findBeside(list, name);
      return path === null ? use(null) : withFile(path, use);
    },
  };
}

async function tomogramsOf(path: string, given: string | undefined): Promise<StarFile> {
  if (given !== undefined) return { name: given, bytes: await readBytes(given) };
  let folder = resolve(dirname(path));
  for (let up = 0; up <= UP; up++, folder = dirname(folder)) {
    const names = (await readdir(folder).catch(() => [])).sort();
    const found = tomogramsAmong(names, path);
    if (found !== null) {
      const name = join(folder, found);
      return { name, bytes: await readBytes(name) };
    }
  }
  throw badInput(
    `${path}: its particles are stacks of projections, and the tilts they were taken at are not known; accepted: with the tomograms.star of RELION or Warp and the tilt-series files it names beside it, or --tilts FILE; or --tomogram, the volume they stand in`,
  );
}
