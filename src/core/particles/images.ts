import { decodeText } from '../schema/utf8.ts';
import { badFile } from '../errors.ts';
import { RELION, rotationsOf } from './rotation.ts';
import { readColumns, readStar } from './star.ts';

const ANGLES = ['rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi'];
const ORIGIN = ['rlnOriginXAngst', 'rlnOriginYAngst', 'rlnOriginZAngst'];
const OLD_ORIGIN = ['rlnOriginX', 'rlnOriginY', 'rlnOriginZ'];

/** Volumes of their own that a RELION STAR names, one a particle. */
export interface ListedImages {
  /** As the list names them: `path`, or `000012@path` of a stack. */
  readonly names: readonly string[];
  /** Å of their voxels; null where the list does not say. */
  readonly voxelSize: Float64Array | null;
  /** x, y, z from the middle of each to its particle, three a particle. */
  readonly shifts: Float64Array;
  /** Whether {@link shifts} are in Å; else in voxels. */
  readonly inAngstrom: boolean;
  /** Of the reference into the volume, which stands as RELION cut it out; null without angles. */
  readonly rotations: Float32Array | null;
  /** Volumes of what each lets through, as the list names them; null where it does not. */
  readonly transfers: readonly string[] | null;
  /** Whether they have been multiplied with their contrast transfer, by the first optics group. */
  readonly multiplied: boolean;
}

/** Whether the text of a list names a volume for each particle. */
export const namesImages = (bytes: Uint8Array): boolean =>
  /^\s*_rlnImageName\b/m.test(decodeText(bytes.subarray(0, 1 << 16)));

/** @throws AppError 'bad-file' */
export function readImages({ name, bytes }: { name: string; bytes: Uint8Array }): ListedImages {
  const blocks = readStar(bytes, name);
  const block = blocks.find(({ labels }) => labels.includes('rlnImageName'));
  if (!block) throw badFile(name, 'it names no volumes', 'a STAR file with _rlnImageName');
  const { numbers, texts } = readColumns(
    bytes,
    name,
    block,
    [...ANGLES, ...ORIGIN, ...OLD_ORIGIN, 'rlnOpticsGroup', 'rlnImagePixelSize', 'rlnPixelSize'],
    ['rlnImageName', 'rlnCtfImage'],
  );
  const columns = (labels: readonly string[]) =>
    labels.every((label) => numbers[label]) ? labels.map((label) => numbers[label]) : null;
  const inAngstrom = columns(ORIGIN);
  const origin = inAngstrom ?? columns(OLD_ORIGIN);
  const angles = columns(ANGLES);
  const optics = blocks.find((one) => one.name === 'optics');
  const groups = optics
    ? readColumns(bytes, name, optics, [
        'rlnOpticsGroup',
        'rlnImagePixelSize',
        'rlnCtfDataAreCtfPremultiplied',
      ]).numbers
    : {};
  const { rlnImagePixelSize: sizes, rlnOpticsGroup: group } = groups;
  const sizeOf = (row: number) => {
    const at = group ? group.indexOf(numbers.rlnOpticsGroup?.[row] ?? group[0]) : 0;
    return sizes[at] ?? sizes[0];
  };
  const { names, index } = texts.rlnImageName;
  return {
    names: Array.from(index, (i) => names[i]),
    voxelSize: sizes
      ? new Float64Array(block.rows).map((_, row) => sizeOf(row))
      : (numbers.rlnImagePixelSize ?? numbers.rlnPixelSize ?? null),
    shifts: new Float64Array(3 * block.rows).map((_, i) =>
      // RELION moves the particle by its origin to the middle.
      origin ? -origin[i % 3][Math.floor(i / 3)] : 0,
    ),
    inAngstrom: inAngstrom !== null,
    rotations: angles && rotationsOf(block.rows, RELION, [angles[0], angles[1], angles[2]]),
    transfers: texts.rlnCtfImage
      ? Array.from(texts.rlnCtfImage.index, (i) => texts.rlnCtfImage.names[i])
      : null,
    multiplied: (groups.rlnCtfDataAreCtfPremultiplied?.[0] ?? 0) !== 0,
  };
}
