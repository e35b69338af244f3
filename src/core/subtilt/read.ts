import { badFile } from '../errors.ts';
import {
  about,
  type Matrix3,
  multiply,
  multiplyVector,
  relionMatrix,
} from '../particles/rotation.ts';
import { classNamesOf, readColumns, readStar, type StarBlock } from '../particles/star.ts';
import type { Vec3 } from '../volume/types.ts';
import type { Focus, SubTiltOptics, Tilt } from './types.ts';

export interface StarFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A particle that a list gives as the projections of it. */
export interface SubTiltParticle {
  /** Row of the list, from 0. */
  readonly row: number;
  /** As the list names it. */
  readonly image: string;
  readonly tomogram: string;
  /** Whether it is seen in each image of the tilt series. */
  readonly visible: readonly boolean[];
  /** Å from the tomogram's centre; null where the list does not say. */
  readonly position: Vec3 | null;
  /** Of the reference into the tomogram; null without angles. */
  readonly rotation: Matrix3 | null;
  /** A class's name; null without one. */
  readonly class: string | null;
  readonly group: number;
}

/** Particles that a STAR file of RELION 5, Warp or M gives as stacks of projections. */
export interface SubTiltList {
  readonly fileName: string;
  readonly particles: readonly SubTiltParticle[];
  /** By number of the optics group. */
  readonly groups: ReadonlyMap<
    number,
    {
      readonly pixelSize: number;
      readonly optics: SubTiltOptics;
      readonly multiplied: boolean;
    }
  >;
}

const CENTRED = ['X', 'Y', 'Z'].map((axis) => `rlnCenteredCoordinate${axis}Angst`);
const ORIGIN = ['X', 'Y', 'Z'].map((axis) => `rlnOrigin${axis}Angst`);
const ANGLES = ['rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi'] as const;
const FIRST = ['rlnTomoSubtomogramRot', 'rlnTomoSubtomogramTilt', 'rlnTomoSubtomogramPsi'] as const;

/** Whether the text of a list names projections: a stack of images, and in which tilts each particle is seen. */
export function namesProjections(head: string): boolean {
  return /^\s*_rlnTomoVisibleFrames\b/m.test(head) && /^\s*_rlnImageName\b/m.test(head);
}

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
  if (!block) throw badFile(name, 'it names no stacks of projections', ACCEPTED);
  const { numbers, texts } = readColumns(
    bytes,
    name,
    block,
    [...CENTRED, ...ORIGIN, ...ANGLES, ...FIRST, 'rlnOpticsGroup'],
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
  const particles = Array.from({ length: block.rows }, (_, row): SubTiltParticle => {
    const first = triple(FIRST, row);
    const own = triple(ANGLES, row);
    const subtomogram = first && relionMatrix(...first);
    const angles = own && relionMatrix(...own);
    const rotation =
      subtomogram && angles ? multiply(subtomogram, angles) : (angles ?? subtomogram);
    const at = triple(CENTRED, row);
    const shift = triple(ORIGIN, row) ?? [0, 0, 0];
    const moved = subtomogram ? multiplyVector(subtomogram, [...shift]) : shift;
    return {
      row,
      image: text('rlnImageName', row),
      tomogram: text('rlnTomoName', row),
      visible: listOf(text('rlnTomoVisibleFrames', row)).map((value) => value !== 0),
      position: at && [at[0] - moved[0], at[1] - moved[1], at[2] - moved[2]],
      rotation,
      class: texts.rlnClassNumber ? (names.get(text('rlnClassNumber', row)) ?? null) : null,
      group: numbers.rlnOpticsGroup?.[row] ?? 1,
    };
  });
  return { fileName: name, particles, groups: groupsOf({ name, bytes }, blocks) };
}

/** `[1,1,0]` */
const listOf = (text: string): number[] =>
  text
    .replace(/[[\]"']/g, '')
    .split(/[,\s]+/)
    .filter(Boolean)
    .map(Number);

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
    const group = {
      pixelSize: of('rlnImagePixelSize', 1),
      optics: {
        voltage: of('rlnVoltage', 300),
        sphericalAberration: of('rlnSphericalAberration', 2.7),
        amplitudeContrast: of('rlnAmplitudeContrast', 0.1),
      },
      multiplied: of('rlnCtfDataAreCtfPremultiplied', 0) !== 0,
    };
    return [of('rlnOpticsGroup', i + 1), group] as const;
  });
  return new Map(rows);
}

/** The images of a tilt series. */
export interface TiltSeries {
  readonly tilts: readonly Tilt[];
  /** Å of defocus for one Å along the beam: 1 or -1. */
  readonly hand: number;
}

const TILTS_ACCEPTED =
  'a tomograms.star of RELION 5, Warp or M, whose tilt-series files have _rlnTomoXTilt, _rlnTomoYTilt and _rlnTomoZRot';
const MATRIX = ['rlnTomoProjX', 'rlnTomoProjY', 'rlnTomoProjZ'];

/**
 * The tilts of one tomogram of a `tomograms.star`: from its tilt-series file (RELION 5), or from projection matrices
 * beside it (RELION 4).
 *
 * @param beside reads a file that it names; null when it is not there
 * @throws AppError 'bad-file' naming what is missing
 */
export async function readTiltSeries(
  { name, bytes }: StarFile,
  tomogram: string,
  beside: (name: string) => Promise<StarFile | null>,
): Promise<TiltSeries> {
  const blocks = readStar(bytes, name);
  const global = blocks.find(({ labels }) => labels.includes('rlnTomoName'));
  if (!global) throw badFile(name, 'no table has _rlnTomoName', TILTS_ACCEPTED);
  const known = readColumns(
    bytes,
    name,
    global,
    ['rlnTomoHand'],
    ['rlnTomoName', 'rlnTomoTiltSeriesStarFile'],
  );
  const { names, index } = known.texts.rlnTomoName;
  const row = index.indexOf(names.indexOf(tomogram));
  if (row < 0) {
    const few = names.slice(0, 6).join(', ');
    throw badFile(name, `it does not name ${tomogram}`, `one of its tomograms: ${few}`);
  }
  const hand = known.numbers.rlnTomoHand?.[row] ?? 1;
  const files = known.texts.rlnTomoTiltSeriesStarFile;
  if (files) {
    const wanted = files.names[files.index[row]];
    const found = await beside(wanted);
    if (!found)
      throw badFile(
        wanted,
        `this tilt-series file, which ${name} names, is not there`,
        TILTS_ACCEPTED,
      );
    const series = readStar(found.bytes, found.name).find(({ labels }) => isSeries(labels));
    if (!series) throw badFile(found.name, 'no table has the tilts', TILTS_ACCEPTED);
    return { tilts: tiltsOf(found, series), hand };
  }
  const series = blocks.find((block) => block.name === tomogram && isSeries(block.labels));
  if (!series) throw badFile(name, `it gives no tilts of ${tomogram}`, TILTS_ACCEPTED);
  return { tilts: tiltsOf({ name, bytes }, series), hand };
}

const isSeries = (labels: readonly string[]) =>
  labels.includes('rlnTomoYTilt') || MATRIX.every((label) => labels.includes(label));

function tiltsOf({ name, bytes }: StarFile, block: StarBlock): Tilt[] {
  const { numbers, texts } = readColumns(
    bytes,
    name,
    block,
    [
      ...['rlnTomoXTilt', 'rlnTomoYTilt', 'rlnTomoZRot', 'rlnMicrographPreExposure'],
      ...['rlnDefocusU', 'rlnDefocusV', 'rlnDefocusAngle', 'rlnCtfScalefactor'],
    ],
    MATRIX,
  );
  return Array.from({ length: block.rows }, (_, i): Tilt => {
    const u = numbers.rlnDefocusU?.[i];
    const focus: Focus | null =
      u === undefined
        ? null
        : {
            u,
            v: numbers.rlnDefocusV?.[i] ?? u,
            angle: numbers.rlnDefocusAngle?.[i] ?? 0,
            scale: numbers.rlnCtfScalefactor?.[i] ?? 1,
          };
    const rows = MATRIX.map((label) => texts[label]);
    return {
      rotation: rows.every(Boolean)
        ? matrixOf(rows.map(({ names, index }) => listOf(names[index[i]])))
        : tiltMatrix(
            numbers.rlnTomoXTilt?.[i] ?? 0,
            numbers.rlnTomoYTilt[i],
            numbers.rlnTomoZRot?.[i] ?? 0,
          ),
      dose: numbers.rlnMicrographPreExposure?.[i] ?? null,
      focus,
    };
  });
}

/** `Rz(zRot) Ry(yTilt) Rx(xTilt)`, as `Tomogram::setProjectionMatrix` of RELION 5 has it. */
export const tiltMatrix = (xTilt: number, yTilt: number, zRot: number): Matrix3 =>
  multiply(about.z(zRot), multiply(about.y(yTilt), about.x(xTilt)));

/** The rotation in a projection matrix, whose scale is that of the images. */
function matrixOf(rows: readonly (readonly number[])[]): Matrix3 {
  const flat = rows.flatMap((row) => {
    const length = Math.hypot(row[0], row[1], row[2]) || 1;
    return row.slice(0, 3).map((value) => value / length);
  });
  return flat as unknown as Matrix3;
}

/**
 * The tilts in which a particle is seen, with the defocus of its own height: `defocus + hand * z` with z along the beam
 * from the tomogram's centre (`Tomogram::getCtf`).
 */
export function tiltsOfParticle(
  { tilts, hand }: TiltSeries,
  { visible, position }: SubTiltParticle,
): Tilt[] {
  return tilts.flatMap((tilt, i): Tilt[] => {
    if (!visible[i]) return [];
    const { focus, rotation } = tilt;
    if (!focus || !position) return [tilt];
    const depth = hand * multiplyVector(rotation, position)[2];
    return [{ ...tilt, focus: { ...focus, u: focus.u + depth, v: focus.v + depth } }];
  });
}
