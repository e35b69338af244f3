import { IMAGES_TEXT } from '../src/core/tomogram/index.ts';
import { AppError, badInput } from '../src/core/errors.ts';
import { looksLikeNpy, npyShape } from '../src/core/npy/index.ts';
import { pictureFormatIn, pictureSize } from '../src/core/picture/index.ts';
import {
  boxOf,
  boxText,
  headerOf,
  type OpenOptions,
  type VolumeHeader,
} from '../src/core/volume/index.ts';
import { withFile } from './files.ts';
import { isFlat } from './network-input.ts';

/** One input of a file: a volume of a stack, or one section of a stack of images. */
export interface Part {
  readonly volume: number;
  /** All of the volume when there is none. */
  readonly section: number | null;
}

/** The inputs that a file holds for a network. Throws `bad-input` for images into a 3D network. */
export function partsOf(
  { kind, volumes, shape }: VolumeHeader,
  inputShape: readonly number[],
  path: string,
): readonly Part[] {
  if (!isFlat(inputShape) && (kind === 'image' || kind === 'image-stack')) {
    const what = kind === 'image' ? 'one image' : `${shape[0]} separate images`;
    throw badInput(
      `${path}: the file holds ${what}, but the network takes volumes of ${boxText(boxOf(inputShape))} voxels; accepted: volumes (--read-as volume where the sections are those of one volume${kind === 'image-stack' ? `; ${IMAGES_TEXT}` : ''})`,
    );
  }
  if (kind === 'image-stack') {
    return Array.from({ length: shape[0] }, (_, section) => ({ volume: 0, section }));
  }
  return Array.from({ length: volumes }, (_, volume) => ({ volume, section: null }));
}

export function noVolume(
  path: string,
  index: number,
  count: number,
  { kind }: VolumeHeader,
): AppError {
  const what = kind === 'image-stack' ? 'image' : 'volume';
  return badInput(
    `${path}: there is no ${what} ${index + 1}, the file holds ${count === 1 ? 'one' : count}; accepted: --volume 1${count > 1 ? ` to ${count}` : ''}`,
  );
}

/**
 * How many inputs a file holds for a network, from its header alone; 1 where it cannot be read, which
 * reading it says.
 */
export async function countInputs(
  path: string,
  inputShape: readonly number[],
  options: OpenOptions,
): Promise<number> {
  try {
    return await withFile(
      path,
      async (source) => partsOf(await headerOf(source, options), inputShape, path).length,
    );
  } catch (error) {
    if (error instanceof AppError) return 1;
    throw error;
  }
}

/**
 * Sizes of the first volume, array or picture of a file as they stand in it; undefined where they cannot be read, which
 * reading it says.
 */
export async function givenShape(
  path: string,
  options: OpenOptions,
): Promise<readonly number[] | undefined> {
  try {
    return await withFile(path, async (source) => {
      const head = await source.read(0, 1 << 17);
      if (looksLikeNpy(head)) return npyShape(head, path);
      const format = await pictureFormatIn(source);
      if (format) {
        const { height, width } = pictureSize(await source.read(0, source.size), path, format);
        return [height, width, 3];
      }
      return (await headerOf(source, options)).shape;
    });
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
