import type { VolumeAccess } from '../volume/access.ts';
import type { Finding } from '../volume/report.ts';
import type { SourceVolume, Vec3 } from '../volume/types.ts';
import { cutBox, type ParticleBox, planBox } from './extract.ts';
import type { Matrix3 } from './rotation.ts';
import type { ParticleList } from './types.ts';

/** The box around one particle, read from its tomogram. */
export interface ReadBox {
  readonly volume: SourceVolume<Float32Array>;
  /** Share of the box, 0 to 1, that lies in the tomogram. */
  readonly covered: number;
  readonly findings: readonly Finding[];
}

/**
 * Reads the box around a particle, of which no more is read than it takes. What lies outside the tomogram holds the mean
 * of what is read.
 *
 * @param position x, y, z in Å from the centre of the tomogram's first voxel
 * @param rotation of the reference into the tomogram; null leaves the tomogram's axes
 */
export async function readBox(
  access: Pick<VolumeAccess, 'header' | 'read'>,
  position: Vec3,
  box: ParticleBox,
  rotation: Matrix3 | null = null,
): Promise<ReadBox> {
  const { header } = access;
  const plan = planBox(header, position, box, rotation);
  const { voxelSizeKnown } = header;
  const part = plan.region && (await access.read(0, plan.region));
  const mean = part && part.stats.count > 0 ? part.stats.mean : 0;
  const data = cutBox(plan, part?.volume.data ?? new Float32Array(0), mean);
  return {
    volume: { ...plan.grid, voxelSizeKnown, data },
    covered: plan.covered,
    findings: part?.findings ?? [],
  };
}

/** The rotation of a particle; null where the list has no angles. */
export function rotationAt(
  { rotations }: Pick<ParticleList, 'rotations'>,
  row: number,
): Matrix3 | null {
  if (!rotations) return null;
  const [a, b, c, d, e, f, g, h, i] = rotations.subarray(9 * row, 9 * row + 9);
  return [a, b, c, d, e, f, g, h, i];
}
