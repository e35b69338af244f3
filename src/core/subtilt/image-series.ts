import { badFile } from '../errors.ts';
import { about, type Matrix3, multiply, relionMatrix, transposed } from '../particles/rotation.ts';
import { classNamesOf, readColumns, type StarBlock, type StarColumns } from '../particles/star.ts';
import { FOCUS, focusAt, opticsOf } from './optics.ts';
import type { OpticsGroup, StarFile, SubTiltList, SubTiltParticle, Tilt } from './types.ts';

const NEEDED = ['rlnGroupName', 'rlnCtfBfactor', 'rlnCtfScalefactor'];
const ANGLES = ['rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi'] as const;
const NUMBERS = [
  ...ANGLES,
  ...FOCUS,
  ...['rlnOriginX', 'rlnOriginY', 'rlnOriginXAngst', 'rlnOriginYAngst', 'rlnCtfBfactor'],
  ...['rlnVoltage', 'rlnSphericalAberration', 'rlnAmplitudeContrast', 'rlnPixelSize'],
  ...['rlnImagePixelSize', 'rlnDetectorPixelSize', 'rlnMagnification'],
  'rlnCtfDataAreCtfPremultiplied',
];
const ACCEPTED =
  'a list with a row for each projection, as Warp 1, M and cryoDRGN have it: _rlnImageName (000001@stack.mrcs), _rlnGroupName of the particle, _rlnAngleRot, Tilt and Psi of the image, and _rlnCtfBfactor by its dose';

/** Whether a list has a row for each projection of a particle, with the dose before it as a B-factor. */
export const namesImageSeries = (head: string) =>
  !/^\s*_rln(CoordinateZ|CenteredCoordinateXAngst)\b/m.test(head) &&
  ['rlnImageName', ...NEEDED].every((label) => new RegExp(`^\\s*_${label}\\b`, 'm').test(head));

/**
 * Particles whose projections have a row each, with angles that take the reference into the image. The tomogram's axes
 * are those of the image of the least tilt, turned so that the others are tilted about y.
 *
 * @throws AppError 'bad-file'
 */
export function readImageSeries(
  { name, bytes }: StarFile,
  blocks: readonly StarBlock[],
): SubTiltList {
  const block = blocks.find(({ labels }) =>
    ['rlnImageName', ...NEEDED, ...ANGLES].every((l) => labels.includes(l)),
  );
  if (!block) throw badFile(name, 'it names no stacks of projections', ACCEPTED);
  const { numbers, texts } = readColumns(bytes, name, block, NUMBERS, [
    ...['rlnImageName', 'rlnGroupName', 'rlnClassNumber'],
  ]);
  if (numbers.rlnCtfBfactor.every((value) => value === 0))
    throw badFile(name, 'its images are single particles, not tilts of one', ACCEPTED);
  const { names, index } = texts.rlnGroupName;
  const rows: number[][] = names.map(() => []);
  for (let row = 0; row < block.rows; row++) rows[index[row]].push(row);
  const groups = new Map<number, OpticsGroup>();
  const known = new Map<string, number>();
  const classes = classNamesOf(bytes);
  const particles = rows.map((own, particle): SubTiltParticle => {
    const group = opticsAt(numbers, own[0]);
    const key = JSON.stringify(group);
    const id = known.get(key) ?? known.size + 1;
    known.set(key, id);
    groups.set(id, group);
    const images = own.map((row) => texts.rlnImageName.names[texts.rlnImageName.index[row]]);
    const places = images.map((image) => /^(\d+)@(.+)$/.exec(image));
    const file = places[0]?.[2];
    if (file === undefined || places.some((place) => place?.[2] !== file))
      throw badFile(name, `the images of ${names[particle]} are not of one stack`, ACCEPTED);
    const { rotation, tilts } = tiltsOf(numbers, own, group.pixelSize);
    return {
      ...{ row: own[0], image: file, tomogram: names[particle], visible: own.map(() => true) },
      ...{ place: null, offset: [0, 0, 0], rotation, group: id },
      own: { rows: own, sections: places.map((place) => Number(place![1]) - 1), tilts },
      class: texts.rlnClassNumber
        ? (classes.get(texts.rlnClassNumber.names[texts.rlnClassNumber.index[own[0]]]) ?? null)
        : null,
    };
  });
  return { fileName: name, particles, groups };
}

function opticsAt(numbers: StarColumns['numbers'], row: number): OpticsGroup {
  const of = (label: string, otherwise: number) => numbers[label]?.[row] ?? otherwise;
  const detector = (1e4 * of('rlnDetectorPixelSize', 1e-4)) / of('rlnMagnification', 1e4);
  return opticsOf(of, of('rlnImagePixelSize', of('rlnPixelSize', detector)));
}

/** How the images of one particle were taken, and its own rotation into the axes they share. */
function tiltsOf(numbers: StarColumns['numbers'], rows: readonly number[], pixelSize: number) {
  const [rot, tilt, psi] = ANGLES.map((label) => numbers[label]);
  const views = rows.map((row) => transposed(relionMatrix(rot[row], tilt[row], psi[row])));
  const scale = (i: number) => numbers.rlnCtfScalefactor[rows[i]];
  const least = views.reduce((best, _, i) => (scale(i) > scale(best) ? i : best), 0);
  const rotation = multiply(uprightOf(views, views[least]), views[least]);
  const back = transposed(rotation);
  const shiftOf = (axis: 'X' | 'Y', row: number) =>
    -(
      numbers[`rlnOrigin${axis}Angst`]?.[row] ??
      pixelSize * (numbers[`rlnOrigin${axis}`]?.[row] ?? 0)
    );
  const tilts = rows.map(
    (row, i): Tilt => ({
      rotation: multiply(views[i], back),
      shift: [shiftOf('X', row), shiftOf('Y', row)],
      // Warp writes 4 Å² for each electron per Å².
      dose: Math.max(0, -numbers.rlnCtfBfactor[row] / 4),
      focus: focusAt(numbers, row),
    }),
  );
  return { rotation, tilts };
}

/** Turns the axes of an image about the beam so that y is what the other images are tilted about. */
function uprightOf(views: readonly Matrix3[], least: Matrix3): Matrix3 {
  const turns = views.map((view) => multiply(view, transposed(least)));
  const trace = (m: Matrix3) => m[0] + m[4] + m[8];
  const m = turns.reduce((far, turn) => (trace(turn) < trace(far) ? turn : far));
  const [x, y] = [m[7] - m[5], m[2] - m[6]];
  if (Math.hypot(x, y) < 1e-6) return about.z(0);
  return about.z(90 - (Math.atan2(y, x) * 180) / Math.PI);
}
