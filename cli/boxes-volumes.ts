import { basename } from 'node:path';
import { badFile } from '../src/core/errors.ts';
import {
  correctTransfer,
  type Matrix3,
  readBox,
  transferSize,
} from '../src/core/particles/index.ts';
import {
  boxText,
  computeStats,
  type Finding,
  Findings,
  type OpenOptions,
  openSource,
  type Region,
  takeRegion,
  type Vec3,
  type VolumeAccess,
} from '../src/core/volume/index.ts';
import { findBeside } from './beside.ts';
import {
  boxWords,
  coverSteps,
  type Particle,
  type ParticleBoxes,
  turnOf,
  voxelOf,
} from './boxes.ts';
import { withFile } from './files.ts';

/** A volume that was cut out of a tomogram before, of one particle. */
export interface Cut {
  readonly row: number;
  /** @throws AppError 'bad-file' where it is missing */
  path(): Promise<string>;
  /** Of a stack, from 0; null: the only one. */
  readonly volume: number | null;
  /** x, y, z from its middle to the particle. */
  readonly shift: Vec3;
  readonly inAngstrom: boolean;
  /** Å, in place of what the volume says. */
  readonly voxelSize: number | null;
  readonly rotation: Matrix3 | null;
  /** What its volume lets through, and whether it has been multiplied with it; null where the list does not say. */
  readonly transfer: { readonly name: string; readonly multiplied: boolean } | null;
}

export interface Cuts {
  readonly cuts: readonly Cut[];
  /** What is said about all of them. */
  readonly note: string;
}

/** What volumes that were cut out before belong to. */
interface Subject {
  /** The list or folder. */
  readonly name: string;
  /** How many particles it has, with those that have no volume. */
  readonly count: number;
  readonly findings: readonly Finding[];
  about(row: number): Pick<Particle, 'row' | 'class' | 'score'>;
}

/** Boxes out of volumes that were cut out before, one or more of which a file holds. */
export function cutBoxes(
  { name, count, findings, about }: Subject,
  { cuts, note }: Cuts,
  correct: boolean,
  reading: OpenOptions,
): ParticleBoxes {
  return {
    list: name,
    count: cuts.length,
    findings,
    async read(index, wanted) {
      const cut = cuts[index];
      const { row, rotation } = cut;
      const path = await cut.path();
      return withFile(path, async (source) => {
        const access = await openSource(source, { ...reading, readAs: 'volume' });
        const own = reading.voxelSize ?? cut.voxelSize;
        const { header, volume } = volumeOf(access, cut, path, own);
        const { shape } = wanted;
        const voxelSize = voxelOf(header, wanted);
        const turn = turnOf(name, wanted, rotation);
        const position = middleOf(header, cut);
        const transfer = correct ? await transferOf(name, cut) : null;
        const { said, whole } = await corrected(access, header, volume, transfer);
        const view = {
          header,
          read: async (_: number, region?: Region) => {
            if (!whole) return access.read(volume, region);
            const part = region ? takeRegion(whole, region) : whole;
            return { volume: part, stats: computeStats(part.data), findings: [] };
          },
        };
        const box = await readBox(view, position, { shape, voxelSize }, turn);
        return {
          volume: box.volume,
          particle: { ...about(row), ...{ position, covered: box.covered, rotation } },
          steps: [
            `Particle ${row + 1} of ${count}, ${basename(path)}${cut.volume === null ? '' : `, volume ${volume + 1}`}: ${boxWords(shape, voxelSize, turn !== null)} (windowed sinc)${whole ? '' : note}${said}.`,
            ...coverSteps(box.covered, 'volume'),
          ],
          findings: [...box.findings, ...(transfer?.findings ?? [])],
        };
      });
    },
  };
}

/** The volume of weights of a particle, and what is said where it cannot be used. */
async function transferOf(list: string, { row, transfer }: Cut) {
  if (!transfer) return null;
  const path = await findBeside(list, transfer.name);
  const findings = new Findings();
  if (path === null) {
    findings.warning(
      'transfer',
      `${transfer.name}, the contrast transfer of row ${row + 1}, is not there: it is not corrected for.`,
    );
    return { findings: findings.list, volume: null };
  }
  const { volume } = await withFile(path, async (source) =>
    (await openSource(source, { readAs: 'volume' })).read(0),
  );
  const { data, shape } = volume;
  if (transferSize({ shape }) === null) {
    throw badFile(
      path,
      `it has ${boxText(shape)} values, which are no contrast transfer of a cube`,
      'n x n x n values, or n x n x (n / 2 + 1) as RELION and Warp write them',
    );
  }
  const multiplied = transfer.multiplied || shape[0] === 2 * shape[1];
  return { findings: findings.list, volume: { data, shape }, name: basename(path), multiplied };
}

/** All of a volume corrected for contrast transfer; null where it is not to be, or cannot. */
async function corrected(
  access: VolumeAccess,
  { shape, voxelSize, origin }: VolumeAccess['header'],
  volume: number,
  transfer: Awaited<ReturnType<typeof transferOf>>,
) {
  const [n] = shape;
  if (!transfer?.volume || shape.some((size) => size !== n)) return { said: '', whole: null };
  const { data } = (await access.read(volume)).volume;
  const whole = correctTransfer(data, n, transfer.volume, transfer.multiplied);
  return {
    said: `, its contrast transfer corrected for by ${transfer.name}`,
    whole: { data: whole, shape, voxelSize, origin, voxelSizeKnown: true },
  };
}

/** The header of one volume of a file, which counts its voxels as the list does. */
function volumeOf(access: VolumeAccess, { volume }: Cut, path: string, voxelSize: number | null) {
  const { header } = access;
  const index = volume ?? 0;
  if (index >= header.volumes || (volume === null && header.volumes > 1)) {
    throw badFile(
      path,
      volume === null
        ? `it holds ${header.volumes} volumes and is to be one particle`
        : `there is no volume ${volume + 1}, it holds ${header.volumes}`,
      'one volume for each particle',
    );
  }
  if (header.shape[0] < 2) throw badFile(path, 'it holds an image', 'a volume for each particle');
  return {
    volume: index,
    header:
      voxelSize === null
        ? header
        : {
            ...header,
            voxelSize: [voxelSize, voxelSize, voxelSize] as Vec3,
            voxelSizeKnown: true,
          },
  };
}

/** Where the particle stands, Å from the centre of the first voxel; the middle is voxel `n / 2`. */
function middleOf({ shape, voxelSize }: VolumeAccess['header'], { shift, inAngstrom }: Cut): Vec3 {
  const at = (axis: 0 | 1 | 2) =>
    Math.floor(shape[2 - axis] / 2) * voxelSize[axis] +
    shift[axis] * (inAngstrom ? 1 : voxelSize[axis]);
  return [at(0), at(1), at(2)];
}
