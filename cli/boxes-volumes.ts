import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { badFile, badInput } from '../src/core/errors.ts';
import {
  type Matrix3,
  namesImages,
  type ParticleList,
  readBox,
  readImages,
  correctTransfer,
  transferSize,
  rotationAt,
} from '../src/core/particles/index.ts';
import { TRANSFERS } from '../src/core/subtilt/index.ts';
import {
  boxText,
  computeStats,
  Findings,
  type Region,
  takeRegion,
  isVolumeName,
  type OpenOptions,
  openSource,
  type Vec3,
  type VolumeAccess,
} from '../src/core/volume/index.ts';
import { findBeside } from './beside.ts';
import { boxWords, coverSteps, type ParticleBoxes, turnOf } from './boxes.ts';
import { aboutRow } from './boxes-tomogram.ts';
import { readBytes, withFile } from './files.ts';
import { oneOf } from './parse.ts';
import type { ParticleFlags } from './particle-files.ts';

/** A volume that was cut out of a tomogram before, of one particle. */
interface Cut {
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

interface Cuts {
  readonly cuts: readonly Cut[];
  /** What is said about all of them. */
  readonly note: string;
}

/**
 * The particles of a list as volumes that were cut out before: those that a STAR file names, the files of a folder by
 * their number, or the volumes of a stack.
 *
 * @param flags `boxes` is the folder or stack (else what the list names, or the files beside it), `ctf` whether it is corrected for
 * @returns null where there is nothing of this kind
 */
export async function volumeBoxes(
  list: ParticleList,
  { boxes: place, ctf }: Pick<ParticleFlags, 'boxes' | 'ctf'>,
  reading: OpenOptions,
): Promise<ParticleBoxes | null> {
  const correct = oneOf('ctf', ctf ?? TRANSFERS[0], TRANSFERS) === 'corrected';
  const findings = new Findings();
  const found = place === undefined ? await besideList(list) : await cutsAt(list, place, findings);
  if (!found || found.cuts.length === 0) return null;
  const { cuts, note } = found;
  return {
    list: list.fileName,
    count: cuts.length,
    findings: [...list.findings, ...findings.list],
    async read(index, wanted) {
      const cut = cuts[index];
      const { row, rotation } = cut;
      const path = await cut.path();
      return withFile(path, async (source) => {
        const access = await openSource(source, { ...reading, readAs: 'volume' });
        const own = reading.voxelSize ?? cut.voxelSize;
        const { header, volume } = volumeOf(access, cut, path, own);
        const { shape } = wanted;
        const voxelSize = wanted.voxelSize ?? header.voxelSize[0];
        const turn = turnOf(list.fileName, wanted, rotation);
        const position = middleOf(header, cut);
        const transfer = correct ? await transferOf(list.fileName, cut) : null;
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
          particle: { ...aboutRow(list, row), ...{ position, covered: box.covered, rotation } },
          steps: [
            `Particle ${row + 1} of ${list.count}, ${basename(path)}${cut.volume === null ? '' : `, volume ${volume + 1}`}: ${boxWords(shape, voxelSize, turn !== null)} (windowed sinc)${whole ? '' : note}${said}.`,
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

/** Of a STAR that names them, or of a folder of boxes with its table in it. */
async function besideList(list: ParticleList): Promise<Cuts | null> {
  const bytes = await readBytes(list.fileName);
  if (list.format === 'relion' && namesImages(bytes)) return namedCuts(list, bytes);
  if (!list.boxes) return null;
  const found = await numberedCuts(list, dirname(list.fileName));
  return found.length > 0 ? { cuts: found, note: '' } : null;
}

function namedCuts(list: ParticleList, bytes: Uint8Array): Cuts {
  const images = readImages({ name: list.fileName, bytes });
  const { names, shifts, voxelSize, inAngstrom, rotations, transfers, multiplied } = images;
  return {
    note: multiplied ? ', multiplied with its contrast transfer as it is' : '',
    cuts: names.map((name, row): Cut => {
      const [, number, file] = /^(?:(\d+)@)?(.*)$/s.exec(name)!;
      const [x, y, z] = shifts.subarray(3 * row, 3 * row + 3);
      return {
        row,
        async path() {
          const found = await findBeside(list.fileName, file);
          if (found !== null) return found;
          throw badFile(
            file,
            `this volume, which ${list.fileName} names in row ${row + 1}, is not there`,
            'the folder of the project as RELION or Warp wrote it, --boxes, or --tomogram',
          );
        },
        volume: number === undefined ? null : Number(number) - 1,
        shift: [x, y, z],
        inAngstrom,
        voxelSize: voxelSize?.[row] || null,
        rotation: rotationAt({ rotations }, row),
        transfer: transfers ? { name: transfers[row], multiplied } : null,
      };
    }),
  };
}

async function cutsAt(list: ParticleList, place: string, findings: Findings): Promise<Cuts> {
  const info = await stat(place).catch(() => null);
  if (!info) throw badInput(`--boxes ${place}: there is no such file or folder`);
  if (info.isDirectory()) {
    const cuts = await numberedCuts(list, place);
    if (cuts.length === 0) {
      throw badInput(
        `--boxes ${place}: no volume there has the number of a particle of ${list.fileName}; accepted: files such as particle_000012.em or subtomo_12.mrc, a stack of volumes`,
      );
    }
    if (cuts.length < list.count)
      findings.warning(
        'boxes',
        `${list.count - cuts.length} of ${list.count} particles have no volume in ${place} and are left out.`,
      );
    return { cuts, note: '' };
  }
  const volumes = await withFile(
    place,
    async (source) => (await openSource(source, { readAs: 'volume' })).header.volumes,
  );
  if (volumes !== list.count) {
    throw badInput(
      `--boxes ${place}: it holds ${volumes} volumes and ${list.fileName} lists ${list.count} particles; accepted: one volume for each, in the same order`,
    );
  }
  const row = (i: number) => cutOf(list, i, place, i);
  return { cuts: Array.from({ length: list.count }, (_, i) => row(i)), note: '' };
}

/** The files of a folder that have the numbers of particles: those of the most numerous name, such as `particle_*`. */
async function numberedCuts(list: ParticleList, folder: string): Promise<Cut[]> {
  const byName = new Map<string, Map<number, string>>();
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const parts = isVolumeName(name)
      ? /^(.*?)(\d+)\D*$/.exec(name.replace(/\.[a-z]\w*/gi, ''))
      : null;
    if (!parts) continue;
    const files = byName.get(parts[1]) ?? new Map<number, string>();
    byName.set(parts[1], files.set(Number(parts[2]), name));
  }
  const numberOf = (row: number) => list.boxes?.numbers[row] ?? row + 1;
  const rows = Array.from({ length: list.count }, (_, row) => row);
  const all = [...byName.values()].map((files) =>
    rows.flatMap((row) => {
      const name = files.get(numberOf(row));
      return name === undefined ? [] : [cutOf(list, row, join(folder, name), null)];
    }),
  );
  return all.reduce((best, cuts) => (cuts.length > best.length ? cuts : best), []);
}

function cutOf(list: ParticleList, row: number, path: string, volume: number | null): Cut {
  const [x = 0, y = 0, z = 0] = list.boxes?.shifts.subarray(3 * row, 3 * row + 3) ?? [];
  return {
    ...{ row, volume },
    path: async () => path,
    shift: [x, y, z],
    inAngstrom: false,
    voxelSize: null,
    rotation: rotationAt(list, row),
    transfer: null,
  };
}
