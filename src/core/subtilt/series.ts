import { badFile } from '../errors.ts';
import { about, type Matrix3, multiply } from '../particles/rotation.ts';
import { readColumns, readStar, type StarBlock } from '../particles/star.ts';
import type { Vec3 } from '../volume/types.ts';
import { FOCUS, focusAt } from './optics.ts';
import type { StarFile, Tilt } from './types.ts';

/** The images of a tilt series. */
export interface TiltSeries {
  readonly tilts: readonly Tilt[];
  /** Å of defocus for one Å along the beam: 1 or -1. */
  readonly hand: number;
  /** x, y, z of the tomogram, Å; null where the file does not say. */
  readonly extent: Vec3 | null;
}

const TILTS_ACCEPTED =
  'a tomograms.star of RELION 5, Warp or M, whose tilt-series files have _rlnTomoXTilt, _rlnTomoYTilt and _rlnTomoZRot';
const SIZE = ['rlnTomoSizeX', 'rlnTomoSizeY', 'rlnTomoSizeZ'];
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
    ['rlnTomoHand', 'rlnTomoTiltSeriesPixelSize', ...SIZE],
    ['rlnTomoName', 'rlnTomoTiltSeriesStarFile'],
  );
  const { names, index } = known.texts.rlnTomoName;
  const row = index.indexOf(names.indexOf(tomogram));
  if (row < 0) {
    const few = names.slice(0, 6).join(', ');
    throw badFile(name, `it does not name ${tomogram}`, `one of its tomograms: ${few}`);
  }
  const hand = known.numbers.rlnTomoHand?.[row] ?? 1;
  const pixel = known.numbers.rlnTomoTiltSeriesPixelSize?.[row] ?? Number.NaN;
  const [x, y, z] = SIZE.map((label) => pixel * (known.numbers[label]?.[row] ?? Number.NaN));
  const extent: Vec3 | null = x > 0 && y > 0 && z > 0 ? [x, y, z] : null;
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
    return { tilts: tiltsOf(found, series), hand, extent };
  }
  const series = blocks.find((block) => block.name === tomogram && isSeries(block.labels));
  if (!series) throw badFile(name, `it gives no tilts of ${tomogram}`, TILTS_ACCEPTED);
  return { tilts: tiltsOf({ name, bytes }, series), hand, extent };
}

const isSeries = (labels: readonly string[]) =>
  labels.includes('rlnTomoYTilt') || MATRIX.every((label) => labels.includes(label));

function tiltsOf({ name, bytes }: StarFile, block: StarBlock): Tilt[] {
  const { numbers, texts } = readColumns(
    bytes,
    name,
    block,
    [...['rlnTomoXTilt', 'rlnTomoYTilt', 'rlnTomoZRot', 'rlnMicrographPreExposure'], ...FOCUS],
    MATRIX,
  );
  return Array.from({ length: block.rows }, (_, i): Tilt => {
    const rows = MATRIX.map((label) => texts[label]);
    return {
      rotation: rows.every(Boolean)
        ? matrixOf(rows.map(({ names, index }) => listOf(names[index[i]])))
        : tiltMatrix(
            numbers.rlnTomoXTilt?.[i] ?? 0,
            numbers.rlnTomoYTilt[i],
            numbers.rlnTomoZRot?.[i] ?? 0,
          ),
      shift: [0, 0],
      dose: numbers.rlnMicrographPreExposure?.[i] ?? null,
      focus: focusAt(numbers, i),
    };
  });
}

/** `[1,1,0]` */
export const listOf = (text: string): number[] =>
  text
    .replace(/[[\]"']/g, '')
    .split(/[,\s]+/)
    .filter(Boolean)
    .map(Number);

/** `Rz(zRot) Ry(yTilt) Rx(xTilt)`, as `Tomogram::setProjectionMatrix` of RELION 5 has it. */
export const tiltMatrix = (xTilt: number, yTilt: number, zRot: number): Matrix3 =>
  multiply(about.z(zRot), multiply(about.y(yTilt), about.x(xTilt)));

/** Degrees between the beam and the tomogram's third axis, with the sign of the tilt about the image's own axis. */
export function tiltAngle({ rotation: m }: Pick<Tilt, 'rotation'>): number {
  const angle = (Math.acos(Math.min(1, Math.max(-1, m[8]))) * 180) / Math.PI;
  return (Math.abs(m[6]) > Math.abs(m[7]) ? -m[6] : m[7]) < 0 ? -angle : angle;
}

/** The rotation in a projection matrix, whose scale is that of the images. */
function matrixOf(rows: readonly (readonly number[])[]): Matrix3 {
  const flat = rows.flatMap((row) => {
    const length = Math.hypot(row[0], row[1], row[2]) || 1;
    return row.slice(0, 3).map((value) => value / length);
  });
  return flat as unknown as Matrix3;
}
