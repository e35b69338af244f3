import { Findings } from '../../volume/report.ts';
import { RELION, rotationsOf } from '../rotation.ts';
import { readColumns, readStar } from '../star.ts';
import type { ParticleFormat } from './format.ts';
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
      half: null,
      boxes: null,
      findings: findings.list,
    };
  },
  select: selectRows(WARP),
};
