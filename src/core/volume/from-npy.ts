import { badFile } from '../errors.ts';
import type { NpyArray } from '../npy/index.ts';
import { toFloat32 } from './convert.ts';
import { reportNonFinite, type VolumeFile } from './file.ts';
import { Findings } from './report.ts';
import { computeStats } from './stats.ts';
import type { Shape3, VoxelArray } from './types.ts';

/** Takes an array of shape `(z, y, x)`, also with single axes around it, or `(y, x)` as a volume. */
export function volumeFromNpy(array: NpyArray, fileName: string): VolumeFile {
  const findings = new Findings();
  const shape = volumeShape(array.shape, fileName, findings);
  const data = voxels(array, findings);
  if (array.fortranOrder) {
    findings.info('fortran-order', 'The first axis was stored fastest; the data was reordered.');
  }
  if (array.trailingBytes > 0) {
    findings.warning(
      'trailing-bytes',
      `The file has ${array.trailingBytes} bytes after the data that the header describes; they are ignored.`,
    );
  }
  findings.warning(
    'voxel-size-unknown',
    'A .npy file holds no voxel size; 1 Å is assumed, so lengths in nm mean nothing until it is set.',
  );
  const stats = computeStats(data);
  reportNonFinite(stats, findings);
  const report: VolumeFile['report'] = {
    format: 'npy',
    compression: 'none',
    kind: shape[0] === 1 ? 'image' : 'volume',
    mode: null,
    valueType: array.valueType,
    shape,
    axes: ['x', 'y', 'z'],
    endian: array.littleEndian ? 'little' : 'big',
    voxelSize: [1, 1, 1],
    origin: [0, 0, 0],
    spaceGroup: null,
    extendedHeader: { type: null, bytes: 0 },
    sections: shape[0],
    volumes: 1,
    labels: [],
    stats: { min: stats.min, max: stats.max, mean: stats.mean, rms: stats.std },
    findings: findings.list,
  };
  return { fileName, data, stats, report };
}

function volumeShape(shape: readonly number[], fileName: string, findings: Findings): Shape3 {
  const kept = [...shape];
  while (kept.length > 3 && kept[kept.length - 1] === 1) kept.pop();
  while (kept.length > 3 && kept[0] === 1) kept.shift();
  if (kept.length < 2 || kept.length > 3 || kept.some((n) => n < 1)) {
    throw badFile(
      fileName,
      `the array has shape (${shape.join(', ')})`,
      'shape (z, y, x), or (y, x) for an image, also with axes of length 1 for batch and channel',
    );
  }
  if (kept.length < shape.length) {
    findings.info(
      'single-axes',
      `Shape (${shape.join(', ')}) is read as (${kept.join(', ')}); the other axes have length 1.`,
    );
  }
  return kept.length === 3 ? [kept[0], kept[1], kept[2]] : [1, kept[0], kept[1]];
}

function voxels({ data, valueType }: NpyArray, findings: Findings): VoxelArray {
  if (data instanceof Float64Array || data instanceof Int32Array || data instanceof Uint32Array) {
    findings.info('narrowed', `Values stored as ${valueType} are used as 32-bit floats.`);
    return toFloat32(data);
  }
  return data;
}
