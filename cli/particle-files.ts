import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import {
  type CoordinateFrame,
  type ParticleList,
  type PlacedParticles,
  placeParticles,
  readParticles,
  type TomogramGrid,
  tomogramIn,
} from '../src/core/particles/index.ts';
import { TRANSFERS } from '../src/core/subtilt/index.ts';
import { copickRunIn } from './copick-run.ts';
import { readBytes } from './files.ts';
import { voxelSizeOf } from './input-options.ts';
import { listMeantBy } from './optimisation-set.ts';

/** Flags that say where the boxes of a list of particles come from, the same in every command that takes one. */
export const PLACING_OPTIONS = {
  tomogram: {
    type: 'string',
    value: 'FILE',
    help: 'the tomogram that the particles of INPUT, a particle list, stand in: a volume file, an OME-Zarr as folder, zip or address, or a folder with all tomograms of the list',
  },
  'tomogram-name': {
    type: 'string',
    value: 'NAME',
    help: 'which of the tomograms of the list that is (default: by the name of the file)',
  },
  picks: {
    type: 'string',
    value: 'USER_SESSION',
    help: 'of INPUT, the folder of a copick run, whose picks are taken (default: the first that are not the truth by their name)',
  },
  coordinates: {
    type: 'string',
    value: 'HOW',
    help: "how the list's coordinates are meant, instead of what it says: voxel, angstrom, angstrom-centre, or the Å of a pixel",
  },
  tilts: {
    type: 'string',
    value: 'FILE',
    help: 'the tomograms.star that gives the tilts of particles listed as stacks of projections (default: near the list)',
  },
  ctf: {
    type: 'string',
    value: 'HOW',
    help: `contrast transfer of boxes made of projections: ${TRANSFERS.join(', ')} (default ${TRANSFERS[0]}); of volumes with an _rlnCtfImage: ${TRANSFERS[0]}, or as they are`,
  },
  boxes: {
    type: 'string',
    value: 'PATH',
    help: 'in place of a tomogram: a folder with a volume for each particle, by number, or a stack of volumes (default: those that the list names)',
  },
} as const;

/** Those and how the boxes lie. */
export const PARTICLE_OPTIONS = {
  ...PLACING_OPTIONS,
  oriented: { type: 'boolean', help: 'turn each box by the angles of its particle' },
} as const;

export interface ParticleFlags {
  readonly tomogram?: string;
  readonly 'tomogram-name'?: string;
  readonly coordinates?: string;
  readonly tilts?: string;
  readonly ctf?: string;
  readonly boxes?: string;
  readonly picks?: string;
}

const FRAMES: Readonly<Record<string, CoordinateFrame>> = {
  voxel: { unit: 'voxel', from: 'corner', voxelSize: null },
  angstrom: { unit: 'Å', from: 'corner', voxelSize: null },
  'angstrom-centre': { unit: 'Å', from: 'centre', voxelSize: null },
};

function frameOf(text: string | undefined): CoordinateFrame | undefined {
  if (text === undefined) return undefined;
  if (Object.hasOwn(FRAMES, text)) return FRAMES[text];
  if (!Number.isFinite(Number(text))) {
    throw badInput(
      `--coordinates ${text}; accepted: ${Object.keys(FRAMES).join(', ')}, or the Å of a pixel`,
    );
  }
  return { unit: 'voxel', from: 'corner', voxelSize: voxelSizeOf('coordinates', text) ?? null };
}

/** How `--coordinates` says a frame. */
function flagOf({ unit, from, voxelSize }: CoordinateFrame): string {
  const known = Object.entries(FRAMES).find(
    ([, one]) => one.unit === unit && one.from === from && one.voxelSize === voxelSize,
  );
  return known?.[0] ?? String(Number(voxelSize?.toPrecision(6)));
}

/** Reads a list of particles and what lies beside it, or the picks of what is really there of a copick run. */
export async function truthListOf(given: string): Promise<ParticleList> {
  const run = await copickRunIn(given, { asTruth: true });
  return run ? run.list() : particlesOf(given);
}

/** Reads a list of particles and what lies beside it; throws `bad-file` and `bad-input`. */
export async function particlesOf(given: string): Promise<ParticleList> {
  const { path } = await listMeantBy(given);
  const folder = dirname(path);
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name !== basename(path))
    .sort();
  const besides = names.filter((name) => /\.(star|mod)$/i.test(name));
  const bytes = await readBytes(path);
  // The readers ask for neighbours by name; those that may be asked for are small.
  const read = new Map<string, Uint8Array>();
  for (const name of besides) {
    if (/tomograms.*\.star$/i.test(name) || /\.csv$/i.test(path))
      read.set(name, await readBytes(join(folder, name)));
  }
  return readParticles({
    name: path,
    bytes,
    beside(wanted) {
      const name = [...read.keys()].find((one) =>
        typeof wanted === 'string' ? one === wanted : wanted.test(one),
      );
      return name === undefined ? null : { name: join(folder, name), bytes: read.get(name)! };
    },
  });
}

/** Places a list in a tomogram as the flags say; throws `bad-input` when it is unclear which of its tomograms that is. */
export function placedBy(
  list: ParticleList,
  grid: TomogramGrid,
  flags: ParticleFlags,
): PlacedParticles {
  const placed = placeParticles(list, grid, {
    frame: frameOf(flags.coordinates),
    tomogram: tomogramOf(list, flags),
    ...(flags.tomogram !== undefined && { file: basename(flags.tomogram) }),
  });
  const { better, findings } = placed;
  if (!better) return placed;
  const way = `--coordinates ${flagOf(better)} reads them so.`;
  return {
    ...placed,
    findings: findings.map((one) =>
      one.code === 'units' ? { ...one, message: `${one.message} ${way}` } : one,
    ),
  };
}

function tomogramOf(
  { fileName, tomograms }: ParticleList,
  { tomogram = '', 'tomogram-name': name }: ParticleFlags,
): number | undefined {
  const accepted = () =>
    tomograms
      .map((one) => one.name)
      .slice(0, 12)
      .join(', ');
  if (name !== undefined) {
    const index = tomograms.findIndex((one) => one.name === name);
    if (index >= 0) return index;
    throw badInput(
      `${fileName}: it names no tomogram ${name}; accepted: ${accepted() || 'none, the list names no tomogram'}`,
    );
  }
  if (tomograms.length < 2) return undefined;
  const found = tomogramIn({ tomograms }, tomogram);
  if (found !== null) return found;
  throw badInput(
    `${fileName}: it lists particles of ${tomograms.length} tomograms, and none has the name of ${basename(tomogram)}; accepted: --tomogram-name with one of ${accepted()}`,
  );
}
