import { looksLikeEm, planEm } from '../../em/index.ts';
import { Findings } from '../../volume/report.ts';
import { AV3, rotationsOf } from '../rotation.ts';
import { numbered } from './dynamo.ts';
import type { ParticleFile, ParticleFormat } from './format.ts';

/** Rows of a motive list, counted from 0, each with a value per particle (TOM toolbox, AV3, novaSTA, STOPGAP 0.6). */
const ROW = {
  cc: 0,
  number: 3,
  tomogram: 4,
  x: 7,
  shift: 10,
  phi: 16,
  psi: 17,
  theta: 18,
  class: 19,
};
const ROWS = 20;
const HEADER_BYTES = 512;

/** Machines that write little-endian. */
const isLittle = (bytes: Uint8Array) => [1, 2, 6].includes(bytes[0]);

function rows({ bytes, name }: Pick<ParticleFile, 'bytes' | 'name'>) {
  const plan = planEm(bytes, bytes.length, name, {});
  const { size, dataOffset, dataBytes } = plan.layout;
  const values = plan.decode(bytes.subarray(dataOffset, dataOffset + dataBytes));
  return { values, count: size[1] };
}

/** Motive lists of TOM and its relatives: an EM file of 20 columns with one particle a row. */
export const motiveList: ParticleFormat = {
  label: 'EM motive list',
  endings: ['.em'],
  looksLike({ bytes }) {
    if (!looksLikeEm(bytes)) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return view.getInt32(4, isLittle(bytes)) === ROWS && view.getInt32(12, isLittle(bytes)) === 1;
  },
  read(file) {
    const { values, count } = rows(file);
    const row = (number: number) =>
      new Float64Array(count).map((_, i) => Number(values[ROWS * i + number]));
    const coordinates = new Float64Array(3 * count);
    const shifts = new Float64Array(3 * count);
    for (let i = 0; i < count; i++) {
      for (let axis = 0; axis < 3; axis++) {
        const shift = Number(values[ROWS * i + ROW.shift + axis]);
        coordinates[3 * i + axis] = Number(values[ROWS * i + ROW.x + axis]) + shift - 1;
        shifts[3 * i + axis] = shift;
      }
    }
    const findings = new Findings();
    findings.info(
      'units',
      'Coordinates are taken in voxels of the tomogram counted from 1, as the TOM toolbox does, with the shifts of rows 11 to 13 added.',
    );
    return {
      format: 'motive-list',
      fileName: file.name,
      count,
      coordinates,
      frame: { unit: 'voxel', from: 'corner', voxelSize: null },
      rotations: rotationsOf(count, AV3, [row(ROW.phi), row(ROW.theta), row(ROW.psi)]),
      ...numbered(row(ROW.tomogram), row(ROW.class)),
      score: { name: 'ccc', values: new Float32Array(row(ROW.cc)) },
      half: null,
      boxes: { numbers: row(ROW.number), shifts },
      findings: findings.list,
    };
  },
  select({ bytes, name }, chosen) {
    const { count } = rows({ bytes, name });
    const width = (bytes.length - HEADER_BYTES) / count;
    const out = new Uint8Array(HEADER_BYTES + width * chosen.length);
    out.set(bytes.subarray(0, HEADER_BYTES));
    chosen.forEach((particle, i) => {
      const from = HEADER_BYTES + width * particle;
      out.set(bytes.subarray(from, from + width), HEADER_BYTES + width * i);
    });
    new DataView(out.buffer).setInt32(8, chosen.length, isLittle(bytes));
    return out;
  },
};
