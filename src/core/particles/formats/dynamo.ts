import { badFile } from '../../errors.ts';
import { Findings } from '../../volume/report.ts';
import { selectLines, tableLines } from '../lines.ts';
import { DYNAMO, rotationsOf } from '../rotation.ts';
import { numberAt, splitWords } from '../text.ts';
import type { ParticleFormat } from './format.ts';

/** Columns of a Dynamo table, counted from 1 (`help dynamo__table`). */
const COLUMN = {
  tag: 1,
  shift: 4,
  tdrot: 7,
  tilt: 8,
  narot: 9,
  cc: 10,
  tomogram: 20,
  class: 22,
  x: 24,
  voxelSize: 36,
};
const LEAST_COLUMNS = 26;

/** Dynamo tables: no header, at least 26 numbers a row, one row a particle. */
export const dynamo: ParticleFormat = {
  label: 'Dynamo table',
  endings: ['.tbl'],
  ownEndings: ['.tbl'],
  looksLike({ bytes, name }) {
    if (!/\.tbl$/i.test(name)) return false;
    const end = bytes.indexOf(0x0a);
    const places = new Uint32Array(2 * LEAST_COLUMNS);
    return splitWords(bytes, 0, end < 0 ? bytes.length : end, places) === LEAST_COLUMNS;
  },
  read({ bytes, name }) {
    const starts = tableLines(bytes);
    const count = starts.length - 1;
    const widest = Math.max(LEAST_COLUMNS, COLUMN.voxelSize);
    const values = new Float64Array(count * widest);
    const places = new Uint32Array(2 * widest);
    let columns = Number.POSITIVE_INFINITY;
    for (let row = 0; row < count; row++) {
      const words = splitWords(bytes, starts[row], starts[row + 1], places);
      for (let i = 0; i < words; i++) {
        values[row * widest + i] = numberAt(bytes, places[2 * i], places[2 * i + 1]);
      }
      if (words < LEAST_COLUMNS) {
        throw badFile(
          name,
          `row ${row + 1} has ${words} columns`,
          `Dynamo tables of at least ${LEAST_COLUMNS}`,
        );
      }
      columns = Math.min(columns, words);
    }
    const column = (number: number) =>
      new Float64Array(count).map((_, row) => values[row * widest + number - 1]);
    const coordinates = new Float64Array(3 * count);
    const shifts = new Float64Array(3 * count);
    for (let row = 0; row < count; row++) {
      for (let axis = 0; axis < 3; axis++) {
        const shift = values[row * widest + COLUMN.shift - 1 + axis];
        coordinates[3 * row + axis] = values[row * widest + COLUMN.x - 1 + axis] + shift;
        shifts[3 * row + axis] = shift;
      }
    }
    const findings = new Findings();
    const size = columns >= COLUMN.voxelSize ? values[COLUMN.voxelSize - 1] : 0;
    findings.info(
      'units',
      `Coordinates are taken in voxels ${size > 0 ? `of ${size} Å` : 'of the tomogram'}, with the shifts of columns 4 to 6 added.`,
    );
    return {
      format: 'dynamo',
      fileName: name,
      count,
      coordinates,
      frame: { unit: 'voxel', from: 'corner', voxelSize: size > 0 ? size : null },
      rotations: rotationsOf(count, DYNAMO, [
        column(COLUMN.tdrot),
        column(COLUMN.tilt),
        column(COLUMN.narot),
      ]),
      ...numbered(column(COLUMN.tomogram), column(COLUMN.class)),
      score: { name: 'cc', values: new Float32Array(column(COLUMN.cc)) },
      half: null,
      boxes: { numbers: column(COLUMN.tag), shifts },
      findings: findings.list,
    };
  },
  select: ({ bytes }, chosen) => selectLines(bytes, tableLines(bytes), chosen),
};

/** Tomograms and classes that are only numbers. */
export function numbered(tomogram: ArrayLike<number>, classes: ArrayLike<number>) {
  const [tomograms, ofTomogram] = distinct(tomogram, 'tomogram');
  const [names, index] = distinct(classes, 'class');
  return {
    tomograms: tomograms.map((name) => ({ name, shape: null, voxelSize: null })),
    tomogram: ofTomogram,
    classes: names.length > 1 ? { names, index } : null,
  };
}

function distinct(values: ArrayLike<number>, what: string): [string[], Int32Array] {
  const seen = new Map<number, number>();
  const index = new Int32Array(values.length).map((_, i) => {
    if (!seen.has(values[i])) seen.set(values[i], seen.size);
    return seen.get(values[i])!;
  });
  return [[...seen.keys()].map((value) => `${what} ${value}`), index];
}
