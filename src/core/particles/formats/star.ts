import { decodeText } from '../../schema/utf8.ts';
import { badFile } from '../../errors.ts';
import { Findings } from '../../volume/report.ts';
import { selectLines } from '../lines.ts';
import { multiply, RELION, rotationsOf } from '../rotation.ts';
import {
  ACCEPTED_STAR,
  classNamesOf,
  readColumns,
  readStar,
  type StarBlock,
  type StarColumns,
} from '../star.ts';
import type { CoordinateFrame, ListedTomogram, ParticleList } from '../types.ts';
import { brokenRows } from './broken.ts';
import type { ParticleFile, ParticleFormat } from './format.ts';

const XYZ = ['X', 'Y', 'Z'] as const;
const labelled = (label: string) => XYZ.map((axis) => label.replace('#', axis));
const ANGLES = ['rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi'];
const FIRST_ANGLES = ['rlnTomoSubtomogramRot', 'rlnTomoSubtomogramTilt', 'rlnTomoSubtomogramPsi'];
const CENTRED = labelled('rlnCenteredCoordinate#Angst');
const IN_VOXELS = labelled('rlnCoordinate#');
const SHIFT = labelled('rlnOrigin#Angst');
const OLD_SHIFT = labelled('rlnOrigin#');
const IMAGES = ['rlnImageName'];
const TOMOGRAM_NAMES = ['rlnTomoName', 'rlnMicrographName'];
const PIXEL_SIZES = [
  'rlnTomoTiltSeriesPixelSize',
  'rlnMicrographPixelSize',
  'rlnImagePixelSize',
  'rlnPixelSize',
];
const SCORES = [
  'rlnAutopickFigureOfMerit',
  'rlnMaxValueProbDistribution',
  'rlnLogLikeliContribution',
];

/** What says where particles are; without coordinates each is a volume of its own. */
const PLACED = [CENTRED, IN_VOXELS, IMAGES];

const hasAll = ({ labels }: StarBlock, wanted: readonly string[]) =>
  wanted.every((label) => labels.includes(label));

const head = (bytes: Uint8Array) => decodeText(bytes.subarray(0, 1 << 16));

/** The table with a row per particle: the one with coordinates. */
function particlesOf(blocks: readonly StarBlock[], wanted: readonly (readonly string[])[]) {
  // A list of one particle may have no loop_.
  const tables = [...blocks].sort((a, b) => Number(a.values !== null) - Number(b.values !== null));
  for (const labels of wanted) {
    const found = tables.find((block) => hasAll(block, labels));
    if (found) return { block: found, labels };
  }
  return null;
}

/** Interleaves three columns. */
function interleaved(count: number, columns: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(3 * count);
  columns.forEach((column, axis) => {
    for (let i = 0; i < count; i++) out[3 * i + axis] = column[i];
  });
  return out;
}

const pick = ({ numbers }: StarColumns, labels: readonly string[]) => labels.map((l) => numbers[l]);

function firstOf<T>(from: Readonly<Record<string, T>>, labels: readonly string[]): T | undefined {
  const label = labels.find((one) => from[one] !== undefined);
  return label === undefined ? undefined : from[label];
}

/** RELION 3, 4 and 5: pixels of the tilt series or centred Ångström, with the optics table and `tomograms.star`. */
export const relion: ParticleFormat = {
  label: 'RELION STAR',
  endings: ['.star'],
  looksLike: ({ bytes }) => /^\s*_rln((Centered)?Coordinate[XYZ]|ImageName\b)/m.test(head(bytes)),
  read(file) {
    const { bytes, name } = file;
    const blocks = readStar(bytes, name);
    const found = particlesOf(blocks, PLACED);
    if (!found)
      throw noCoordinates(name, '_rlnCoordinateX/Y/Z or _rlnCenteredCoordinateX/Y/ZAngst');
    const { block, labels } = found;
    const placed = labels !== IMAGES;
    const broken = brokenIn(name, block);
    const columns = readColumns(
      bytes,
      name,
      block,
      [
        ...(placed ? labels : []),
        ...ANGLES,
        ...FIRST_ANGLES,
        ...SHIFT,
        ...OLD_SHIFT,
        ...PIXEL_SIZES,
        ...SCORES,
        ...['rlnOpticsGroup', 'rlnDetectorPixelSize', 'rlnMagnification'],
      ],
      [...TOMOGRAM_NAMES, 'rlnClassNumber'],
      placed ? broken.add : undefined,
    );
    const { rows: count } = block;
    const stacks = block.labels.includes('rlnTomoVisibleFrames');
    const findings = new Findings();
    broken.report(findings);
    const centred = labels === CENTRED;
    const tomograms = tomogramsOf(file, columns, findings);
    const sizes =
      centred || !placed ? null : pixelSizesOf(file, blocks, columns, tomograms, stacks, findings);
    const mixed = sizes instanceof Float64Array;
    const frame: CoordinateFrame =
      centred || mixed
        ? { unit: 'Å', from: centred ? 'centre' : 'corner', voxelSize: null }
        : { unit: 'voxel', from: 'corner', voxelSize: sizes };
    const first = hasAll(block, FIRST_ANGLES)
      ? rotationsOf(count, RELION, triple(columns, FIRST_ANGLES))
      : null;
    const own = hasAll(block, ANGLES) ? rotationsOf(count, RELION, triple(columns, ANGLES)) : null;
    if (stacks) {
      findings.info(
        'projections',
        'Each particle is also given as a stack of its projections, of which boxes are made where no tomogram is given.',
      );
    } else if (!placed) {
      findings.info(
        'boxes',
        'The list has no coordinates: each particle is a volume of its own, which _rlnImageName names.',
      );
    }
    const coordinates = placed
      ? interleaved(count, pick(columns, labels))
      : new Float64Array(3 * count).fill(Number.NaN);
    if (mixed) for (let i = 0; i < 3 * count; i++) coordinates[i] *= sizes[Math.floor(i / 3)];
    broken.clear(coordinates);
    subtractShift(coordinates, columns, first, frame, mixed ? sizes : null, findings);
    return {
      format: 'relion',
      fileName: name,
      count,
      coordinates,
      frame,
      rotations: composed(count, first, own),
      ...named(columns, tomograms, classNamesOf(bytes)),
      boxes: null,
      findings: findings.list,
    };
  },
  select: selectRows(PLACED),
};

const WARP = [labelled('wrpCoordinate#1'), labelled('wrpCoordinate#')];

/** Warp and M: columns `wrp…`, coordinates in Å, one column per moment of the exposure, of which the first counts. */
export const warp: ParticleFormat = {
  label: 'Warp or M STAR',
  endings: ['.star'],
  looksLike: ({ bytes }) => /^\s*_wrpCoordinateX1?\b/m.test(head(bytes)),
  read({ bytes, name }) {
    const found = particlesOf(readStar(bytes, name), WARP);
    if (!found) throw noCoordinates(name, '_wrpCoordinateX1/Y1/Z1');
    const { block, labels } = found;
    const end = labels[0].endsWith('1') ? '1' : '';
    const angles = ['wrpAngleRot', 'wrpAngleTilt', 'wrpAnglePsi'].map((label) => label + end);
    const broken = brokenIn(name, block);
    const columns = readColumns(
      bytes,
      name,
      block,
      [...labels, ...angles],
      ['wrpSourceName', 'wrpSourceHash'],
      broken.add,
    );
    const findings = new Findings();
    broken.report(findings);
    const coordinates = interleaved(block.rows, pick(columns, labels));
    broken.clear(coordinates);
    findings.info(
      'units',
      'Coordinates are taken in Å from the corner of the tomogram, as Warp and M write them.',
    );
    const source = firstOf(columns.texts, ['wrpSourceName', 'wrpSourceHash']);
    return {
      format: 'warp',
      fileName: name,
      count: block.rows,
      coordinates,
      frame: { unit: 'Å', from: 'corner', voxelSize: null },
      rotations: hasAll(block, angles)
        ? rotationsOf(block.rows, RELION, triple(columns, angles))
        : null,
      tomograms: (source?.names ?? []).map((one) => ({ name: one, shape: null, voxelSize: null })),
      tomogram: source?.index ?? null,
      classes: null,
      score: null,
      boxes: null,
      findings: findings.list,
    };
  },
  select: selectRows(WARP),
};

function selectRows(wanted: readonly (readonly string[])[]): ParticleFormat['select'] {
  return ({ bytes, name }, chosen) => {
    const found = particlesOf(readStar(bytes, name), wanted);
    if (!found) throw noCoordinates(name, 'coordinates');
    return selectLines(bytes, found.block.starts, chosen);
  };
}

const brokenIn = (fileName: string, { rows, labels }: StarBlock) =>
  brokenRows({
    ...{ fileName, rows, accepted: ACCEPTED_STAR },
    twice: labels.filter((label, i) => labels.indexOf(label) < i).map((label) => `_${label}`),
  });

const noCoordinates = (name: string, wanted: string) =>
  badFile(name, 'no table of it has coordinates', `STAR files with ${wanted}`);

function triple(columns: StarColumns, labels: readonly string[]) {
  const [a, b, c] = pick(columns, labels);
  return [a, b, c] as const;
}

/** The rotation of the particle within the subtomogram, then that of the subtomogram (`ParticleSet::getMatrix3x4`). */
function composed(count: number, first: Float32Array | null, own: Float32Array | null) {
  if (!first || !own) return own ?? first;
  const out = new Float32Array(9 * count);
  for (let i = 0; i < count; i++) out.set(multiply(matrixAt(first, i), matrixAt(own, i)), 9 * i);
  return out;
}

function matrixAt(rotations: Float32Array, i: number) {
  const [a, b, c, d, e, f, g, h, k] = rotations.subarray(9 * i, 9 * i + 9);
  return [a, b, c, d, e, f, g, h, k] as const;
}

/** `coordinate - A_subtomogram * origin` (`ParticleSet::getPosition`). */
function subtractShift(
  coordinates: Float64Array,
  columns: StarColumns,
  first: Float32Array | null,
  { unit, voxelSize }: CoordinateFrame,
  sizes: Float64Array | null,
  findings: Findings,
): void {
  const inAngstrom = SHIFT.every((label) => columns.numbers[label]);
  const labels = inAngstrom ? SHIFT : OLD_SHIFT;
  if (!labels.every((label) => columns.numbers[label])) return;
  const shifts = pick(columns, labels);
  const scale = unit === 'Å' || !inAngstrom ? 1 : voxelSize ? 1 / voxelSize : null;
  if (scale === null) {
    const moved = shifts.some((column) => column.some((value) => value !== 0));
    if (moved) {
      findings.warning(
        'shift',
        'The shifts of the refinement are in Å and the coordinates in pixels of unknown size, so the shifts are not applied.',
      );
    }
    return;
  }
  for (let i = 0; i < coordinates.length / 3; i++) {
    const own = sizes && !inAngstrom ? sizes[i] : scale;
    for (let axis = 0; axis < 3; axis++) {
      const turned = first
        ? shifts.reduce((sum, shift, k) => sum + first[9 * i + 3 * axis + k] * shift[i], 0)
        : shifts[axis][i];
      coordinates[3 * i + axis] -= own * turned;
    }
  }
}

function named(
  columns: StarColumns,
  tomograms: readonly ListedTomogram[],
  classNames: ReadonlyMap<string, string>,
): Pick<ParticleList, 'tomograms' | 'tomogram' | 'classes' | 'score'> {
  const label = SCORES.find((one) => columns.numbers[one]);
  const classes = columns.texts.rlnClassNumber;
  return {
    tomograms,
    tomogram: firstOf(columns.texts, TOMOGRAM_NAMES)?.index ?? null,
    classes: classes
      ? {
          names: classes.names.map((n) => classNames.get(n) ?? `class ${n}`),
          index: classes.index,
        }
      : null,
    score: label ? { name: label, values: Float32Array.from(columns.numbers[label]) } : null,
  };
}

const TOMOGRAM_SIZE = labelled('rlnTomoSize#');

/** What Warp calls the `tomograms.star` of a list: `matching_tomograms.star` beside `matching.star`. */
export const tomogramsNamedAs = (list: string): string =>
  `${list.replace(/^.*[/\\]/s, '').replace(/\.star$/i, '')}_tomograms.star`;

/** The tomograms that the particles name, with what `tomograms.star` beside the list says about them. */
function tomogramsOf(
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
      `${beside.name} does not name ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ` and ${missing.length - 3} more` : ''}, which the particles stand in.`,
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
function pixelSizesOf(
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
    const sizes = new Set(own);
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
