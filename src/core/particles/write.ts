import { type CsvCell, csv } from '../csv.ts';
import { encodeUtf8 } from '../schema/utf8.ts';
import { relionAngles } from './rotation.ts';
import type { ParticleFormatId, ParticleList, TomogramGrid } from './types.ts';

/** Particles of one tomogram, to be written as a new list. */
export interface NewParticles extends Pick<ParticleList, 'count' | 'rotations' | 'classes'> {
  readonly tomogram: TomogramGrid & { readonly name: string };
  /** x, y, z in Å from the centre of the tomogram's first voxel, three numbers a particle. */
  readonly positions: Float64Array;
  readonly score: Float32Array | null;
}

export interface WrittenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface Writer {
  readonly label: string;
  /** The list, of which the first file is the main one, and what belongs to it. */
  write(particles: NewParticles, stem: string): readonly WrittenFile[];
}

type WrittenFormatId = Extract<ParticleFormatId, 'relion' | 'csv' | 'copick'>;

const AXES = ['x', 'y', 'z'] as const;
/** Å and degrees with as many digits as matter. */
const digits = (value: number) => Number(value.toFixed(4));

/** Formats that new lists are written in. */
export const PARTICLE_WRITERS: Readonly<Record<WrittenFormatId, Writer>> = {
  relion: { label: 'RELION 5 STAR with tomograms.star', write: writeRelion },
  csv: { label: 'table with x, y, z in Å', write: writeCsv },
  copick: { label: 'copick picks, a file for each class', write: writeCopick },
};

export const WRITTEN_FORMATS = Object.keys(PARTICLE_WRITERS) as readonly WrittenFormatId[];

function anglesOf({ rotations }: NewParticles, i: number): readonly number[] {
  return rotations ? relionAngles(rotations.subarray(9 * i, 9 * i + 9)).map(digits) : [];
}

function positionOf({ positions }: NewParticles, i: number): number[] {
  return Array.from(positions.subarray(3 * i, 3 * i + 3));
}

function star(block: string, labels: readonly string[], rows: readonly (readonly CsvCell[])[]) {
  return [
    `data_${block}`,
    '',
    'loop_',
    ...labels.map((label, i) => `_${label} #${i + 1}`),
    ...rows.map((row) => row.map((value) => String(value).padStart(12)).join(' ')),
    '',
    '',
  ].join('\n');
}

/** A name as one word of a STAR file. */
const word = (name: string) => name.replace(/\s+/g, '_') || 'tomogram';

/** Å from the tomogram's centre, which stands at half its size; classes are named in comments. */
function writeRelion(particles: NewParticles, stem: string): WrittenFile[] {
  const { tomogram, classes, score, rotations, count } = particles;
  const { shape, voxelSize } = tomogram;
  const name = word(tomogram.name);
  const rows = Array.from({ length: count }, (_, i) => [
    name,
    ...positionOf(particles, i).map((at, axis) =>
      digits(at - (shape[2 - axis] / 2) * voxelSize[axis]),
    ),
    ...anglesOf(particles, i),
    ...(classes ? [classes.index[i] + 1] : []),
    ...(score ? [Number(score[i].toPrecision(6))] : []),
  ]);
  const labels = [
    'rlnTomoName',
    ...['X', 'Y', 'Z'].map((axis) => `rlnCenteredCoordinate${axis}Angst`),
    ...(rotations ? ['rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi'] : []),
    ...(classes ? ['rlnClassNumber'] : []),
    ...(score ? ['rlnAutopickFigureOfMerit'] : []),
  ];
  const comments = (classes?.names ?? []).map((one, i) => `# class ${i + 1}: ${one}\n`).join('');
  const size = ['X', 'Y', 'Z'].map((axis) => `rlnTomoSize${axis}`);
  const about = star(
    'global',
    ['rlnTomoName', ...size, 'rlnTomoTiltSeriesPixelSize', 'rlnTomoTomogramBinning'],
    [[name, shape[2], shape[1], shape[0], Number(voxelSize[0].toPrecision(6)), 1]],
  );
  return [
    {
      name: `${stem}.star`,
      bytes: encodeUtf8(`${comments}${comments && '\n'}${star('particles', labels, rows)}`),
    },
    { name: 'tomograms.star', bytes: encodeUtf8(about) },
  ];
}

function writeCsv(particles: NewParticles, stem: string): WrittenFile[] {
  const { tomogram, classes, score, rotations, count } = particles;
  const head = [
    'tomogram',
    ...AXES.map((axis) => `${axis}_angstrom`),
    ...(classes ? ['class'] : []),
    ...(score ? ['score'] : []),
    ...(rotations ? ['rot', 'tilt', 'psi'] : []),
  ];
  const rows = Array.from({ length: count }, (_, i) => [
    tomogram.name,
    ...positionOf(particles, i).map(digits),
    ...(classes ? [classes.names[classes.index[i]]] : []),
    ...(score ? [Number(score[i].toPrecision(6))] : []),
    ...anglesOf(particles, i),
  ]);
  return [{ name: `${stem}.csv`, bytes: encodeUtf8(csv([head, ...rows])) }];
}

function writeCopick(particles: NewParticles, stem: string): WrittenFile[] {
  const { tomogram, classes, score, rotations, count } = particles;
  const names = classes?.names ?? ['particle'];
  const files = names.map((name, label) => {
    const own = Array.from({ length: count }, (_, i) => i).filter(
      (i) => !classes || classes.index[i] === label,
    );
    const points = own.map((i) => {
      const [x, y, z] = positionOf(particles, i).map(digits);
      const m = rotations?.subarray(9 * i, 9 * i + 9) ?? [1, 0, 0, 0, 1, 0, 0, 0, 1];
      const row = (r: number) => [m[3 * r], m[3 * r + 1], m[3 * r + 2], 0];
      return {
        location: { x, y, z },
        transformation_: [row(0), row(1), row(2), [0, 0, 0, 1]],
        instance_id: 0,
        score: score ? Number(score[i].toPrecision(6)) : null,
      };
    });
    const document = {
      pickable_object_name: name,
      user_id: 'respond-cam',
      session_id: '0',
      run_name: tomogram.name,
      voxel_spacing: tomogram.voxelSize[0],
      unit: 'angstrom',
      points,
      trust_orientation: rotations !== null,
    };
    const object = name.replace(/[^\w.-]+/g, '-').replace(/^-|-$/g, '');
    return {
      name: `${stem}_${object}.json`,
      bytes: encodeUtf8(`${JSON.stringify(document, null, 1)}\n`),
      count: own.length,
    };
  });
  // A list of no particles is none.
  return files.filter((file) => file.count > 0).map(({ name, bytes }) => ({ name, bytes }));
}
