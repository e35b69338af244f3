import { AppError, sentence } from '../errors.ts';
import { luminance } from '../picture/planes.ts';
import type { Picture } from '../picture/types.ts';
import { turned, upright } from '../picture/turn.ts';
import { narrow } from '../volume/convert.ts';
import { conclude, type VolumeFile } from '../volume/file.ts';
import { Findings, type ReadAs } from '../volume/report.ts';
import { computeStats, type NumberArray } from '../volume/stats.ts';
import type { Shape3, VoxelArray } from '../volume/types.ts';
import { checkPages, decodePage, pageBytes } from './decode.ts';
import { readDirectories } from './directory.ts';
import { isExtra, type Page, pageOf } from './page.ts';
import { type Notes, notesOf } from './scale.ts';
import { mapTo } from '../typed-arrays.ts';

/** Largest content that is decoded, in bytes. */
const MAX_BYTES = 2 ** 31;

interface TiffFile {
  readonly littleEndian: boolean;
  /** Of one size and kind each, in the order of the file. */
  readonly pages: readonly Page[];
  /** Images of other sizes or kinds than the first. */
  readonly left: number;
  readonly notes: Notes;
}

/** Everything but the samples. Throws a sentence. */
function parse(bytes: Uint8Array, findings: Findings): TiffFile {
  const { littleEndian, directories } = readDirectories(bytes);
  const images = directories.filter((one) => !isExtra(one));
  const own = images.length > 0 ? images : directories.slice(0, 1);
  const first = pageOf(own[0]);
  const pages = [first];
  for (const directory of own.slice(1)) {
    const page = pageOf(directory);
    if (sameKind(page, first)) pages.push(page);
  }
  const notes = notesOf(own[0], findings);
  const all = behindFirst(pages, notes.sections, bytes.length) ?? pages;
  checkPages(all, bytes.length);
  return { littleEndian, pages: all, left: own.length - pages.length, notes };
}

const sameKind = (a: Page, b: Page): boolean =>
  (['width', 'height', 'bits', 'samples', 'format', 'photometric'] as const).every(
    (key) => a[key] === b[key],
  );

/** ImageJ writes stacks of gigabytes as one directory with the sections one after the other. */
function behindFirst(pages: readonly Page[], sections: number | null, fileBytes: number) {
  const [first] = pages;
  const { chunks, packing } = first;
  const bytes = pageBytes(first);
  const fits = sections !== null && chunks.offsets[0] + sections * bytes <= fileBytes;
  if (pages.length > 1 || !fits || sections < 2 || packing !== 'none' || chunks.tiled) return null;
  return Array.from({ length: sections }, (_, i): Page => {
    const offsets = [chunks.offsets[0] + i * bytes];
    return { ...first, chunks: { ...chunks, height: first.height, offsets, bytes: [bytes] } };
  });
}

/**
 * Whether a file is a picture of samples from black to white: one image in colour, or in grey of 8 bits or less. Other
 * images are measurements, and several are sections.
 */
export function isTiffPicture(bytes: Uint8Array): boolean {
  try {
    const { pages } = parse(bytes, new Findings());
    const [{ photometric, bits, format }] = pages;
    const colour = photometric === 'rgb' || photometric === 'palette';
    return pages.length === 1 && format === 'unsigned' && (colour || bits <= 8);
  } catch {
    // What is wrong with it is said when it is opened.
    return false;
  }
}

/** The size that a picture's header claims. Throws a sentence. */
export function tiffClaim(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const [page] = parse(bytes, new Findings()).pages;
  return upright(page, page.orientation);
}

/** Decodes the first image of a file as a picture, upright. Throws a sentence when it is damaged. */
export function decodeTiff(bytes: Uint8Array): Picture {
  const { pages, littleEndian } = parse(bytes, new Findings());
  const [page] = pages;
  return turned({ ...page, planes: samplesOf(bytes, page, littleEndian) }, page.orientation);
}

/** Grey, or red, green and blue, each 0 (black) to 255 (white). */
function samplesOf(bytes: Uint8Array, page: Page, littleEndian: boolean): readonly Float32Array[] {
  const { photometric, bits, colours } = page;
  const planes = decodePage(bytes, page, littleEndian);
  if (photometric === 'palette') {
    const entries = 2 ** bits;
    return [0, 1, 2].map((c) =>
      mapTo(
        new Float32Array(planes[0].length),
        planes[0],
        (entry) => colours[c * entries + entry] >> 8,
      ),
    );
  }
  const scale = 255 / (2 ** bits - 1);
  const white = photometric === 'white-is-zero';
  return planes
    .slice(0, photometric === 'rgb' ? 3 : 1)
    .map((plane) =>
      mapTo(
        new Float32Array(plane.length),
        plane,
        (value) => scale * (white ? 2 ** bits - 1 - value : value),
      ),
    );
}

/**
 * Reads the images of a file as sections of a volume, from the first on, or one as an image. Throws `bad-file` when they
 * are damaged, or of a kind that is not read.
 */
export function openTiff(
  bytes: Uint8Array,
  fileName: string,
  { readAs }: { readonly readAs?: ReadAs } = {},
): VolumeFile {
  const findings = new Findings();
  try {
    const file = parse(bytes, findings);
    const { pages, littleEndian } = file;
    const [{ width, height }] = pages;
    const size = pages.length * width * height;
    if (4 * size > MAX_BYTES) throw new Error(`it has ${size} values`);
    let data: VoxelArray | null = null;
    for (const [i, page] of pages.entries()) {
      const values = sectionOf(bytes, page, littleEndian, fileName);
      data ??= pages.length === 1 ? values : emptyLike(values, size);
      if (data !== values) data.set(values, i * width * height);
    }
    return fileOf(file, data as VoxelArray, fileName, findings, readAs);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'bad-file',
      `${fileName}: the TIFF file cannot be read (${sentence(error)}); accepted: grey, RGB and palette TIFF of 1 to 64 bits, not packed or with LZW, deflate or PackBits`,
      { cause: error },
    );
  }
}

const emptyLike = (values: VoxelArray, length: number): VoxelArray =>
  new (values.constructor as new (length: number) => VoxelArray)(length);

/** A section's values as they are stored, those in colour as luminance. */
function sectionOf(
  bytes: Uint8Array,
  page: Page,
  littleEndian: boolean,
  fileName: string,
): VoxelArray {
  const { photometric } = page;
  if (photometric === 'rgb' || photometric === 'palette')
    return luminance({ planes: samplesOf(bytes, page, littleEndian) });
  const [plane] = decodePage(bytes, page, littleEndian) as readonly [NumberArray];
  return narrow(plane, fileName);
}

function fileOf(
  { pages, left, notes, littleEndian }: TiffFile,
  data: VoxelArray,
  fileName: string,
  findings: Findings,
  readAs: ReadAs | undefined,
): VolumeFile {
  const [page] = pages;
  const { width, height, photometric, bits, format, samples } = page;
  const colour = photometric === 'rgb' || photometric === 'palette';
  if (left > 0)
    findings.warning(
      'other-images',
      `${left} images of the file have another size or kind than the first and are left out.`,
    );
  if (colour) findings.info('luminance', 'Colours are read as their luminance.');
  else if (samples > 1)
    findings.warning('first-sample', `Of ${samples} samples of each pixel the first is read.`);
  if (photometric === 'white-is-zero')
    findings.info(
      'white-is-zero',
      'The file shows small values as white; they are read as stored.',
    );
  const stack = pages.length > 1;
  if (stack && readAs !== 'images')
    findings.info('sections', `Its ${pages.length} images are read as the sections of one volume.`);
  const kind = stack
    ? readAs === 'images'
      ? 'image-stack'
      : 'volume'
    : readAs === 'volume'
      ? 'volume'
      : 'image';
  const shape: Shape3 = [pages.length, height, width];
  const words = { unsigned: 'unsigned integer', signed: 'integer', float: 'float' }[format];
  const valueType = colour ? 'colour' : `${bits}-bit ${words}`;
  const header = {
    format: 'tiff',
    compression: 'none',
    kind,
    mode: null,
    valueType,
    shape,
    axes: ['x', 'y', 'z'],
    endian: littleEndian ? 'little' : 'big',
    voxelSize: notes.voxelSize ?? [1, 1, 1],
    voxelSizeKnown: notes.voxelSize !== null,
    origin: [0, 0, 0],
    spaceGroup: null,
    extendedHeader: { type: null, bytes: 0 },
    sections: pages.length,
    volumes: 1,
    labels: [],
    findings: findings.list,
  } as const;
  const stats = computeStats(data);
  const report = conclude({ header, findings, valueType: () => valueType }, stats);
  return { fileName, data, stats, report };
}
