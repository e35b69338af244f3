import { badFile } from '../../errors.ts';
import { few } from '../../few.ts';
import type { Findings } from '../../volume/report.ts';
import { readColumns, readStar, type StarBlock, type StarColumns } from '../star.ts';
import type { ListedTomogram } from '../types.ts';
import type { ParticleFile } from './format.ts';
import { firstOf, labelled } from './star-table.ts';

export const TOMOGRAM_NAMES = ['rlnTomoName', 'rlnMicrographName'];
export const PIXEL_SIZES = [
  'rlnTomoTiltSeriesPixelSize',
  'rlnMicrographPixelSize',
  'rlnImagePixelSize',
  'rlnPixelSize',
];
const TOMOGRAM_SIZE = labelled('rlnTomoSize#');

/** What Warp calls the `tomograms.star` of a list: `matching_tomograms.star` beside `matching.star`. */
export const tomogramsNamedAs = (list: string): string =>
  `${list.replace(/^.*[/\\]/s, '').replace(/\.star$/i, '')}_tomograms.star`;

/** The tomograms that the particles name, with what `tomograms.star` beside the list says about them. */
export function tomogramsOf(
  file: ParticleFile,
  columns: StarColumns,
  findings: Findings,
): ListedTomogram[] {
  const names = firstOf(columns.texts, TOMOGRAM_NAMES)?.names ?? [];
  const beside =
    file.beside?.(tomogramsNamedAs(file.name)) ?? file.beside?.(/^tomograms.*\.star$/i);
  if (!beside) return names.map((name) => ({ name, shape: null, voxelSize: null }));
  const block = readStar(beside.bytes, beside.name).find(({ labels }) =>
    labels.includes('rlnTomoName'),
  );
  if (!block)
    throw badFile(beside.name, 'no table has _rlnTomoName', 'the tomograms.star of RELION 4 or 5');
  const known = readColumns(
    beside.bytes,
    beside.name,
    block,
    [...TOMOGRAM_SIZE, 'rlnTomoTiltSeriesPixelSize'],
    ['rlnTomoName'],
  );
  const { names: rowNames, index } = known.texts.rlnTomoName;
  const missing = names.filter((name) => !rowNames.includes(name));
  if (missing.length > 0) {
    findings.warning(
      'tomogram',
      `${beside.name} does not name ${few(missing)}, which the particles stand in.`,
    );
  }
  return names.map((name) => {
    const row = index.indexOf(rowNames.indexOf(name));
    if (row < 0) return { name, shape: null, voxelSize: null };
    const size = TOMOGRAM_SIZE.map((label) => known.numbers[label]?.[row]);
    return {
      name,
      shape: size.every((n) => n > 0) ? [size[2], size[1], size[0]] : null,
      voxelSize: known.numbers.rlnTomoTiltSeriesPixelSize?.[row] ?? null,
    };
  });
}

/** Å of the pixels that `_rlnCoordinate…` counts; of every particle where the optics groups differ. */
export function pixelSizesOf(
  { bytes, name }: ParticleFile,
  blocks: readonly StarBlock[],
  columns: StarColumns,
  tomograms: readonly ListedTomogram[],
  stacks: boolean,
  findings: Findings,
): number | Float64Array | null {
  const optics = blocks.find(({ name: block }) => block === 'optics');
  const groups = optics && readColumns(bytes, name, optics, ['rlnOpticsGroup', ...PIXEL_SIZES]);
  // With stacks of projections they are Warp's, which counts the pixels of those; RELION has Å then.
  for (const label of stacks ? ['rlnImagePixelSize', ...PIXEL_SIZES] : PIXEL_SIZES) {
    const own = columns.numbers[label] ?? ofGroups(label, groups?.numbers, columns);
    // A damaged row has none.
    const sizes = new Set(own?.filter(Number.isFinite));
    if (sizes.size === 0) continue;
    const [size] = sizes;
    if (own && sizes.size > 1) {
      findings.warning(
        'pixel-size',
        `The list mixes pixels of ${[...sizes].slice(0, 4).join(', ')} Å (_${label}); coordinates are taken in those of each particle, from the corner.`,
      );
      return own;
    }
    findings.info(
      'units',
      `Coordinates are taken in pixels of ${size} Å (_${label}), from the corner.`,
    );
    return size;
  }
  const { rlnDetectorPixelSize: detector, rlnMagnification: magnification } = columns.numbers;
  if (detector?.[0] > 0 && magnification?.[0] > 0) {
    const size = (1e4 * detector[0]) / magnification[0];
    findings.info(
      'units',
      `Coordinates are taken in pixels of ${size} Å (detector pixel over magnification), from the corner.`,
    );
    return size;
  }
  const listed = tomograms.find(({ voxelSize }) => voxelSize !== null)?.voxelSize;
  if (listed) return listed;
  findings.warning(
    'units',
    "Coordinates are in pixels and the file does not say of what size; the tomogram's own voxels are assumed.",
  );
  return null;
}

/** The value of each particle's optics group. */
function ofGroups(
  label: string,
  groups: StarColumns['numbers'] | undefined,
  { numbers: { rlnOpticsGroup: group } }: StarColumns,
): Float64Array | undefined {
  const values = groups?.[label];
  if (!values || values.length === 1 || !group) return values?.subarray(0, 1);
  const numbers = groups?.rlnOpticsGroup ?? values.map((_, i) => i + 1);
  return group.map((number) => values[numbers.indexOf(number)] ?? Number.NaN);
}
