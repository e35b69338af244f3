import { basename } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import {
  type ParticleList,
  type PlacedParticles,
  readBox,
  rotationAt,
} from '../src/core/particles/index.ts';
import { Findings, type Vec3, type VolumeAccess } from '../src/core/volume/index.ts';
import { boxWords, coverSteps, type ParticleBoxes, turnOf, voxelOf } from './boxes.ts';
import { type ParticleFlags, placedBy } from './particle-files.ts';
import type { ListedAccess } from './tomogram-files.ts';

/** A particle and the tomogram that it is cut out of. */
interface Place {
  readonly row: number;
  readonly access: VolumeAccess;
  /** x, y, z in Å */
  readonly position: Vec3;
}

/** The particles of a list that stand in one tomogram, or in several; their boxes are read one by one. */
export function tomogramBoxes(
  list: ParticleList,
  tomograms: readonly ListedAccess[],
  flags: ParticleFlags,
): ParticleBoxes {
  const findings = new Findings();
  const places = tomograms.flatMap(({ name, access, problem, particles }): Place[] => {
    const several = tomograms.length > 1;
    if (!access) {
      findings.warning('tomogram', `${problem}; its ${particles} particles are left out.`);
      return [];
    }
    const own = several ? { ...flags, 'tomogram-name': name } : flags;
    const placed = placedBy(list, access.header, own);
    for (const { code, severity, message } of placed.findings)
      findings.list.push({ code, severity, message: several ? `${name}: ${message}` : message });
    if (!several && placed.insideCount === 0)
      throw nothingInside(list, placed, basename(access.fileName));
    return Array.from(placed.inside.keys())
      .filter((k) => placed.inside[k] === 1)
      .map((k) => {
        const [x, y, z] = placed.positions.subarray(3 * k, 3 * k + 3);
        return { row: placed.index[k], access, position: [x, y, z] };
      });
  });
  if (places.length === 0) {
    const why = findings.list.map(({ message }) => message).join(' ');
    throw badInput(
      `${list.fileName}: none of its particles can be read. ${why} Accepted: particles and the tomograms that they stand in`,
    );
  }
  const order = places.sort((a, b) => a.row - b.row);
  return {
    list: list.fileName,
    count: order.length,
    findings: [...list.findings, ...findings.list],
    async read(index, wanted) {
      const { row, access, position } = order[index];
      const { header, fileName } = access;
      const { shape } = wanted;
      const voxelSize = voxelOf(header, wanted);
      const rotation = rotationAt(list, row);
      const turn = turnOf(list.fileName, wanted, rotation);
      const box = await readBox(access, position, { shape, voxelSize }, turn);
      const place = position.map((value) => Number((value / 10).toPrecision(5))).join(', ');
      const where = tomograms.length > 1 ? ` of ${basename(fileName)}` : '';
      return {
        volume: box.volume,
        particle: {
          ...aboutRow(list, row),
          ...{ position, covered: box.covered, rotation },
        },
        steps: [
          `Particle ${row + 1} of ${list.count} at ${place} nm (x, y, z)${where}: ${boxWords(shape, voxelSize, turn !== null)} (windowed sinc).`,
          ...coverSteps(box.covered, 'tomogram'),
        ],
        findings: box.findings,
      };
    },
  };
}

/** What a list says of one particle. */
export function aboutRow({ classes, score }: ParticleList, row: number) {
  return {
    row: row + 1,
    ...(classes && { class: classes.names[classes.index[row]] }),
    ...(score && { score: score.values[row] }),
  };
}

function nothingInside(list: ParticleList, { index, findings }: PlacedParticles, tomogram: string) {
  const doubt = findings.find(({ code }) => code === 'units')?.message;
  return badInput(
    `${list.fileName}: none of the ${index.length} particles stands in ${tomogram}.${doubt ? ` ${doubt}` : ''} Accepted: particles of this tomogram, or --coordinates`,
  );
}
