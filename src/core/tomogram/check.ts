import { badFile } from '../errors.ts';
import type { VolumeHeader } from '../volume/report.ts';

/** What images may be instead, in words. */
export const IMAGES_TEXT =
  'projections of a particle come with the particles.star that names them and the tomograms.star that gives their tilts';

/** Names that only stacks of images have; a header alone may be wrong. */
const OF_IMAGES = /\.(mrcs|st|ali|preali)(\.|$)/i;

/** @throws AppError 'bad-file' for a stack of images, such as projections or a tilt series */
export function mustBeTomogram(name: string, { kind, shape }: VolumeHeader): void {
  const [sections, height, width] = shape;
  if (kind !== 'image-stack' || !OF_IMAGES.test(name)) return;
  throw badFile(
    name,
    `this is a stack of ${sections} images of ${width} x ${height} pixels, projections or a tilt series, not a tomogram`,
    `a tomogram (of this name, as .mrc); ${IMAGES_TEXT}`,
  );
}
