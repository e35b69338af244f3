import { badInput } from '../src/core/errors.ts';
import {
  channelsOf,
  type PictureFormatId,
  pictureSize,
  readPicture,
} from '../src/core/picture/index.ts';
import type { ByteSource, Normalization, Shape3 } from '../src/core/volume/index.ts';
import { planeOf, planesFile } from './channels.ts';
import { type InputFile, isFlat } from './network-input.ts';

/** Opens a picture for a network of images. Throws `bad-input` where the network takes none. */
export async function openPicture(
  source: ByteSource,
  format: PictureFormatId,
  inputShape: readonly number[],
  scaling: Normalization | undefined,
): Promise<InputFile> {
  const path = source.name;
  const channels = inputShape[inputShape.length - 1];
  if (!isFlat(inputShape) || (channels !== 1 && channels !== 3)) {
    throw badInput(
      `${path}: this is a picture, but the network takes shape ${inputShape.join(' x ')}; accepted: pictures for networks of one section and one or three channels`,
    );
  }
  const bytes = await source.read(0, source.size);
  const { width, height } = pictureSize(bytes, path, format);
  const shape: Shape3 = [1, height, width];
  const planes = () =>
    channelsOf(readPicture(bytes, path, format), channels).map((data) => planeOf(data, shape));
  const file = planesFile(path, shape, [planes], inputShape, 'channels-last');
  return {
    ...file,
    picture: true,
    read: (index, expectation, prepare) =>
      file.read(
        index,
        { ...expectation, normalization: expectation.normalization ?? scaling },
        prepare,
      ),
  };
}
