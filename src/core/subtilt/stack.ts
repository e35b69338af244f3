import { badFile } from '../errors.ts';
import { type ByteSource, openSource, type VolumeAccess } from '../volume/access.ts';
import { toFloat32 } from '../volume/convert.ts';
import { computeStats } from '../volume/stats.ts';
import { tiltsOfParticle } from './read.ts';
import type { TiltSeries } from './series.ts';
import type { SubTiltList, SubTiltParticle, SubTiltStack, Tilt, TransferUse } from './types.ts';

/**
 * The projections of a particle, checked against its tilts.
 *
 * @param series null where the list gives the tilts itself
 * @throws AppError 'bad-file'
 */
export async function readStack(
  source: ByteSource,
  list: SubTiltList,
  particle: SubTiltParticle,
  series: TiltSeries | null,
): Promise<SubTiltStack> {
  const { fileName } = list;
  const { optics, pixelSize, multiplied } = groupOf(list, particle);
  const seen = seenOf(fileName, particle, series);
  const access = await openSource(source);
  const { shape, volumes } = access.header;
  // A stack of images may be said to be so many volumes of one section.
  const sections = volumes > 1 ? volumes * shape[0] : shape[0];
  const [, height, width] = shape;
  const wanted = seen.sections(sections);
  if (height !== width || width % 2 !== 0 || wanted === null)
    throw badFile(
      source.name,
      `it holds ${sections} images of ${width} x ${height} pixels, and ${fileName} says that the particle is seen in ${seen.tilts.length} tilts`,
      'one square image of even size for each of them',
    );
  const images = await sectionsOf(access, wanted);
  if (!Number.isFinite(computeStats(images).mean) || images.some((value) => value - value !== 0))
    throw badFile(
      source.name,
      'it holds values that are not finite',
      'projections of finite values',
    );
  return { images, size: width, pixelSize, tilts: seen.tilts, optics, multiplied };
}

/** Some sections of a stack one after the other; no others are read, since a stack may be of a whole tilt series. */
async function sectionsOf(
  { header: { shape }, read }: VolumeAccess,
  wanted: readonly number[],
): Promise<Float32Array> {
  const [perVolume, height, width] = shape;
  const images = new Float32Array(wanted.length * height * width);
  for (let i = 0; i < wanted.length; ) {
    const volume = Math.floor(wanted[i] / perVolume);
    const first = wanted[i] % perVolume;
    let count = 1;
    while (wanted[i + count] === wanted[i] + count && first + count < perVolume) count++;
    const part = await read(volume, { start: [first, 0, 0], shape: [count, height, width] });
    images.set(toFloat32(part.volume.data), i * height * width);
    i += count;
  }
  return images;
}

function groupOf({ fileName, groups }: SubTiltList, { group, row }: SubTiltParticle) {
  const found = groups.get(group);
  if (found) return found;
  throw badFile(
    fileName,
    `row ${row + 1} is of optics group ${group}, which its optics table lacks`,
    `one of ${[...groups.keys()].join(', ')}`,
  );
}

/** The tilts of a particle, and which sections of a stack of so many are theirs; null where it does not have them. */
function seenOf(
  fileName: string,
  particle: SubTiltParticle,
  series: TiltSeries | null,
): { tilts: readonly Tilt[]; sections(of: number): readonly number[] | null } {
  const { visible, own } = particle;
  if (own) {
    const { sections, tilts } = own;
    return { tilts, sections: (of) => (sections.every((at) => at < of) ? sections : null) };
  }
  if (!series) throw badFile(fileName, `row ${particle.row + 1} has no tilts`, 'a tomograms.star');
  if (visible.length !== series.tilts.length)
    throw badFile(
      fileName,
      `row ${particle.row + 1} says of ${visible.length} images whether it is seen in them, and the tilt series of ${particle.tomogram} has ${series.tilts.length}`,
      'a list and a tomograms.star that belong together',
    );
  const tilts = tiltsOfParticle(series, particle);
  const all = [...visible.keys()].filter((at) => visible[at]);
  return {
    tilts,
    // RELION writes the images that a particle is seen in, Warp those of all tilts.
    sections: (of) =>
      of === tilts.length ? [...tilts.keys()] : of === visible.length ? all : null,
  };
}

/** `41 projections of 64 x 64 pixels of 10 Å` */
export const stackText = ({ tilts, size, pixelSize }: SubTiltStack): string =>
  `${tilts.length} projections of ${size} x ${size} pixels of ${Number(pixelSize.toPrecision(5))} Å`;

/** What is done to the contrast transfer of projections, in words. */
const TRANSFER_WORDS: Readonly<Record<TransferUse, string>> = {
  corrected: 'contrast transfer corrected for',
  kept: 'contrast transfer kept',
  squared: 'contrast transfer squared',
};

/** How projections are weighted before they are projected back. */
export function weightingText({ tilts, multiplied }: SubTiltStack, transfer: TransferUse): string {
  const focus = tilts.some((tilt) => tilt.focus);
  const dose = tilts.some((tilt) => tilt.dose !== null);
  const before = multiplied ? 'multiplied with contrast transfer before, ' : '';
  return [
    'slices weighted by their overlap',
    ...(focus ? [`${before}${TRANSFER_WORDS[transfer]}`] : []),
    ...(dose ? ['dose weighted'] : []),
  ].join(', ');
}
