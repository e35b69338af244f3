import type { Findings } from '../volume/report.ts';
import type { Vec3 } from '../volume/types.ts';
import { IMOD_FLAGS, type MrcHeader, type Triple } from './header.ts';
import type { MrcLayout } from './layout.ts';

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

/** Takes values given along columns, rows, sections to x, y, z. */
export function toXyz(values: Triple, axes: Triple): [number, number, number] {
  const out: [number, number, number] = [0, 0, 0];
  axes.forEach((axis, i) => {
    out[axis - 1] = values[i];
  });
  return out;
}

/** Å per voxel, CELLA / M, with 1 Å where the header does not tell. `sizeXyz` in voxels. */
export function voxelSizeOf(
  header: MrcHeader,
  layout: MrcLayout,
  sizeXyz: Triple,
  findings: Findings,
): Vec3 {
  const widened = layout.size[0] / header.size[0]; // 2 for 4-bit values in a byte file
  const size = header.cell.map((length, i) => {
    const counted =
      header.sampling[i] * (i === 0 && header.sampling[0] === header.size[0] ? widened : 1);
    const steps = counted > 0 ? counted : sizeXyz[i];
    return length > 0 && Number.isFinite(length) ? length / steps : 0;
  });
  const known = size.filter((step) => step > 0);
  if (known.length < 3) {
    findings.warning(
      'voxel-size-unknown',
      `The header gives no voxel size (CELLA is ${header.cell.map(short).join(', ')}); ${known.length ? `${short(known[0])} Å, that of another axis,` : '1 Å'} is assumed, so lengths in nm mean nothing until it is set.`,
    );
  } else if (known.some((step) => step < SANE_VOXEL[0] || step > SANE_VOXEL[1])) {
    findings.warning(
      'voxel-size-implausible',
      `The voxel size of ${known.map(short).join(' x ')} Å is unusual; CELLA may be in other units than Å.`,
    );
  } else if (Math.max(...known) > 1.01 * Math.min(...known)) {
    findings.info(
      'voxel-size-anisotropic',
      `Voxels are not cubes: ${known.map(short).join(' x ')} Å along x, y, z.`,
    );
  }
  if (header.angles.some((angle) => angle !== 0 && Math.abs(angle - 90) > 0.01)) {
    findings.warning(
      'cell-not-orthogonal',
      `The cell angles are ${header.angles.map(short).join(', ')} degrees; the grid is shown as if they were 90.`,
    );
  }
  const fallback = known[0] ?? 1;
  const [x, y, z] = size.map((step) => step || fallback);
  return [x, y, z];
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

/** At most 5 significant digits. */
export function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(5))) : String(value);
}
