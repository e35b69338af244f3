import { decodeText } from '../../schema/utf8.ts';
import { badFile } from '../../errors.ts';
import { Findings } from '../../volume/report.ts';
import { selectLines, tableLines } from '../lines.ts';
import { AV3, rotationsOf } from '../rotation.ts';
import { textAt } from '../text.ts';
import type { ParticleFile, ParticleFormat } from './format.ts';
import { imod } from './imod.ts';

const ACCEPTED = 'the motive list of PEET beside the IMOD model (.mod) whose points it counts';

/** Columns of PEET's motive list, counted from 0. */
const COLUMN = { ccc: 0, point: 3, shift: 10, phi: 16, psi: 17, theta: 18 };
const COLUMNS = 20;

/** Without the heading. */
const rowsOf = ({ bytes }: ParticleFile): Uint32Array => tableLines(bytes).subarray(1);

/** PEET: rotations and shifts in a table of 20 columns, positions in an IMOD model. */
export const peet: ParticleFormat = {
  label: 'PEET motive list',
  endings: ['.csv'],
  looksLike: ({ bytes }) => /^\s*"?CCC"?\s*,/.test(decodeText(bytes.subarray(0, 100))),
  read(file) {
    const { bytes, name } = file;
    const model = file.beside?.(/\.mod$/i);
    if (!model) throw badFile(name, 'the IMOD model with its points is not beside it', ACCEPTED);
    const points = imod.read({ ...model });
    const starts = rowsOf(file);
    const count = starts.length - 1;
    const columns = Array.from({ length: COLUMNS }, () => new Float64Array(count));
    for (let row = 0; row < count; row++) {
      const words = textAt(bytes, starts[row], starts[row + 1]).split(',');
      if (words.length < COLUMN.theta + 1) {
        throw badFile(name, `row ${row + 1} has ${words.length} of ${COLUMNS} columns`, ACCEPTED);
      }
      columns.forEach((column, i) => {
        column[row] = Number(words[i] ?? 0);
      });
    }
    const coordinates = new Float64Array(3 * count);
    for (let row = 0; row < count; row++) {
      const point = columns[COLUMN.point][row] - 1;
      if (!(point >= 0 && point < points.count)) {
        throw badFile(
          name,
          `row ${row + 1} belongs to point ${point + 1}, and ${model.name} has ${points.count}`,
          ACCEPTED,
        );
      }
      for (let axis = 0; axis < 3; axis++) {
        coordinates[3 * row + axis] =
          points.coordinates[3 * point + axis] + columns[COLUMN.shift + axis][row];
      }
    }
    const findings = new Findings();
    findings.info(
      'units',
      `Positions are the points of ${model.name} with the offsets of this list added, in voxels.`,
    );
    return {
      format: 'peet',
      fileName: name,
      count,
      coordinates,
      frame: points.frame,
      rotations: rotationsOf(count, AV3, [
        columns[COLUMN.phi],
        columns[COLUMN.theta],
        columns[COLUMN.psi],
      ]),
      tomograms: [],
      tomogram: null,
      classes: null,
      score: { name: 'CCC', values: new Float32Array(columns[COLUMN.ccc]) },
      half: null,
      boxes: null,
      findings: findings.list,
    };
  },
  select: (file, chosen) => selectLines(file.bytes, rowsOf(file), chosen),
};
