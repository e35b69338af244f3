import { Findings } from '../../volume/report.ts';
import { RELION, rotationsOf } from '../rotation.ts';
import { classNamesOf, readColumns, readStar, type StarColumns } from '../star.ts';
import type { CoordinateFrame, ListedTomogram, ParticleList } from '../types.ts';
import type { ParticleFormat } from './format.ts';
import { PIXEL_SIZES, pixelSizesOf, TOMOGRAM_NAMES, tomogramsOf } from './relion-tomograms.ts';
import {
  brokenIn,
  firstOf,
  hasAll,
  head,
  interleaved,
  labelled,
  noCoordinates,
  particlesOf,
  pick,
  selectRows,
  triple,
} from './star-table.ts';

const ANGLES = ['rlnAngleRot', 'rlnAngleTilt', 'rlnAnglePsi'];
const FIRST_ANGLES = ['rlnTomoSubtomogramRot', 'rlnTomoSubtomogramTilt', 'rlnTomoSubtomogramPsi'];
const CENTRED = labelled('rlnCenteredCoordinate#Angst');
const IN_VOXELS = labelled('rlnCoordinate#');
const SHIFT = labelled('rlnOrigin#Angst');
const OLD_SHIFT = labelled('rlnOrigin#');
const IMAGES = ['rlnImageName'];
const HALF = 'rlnRandomSubset';
const SCORES = [
  'rlnAutopickFigureOfMerit',
  'rlnMaxValueProbDistribution',
  'rlnLogLikeliContribution',
];

/** What says where particles are; without coordinates each is a volume of its own. */
const PLACED = [CENTRED, IN_VOXELS, IMAGES];

/** RELION 3, 4 and 5: pixels of the tilt series or centred Ångström, with the optics table and `tomograms.star`. */
export const relion: ParticleFormat = {
  label: 'RELION STAR',
  endings: ['.star'],
  ownEndings: ['.star'],
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
        ...['rlnOpticsGroup', 'rlnDetectorPixelSize', 'rlnMagnification', HALF],
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
    if (frame.from === 'centre')
      findings.info(
        'units',
        'Coordinates are taken in Å from the centre of the tomogram (_rlnCenteredCoordinateXAngst), which stands at half its size.',
      );
    broken.clear(coordinates);
    subtractShift(coordinates, columns, first, frame, mixed ? sizes : null, findings);
    return {
      format: 'relion',
      fileName: name,
      count,
      coordinates,
      frame,
      rotations: composed(first, own),
      ...named(columns, tomograms, classNamesOf(bytes)),
      half: columns.numbers[HALF] ? new Uint8Array(columns.numbers[HALF]) : null,
      boxes: null,
      findings: findings.list,
    };
  },
  select: selectRows(PLACED),
};

/** The rotation of the particle within the subtomogram, then that of the subtomogram (`ParticleSet::getMatrix3x4`). */
function composed(first: Float32Array | null, own: Float32Array | null) {
  if (!first || !own) return own ?? first;
  const out = new Float32Array(own.length);
  for (let i = 0; i < own.length; i += 9)
    for (let row = i; row < i + 9; row += 3)
      for (let column = 0; column < 3; column++)
        out[row + column] =
          first[row] * own[i + column] +
          first[row + 1] * own[i + 3 + column] +
          first[row + 2] * own[i + 6 + column];
  return out;
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
  const [x, y, z] = shifts;
  for (let i = 0; i < x.length; i++) {
    const own = sizes && !inAngstrom ? sizes[i] : scale;
    for (let axis = 0; axis < 3; axis++) {
      const row = 9 * i + 3 * axis;
      const turned = first
        ? first[row] * x[i] + first[row + 1] * y[i] + first[row + 2] * z[i]
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
    score: label ? { name: label, values: new Float32Array(columns.numbers[label]) } : null,
  };
}
