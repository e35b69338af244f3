import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { badFile, badInput } from '../src/core/errors.ts';
import {
  namesImages,
  type ParticleList,
  readImages,
  rotationAt,
} from '../src/core/particles/index.ts';
import { TRANSFERS } from '../src/core/subtilt/index.ts';
import { Findings, isVolumeName, type OpenOptions, openSource } from '../src/core/volume/index.ts';
import { findBeside } from './beside.ts';
import type { ParticleBoxes } from './boxes.ts';
import { aboutRow } from './boxes-tomogram.ts';
import { type Cut, cutBoxes, type Cuts } from './boxes-volumes.ts';
import { readBytes, withFile } from './files.ts';
import { oneOf } from './parse.ts';
import type { ParticleFlags } from './particle-files.ts';

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
  const subject = {
    ...{ name: list.fileName, count: list.count },
    findings: [...list.findings, ...findings.list],
    about: (row: number) => aboutRow(list, row),
  };
  return cutBoxes(subject, found, correct, reading);
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
