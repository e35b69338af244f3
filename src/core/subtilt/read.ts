import { badFile } from '../errors.ts';
import { multiply, multiplyVector, relionMatrix } from '../particles/rotation.ts';
import { classNamesOf, readColumns, readStar, type StarBlock } from '../particles/star.ts';
import type { Vec3 } from '../volume/types.ts';
import { namesImageSeries, readImageSeries } from './image-series.ts';
import { opticsOf } from './optics.ts';
import { listOf, type TiltSeries } from './series.ts';
import type { StarFile, SubTiltList, SubTiltParticle, Tilt } from './types.ts';

const CENTRED = ['X', 'Y', 'Z'].map((axis) => `rlnCenteredCoordinate${axis}Angst`);
/** As Warp counts them: pixels of the images, from the corner. */
const IN_PIXELS = ['rlnCoordinateX', 'rlnCoordinateY', 'rlnCoordinateZ'];
const ORIGIN = ['X', 'Y', 'Z'].map((axis) => `rlnOrigin${axis}Angst`);
const ANGLES = ['rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi'] as const;
const FIRST = ['rlnTomoSubtomogramRot', 'rlnTomoSubtomogramTilt', 'rlnTomoSubtomogramPsi'] as const;

const namesStacks = (head: string) =>
  /^\s*_rlnTomoVisibleFrames\b/m.test(head) && /^\s*_rlnImageName\b/m.test(head);

/** Whether the text of a list names projections: stacks with the tilts each particle is seen in, or image by image. */
export const namesProjections = (head: string) => namesStacks(head) || namesImageSeries(head);

const ACCEPTED =
  'the particles.star of RELION 5, Warp or M with _rlnImageName, _rlnTomoVisibleFrames and an optics table';

/**
 * Reads a list of particles that are given as stacks of projections.
 *
 * @throws AppError 'bad-file' naming what it lacks
 */
export function readSubTilts({ name, bytes }: StarFile): SubTiltList {
  const blocks = readStar(bytes, name);
  const block = blocks.find(({ labels }) => labels.includes('rlnTomoVisibleFrames'));
  if (!block) return readImageSeries({ name, bytes }, blocks);
  const { numbers, texts } = readColumns(
    bytes,
    name,
    block,
    [...CENTRED, ...IN_PIXELS, ...ORIGIN, ...ANGLES, ...FIRST, 'rlnOpticsGroup'],
    ['rlnImageName', 'rlnTomoName', 'rlnTomoVisibleFrames', 'rlnClassNumber'],
  );
  for (const label of ['rlnImageName', 'rlnTomoName', 'rlnTomoVisibleFrames']) {
    if (!texts[label]) throw badFile(name, `it has no _${label}`, ACCEPTED);
  }
  const text = (label: string, row: number) => texts[label].names[texts[label].index[row]];
  const triple = (labels: readonly string[], row: number) =>
    labels.every((label) => numbers[label])
      ? ([numbers[labels[0]][row], numbers[labels[1]][row], numbers[labels[2]][row]] as const)
      : null;
  const names = classNamesOf(bytes);
  const groups = groupsOf({ name, bytes }, blocks);
  const particles = Array.from({ length: block.rows }, (_, row): SubTiltParticle => {
    const first = triple(FIRST, row);
    const own = triple(ANGLES, row);
    const subtomogram = first && relionMatrix(...first);
    const angles = own && relionMatrix(...own);
    const rotation =
      subtomogram && angles ? multiply(subtomogram, angles) : (angles ?? subtomogram);
    const group = numbers.rlnOpticsGroup?.[row] ?? 1;
    const centred = triple(CENTRED, row);
    const pixels = triple(IN_PIXELS, row);
    const [x, y, z] = triple(ORIGIN, row) ?? [0, 0, 0];
    // RELION moves the particle by its origin to the middle.
    const offset: Vec3 = [-x, -y, -z];
    return {
      row,
      image: text('rlnImageName', row),
      tomogram: text('rlnTomoName', row),
      visible: listOf(text('rlnTomoVisibleFrames', row)).map((value) => value !== 0),
      own: null,
      place: centred
        ? { at: centred, from: 'centre' }
        : pixels && { at: scaled(pixels, groups.get(group)?.pixelSize ?? 1), from: 'corner' },
      offset: subtomogram ? multiplyVector(subtomogram, offset) : offset,
      rotation,
      class: texts.rlnClassNumber ? (names.get(text('rlnClassNumber', row)) ?? null) : null,
      group,
    };
  });
  return { fileName: name, particles, groups };
}

const scaled = ([x, y, z]: Vec3, by: number): Vec3 => [x * by, y * by, z * by];

function groupsOf({ name, bytes }: StarFile, blocks: readonly StarBlock[]): SubTiltList['groups'] {
  const optics = blocks.find((block) => block.name === 'optics');
  if (!optics) throw badFile(name, 'it has no optics table, which gives the pixel size', ACCEPTED);
  const { numbers } = readColumns(bytes, name, optics, [
    'rlnOpticsGroup',
    'rlnImagePixelSize',
    'rlnVoltage',
    'rlnSphericalAberration',
    'rlnAmplitudeContrast',
    'rlnCtfDataAreCtfPremultiplied',
  ]);
  if (!numbers.rlnImagePixelSize)
    throw badFile(name, 'its optics table has no _rlnImagePixelSize', ACCEPTED);
  const rows = Array.from({ length: optics.rows }, (_, i) => {
    const of = (label: string, otherwise: number) => numbers[label]?.[i] ?? otherwise;
    return [of('rlnOpticsGroup', i + 1), opticsOf(of, of('rlnImagePixelSize', 1))] as const;
  });
  return new Map(rows);
}

/** Where a particle stands, Å from the tomogram's centre, which is at half its size; null where that is not known. */
export function positionOf({ place, offset }: SubTiltParticle, extent: Vec3 | null): Vec3 | null {
  if (!place || (place.from === 'corner' && !extent)) return null;
  const at = (axis: 0 | 1 | 2) =>
    place.at[axis] + offset[axis] - (place.from === 'corner' ? extent![axis] / 2 : 0);
  return [at(0), at(1), at(2)];
}

/**
 * The tilts in which a particle is seen, with the defocus of its own height: `defocus + hand * z` with z along the beam
 * from the tomogram's centre (`Tomogram::getCtf`).
 */
export function tiltsOfParticle(
  { tilts, hand, extent }: TiltSeries,
  particle: SubTiltParticle,
): Tilt[] {
  const position = positionOf(particle, extent);
  return tilts.flatMap((tilt, i): Tilt[] => {
    if (!particle.visible[i]) return [];
    const { focus, rotation } = tilt;
    const [x, y] = multiplyVector(rotation, particle.offset);
    const depth = position ? hand * multiplyVector(rotation, position)[2] : 0;
    return [
      {
        ...tilt,
        shift: [x, y],
        focus: focus && { ...focus, u: focus.u + depth, v: focus.v + depth },
      },
    ];
  });
}
