import { toXyz } from '../volume/layout.ts';
import { isVoxelSize } from '../volume/notation.ts';
import type { Findings } from '../volume/report.ts';
import type { Vec3 } from '../volume/types.ts';
import { IMOD_FLAGS, type MrcHeader, type Triple } from './header.ts';
import type { MrcLayout } from './layout.ts';
import { withMinus } from '../minus.ts';

/** Å; beyond this an ORIGIN is taken for something else. */
const SANE_ORIGIN = 1e6;
/** Å per voxel outside which the voxel size is called implausible. */
const SANE_VOXEL = [0.05, 1000] as const;

/** MAPC, MAPR, MAPS where they are a permutation of 1, 2, 3; otherwise 1, 2, 3 with a finding. */
export function axisOrder(header: MrcHeader, findings: Findings): Triple {
  const { axes } = header;
  if ([...axes].sort().join() !== '1,2,3') {
    findings.warning(
      'axes-invalid',
      `MAPC, MAPR, MAPS are ${axes.join(', ')}, which names no axis order; columns, rows and sections are taken as x, y, z.`,
    );
    return [1, 2, 3];
  }
  if (axes.join() !== '1,2,3') {
    const names = axes.map((axis) => 'xyz'[axis - 1]).join(', ');
    findings.info(
      'axis-order',
      `Columns, rows and sections run along ${names}; the data was reordered to x, y, z.`,
    );
  }
  return axes;
}

/**
 * Å per voxel, CELLA / M. Not known, and 1 Å, where the header gives none or an impossible one.
 *
 * @param sizeXyz in voxels
 */
export function voxelSizeOf(
  header: MrcHeader,
  layout: MrcLayout,
  sizeXyz: Triple,
  findings: Findings,
): { readonly voxelSize: Vec3; readonly voxelSizeKnown: boolean } {
  const widened = layout.size[0] / header.size[0]; // 2 for 4-bit values in a byte file
  const [x, y, z] = header.cell.map((length, i) => {
    const counted =
      header.sampling[i] * (i === 0 && header.sampling[0] === header.size[0] ? widened : 1);
    const steps = counted > 0 ? counted : sizeXyz[i];
    return length / steps;
  });
  const stored: Vec3 = [x, y, z];
  const cell = header.cell.map(short).join(', ');
  if (header.angles.some((angle) => angle !== 0 && Math.abs(angle - 90) > 0.01)) {
    findings.warning(
      'cell-not-orthogonal',
      `The cell angles are ${header.angles.map(short).join(', ')} degrees; the grid is shown as if they were 90.`,
    );
  }
  const missing = stored.some((step, i) => !given(step) && sizeXyz[i] > 1);
  const other = stored.find(given);
  // An image is one voxel thick, and many programs give that no length.
  const size = filled(stored, other ?? 1);
  if (missing || other === undefined) {
    findings.warning(
      'voxel-size-unknown',
      `The header gives no voxel size${other === undefined ? '' : ' along every axis'} (CELLA is ${cell}), so lengths in nm mean nothing until it is set.`,
    );
    return { voxelSize: size, voxelSizeKnown: false };
  }
  if (!size.every(isVoxelSize)) {
    findings.warning(
      'voxel-size-unknown',
      `The header's voxel size of ${size.map(short).join(' x ')} Å is impossible (CELLA is ${cell}, perhaps in another unit than Å), so it counts as not known, and lengths in nm mean nothing until it is set.`,
    );
    return { voxelSize: [1, 1, 1], voxelSizeKnown: false };
  }
  if (size.some((step) => step < SANE_VOXEL[0] || step > SANE_VOXEL[1])) {
    findings.warning(
      'voxel-size-implausible',
      `The voxel size of ${size.map(short).join(' x ')} Å is unusual; CELLA may be in other units than Å.`,
    );
  } else if (Math.max(...size) > 1.01 * Math.min(...size)) {
    findings.info(
      'voxel-size-anisotropic',
      `Voxels are not cubes: ${size.map(short).join(' x ')} Å along x, y, z.`,
    );
  }
  return { voxelSize: size, voxelSizeKnown: true };
}

function given(step: number): boolean {
  return step > 0 && Number.isFinite(step);
}

function filled([x, y, z]: Vec3, instead: number): Vec3 {
  const one = (step: number): number => (given(step) ? step : instead);
  return [one(x), one(y), one(z)];
}

/** Å; ORIGIN where it is set and sane, else NSTART times the voxel size. */
export function originOf(
  header: MrcHeader,
  axes: Triple,
  voxelSize: Vec3,
  findings: Findings,
): Vec3 {
  const { origin } = header;
  const start = toXyz(header.start, axes);
  const startSane = start.every((n) => Math.abs(n) < 1e6);
  const fromStart: Vec3 = startSane
    ? [start[0] * voxelSize[0], start[1] * voxelSize[1], start[2] * voxelSize[2]]
    : [0, 0, 0];
  if (!origin.every((value) => Number.isFinite(value) && Math.abs(value) <= SANE_ORIGIN)) {
    findings.warning(
      'origin-implausible',
      `ORIGIN (${origin.map(short).join(', ')}) makes no sense in Å; ${startSane ? 'NXSTART, NYSTART, NZSTART are used' : '0, 0, 0 is used'}.`,
    );
    return fromStart;
  }
  if (origin.every((value) => value === 0)) {
    if (startSane && start.some((n) => n !== 0)) {
      findings.info(
        'origin-from-start',
        `ORIGIN is not set; the grid starts at voxel ${start.join(', ')} (NXSTART, NYSTART, NZSTART), which puts the origin at ${fromStart.map(short).join(', ')} Å.`,
      );
    }
    return fromStart;
  }
  const inverted = ((header.imodFlags ?? 0) & IMOD_FLAGS.originInverted) !== 0;
  if (header.imodFlags !== null && !inverted && header.version <= 0) {
    findings.info(
      'origin-imod-sign',
      'The file is written by IMOD with its own sign of ORIGIN; the sign was changed to that of MRC2014.',
    );
    return [-origin[0], -origin[1], -origin[2]];
  }
  if (fromStart.some((value, i) => value !== 0 && Math.abs(value - origin[i]) > voxelSize[i] / 2)) {
    findings.info(
      'origin-and-start-differ',
      `ORIGIN (${origin.map(short).join(', ')} Å) and NXSTART, NYSTART, NZSTART (${start.join(', ')} voxels) put the map in different places; ORIGIN is used.`,
    );
  }
  return origin;
}

/** At most 5 significant digits, with a true minus sign. */
export function short(value: number): string {
  return withMinus(String(Number.isFinite(value) ? Number(value.toPrecision(5)) : value));
}
