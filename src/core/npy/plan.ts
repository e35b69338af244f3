import { badFile } from '../errors.ts';
import { narrow } from '../volume/convert.ts';
import type { VolumePlan } from '../volume/layout.ts';
import { Findings, type ReadAs, type VolumeKind } from '../volume/report.ts';
import type { Shape3, VoxelArray } from '../volume/types.ts';
import { checkedNpyHeader, decodeNpy, toCOrder } from './read.ts';

export interface ReadNpyOptions {
  /** What the sections are, where the shape leaves a doubt. */
  readonly readAs?: ReadAs;
}

/**
 * Plans how to read an array of shape `(z, y, x)`, `(y, x)` or `(n, z, y, x)`, also with axes of
 * length 1 for batch and channel, as volumes or images. Throws `bad-file` when it is neither or the
 * file is cut off.
 *
 * @param head the file's first bytes, at least its header
 * @param fileBytes size of the whole file
 */
export function planNpy(
  head: Uint8Array,
  fileBytes: number,
  fileName: string,
  options: ReadNpyOptions = {},
): VolumePlan {
  const npy = checkedNpyHeader(head, fileBytes, fileName);
  const { dataOffset, dataBytes, fortranOrder } = npy;
  const findings = new Findings();
  const { kind, shape, volumes, kept } = interpretShape(
    npy.shape,
    options.readAs,
    fileName,
    findings,
  );
  if (fortranOrder) {
    findings.info('fortran-order', 'The first axis was stored fastest; the data was reordered.');
  }
  if (npy.trailingBytes > 0) {
    findings.warning(
      'trailing-bytes',
      `The file has ${npy.trailingBytes} bytes after the data that the header describes; they are ignored.`,
    );
  }
  if (npy.type.narrowed) {
    findings.info('narrowed', `Values stored as ${npy.type.words} are used as 32-bit floats.`);
  }
  findings.warning(
    'voxel-size-unknown',
    'A .npy file holds no voxel size, so lengths in nm mean nothing until it is set.',
  );
  const [nz, ny, nx] = shape;
  const reordered = fortranOrder && kept.length === 4;
  const cOrder = !fortranOrder || kept.length === 4;
  const decode = (raw: Uint8Array): VoxelArray => {
    const values = narrow(decodeNpy(raw, npy), fileName);
    return reordered ? toCOrder(values, kept) : values;
  };
  return {
    fileName,
    header: {
      format: 'npy',
      compression: 'none',
      kind,
      mode: null,
      valueType: npy.type.words,
      shape,
      axes: ['x', 'y', 'z'],
      endian: npy.littleEndian ? 'little' : 'big',
      voxelSize: [1, 1, 1],
      voxelSizeKnown: false,
      origin: [0, 0, 0],
      spaceGroup: null,
      extendedHeader: { type: null, bytes: 0 },
      sections: nz * volumes,
      volumes,
      labels: [],
      findings: findings.list,
    },
    layout: {
      dataOffset,
      dataBytes,
      size: cOrder ? [nx, ny, nz * volumes] : kept.length === 2 ? [ny, nx, 1] : [nz, ny, nx],
      axes: cOrder ? [1, 2, 3] : kept.length === 2 ? [2, 1, 3] : [3, 2, 1],
      rowBytes: reordered ? null : npy.type.width * (cOrder ? nx : kept[0]),
    },
    findings,
    valueType: () => npy.type.words,
    decode,
    compare: () => undefined,
  };
}

interface Interpretation {
  readonly kind: VolumeKind;
  readonly shape: Shape3;
  readonly volumes: number;
  /** The axes that count: 2 of an image, 3 of a volume or stack of images, 4 of a set of volumes. */
  readonly kept: readonly number[];
}

function interpretShape(
  shape: readonly number[],
  asked: ReadAs | undefined,
  fileName: string,
  findings: Findings,
): Interpretation {
  const kept = [...shape];
  while (kept.length > 3 && kept[kept.length - 1] === 1) kept.pop();
  while (kept.length > 3 && kept[0] === 1) kept.shift();
  for (let axis = 1; kept.length > 4 && axis < kept.length; ) {
    if (kept[axis] === 1) kept.splice(axis, 1);
    else axis++;
  }
  const channel = kept.length === 3 && kept[2] === 1 && kept[1] > 1 && asked !== 'volume';
  if (channel) kept.pop();
  if (kept.length < 2 || kept.length > 4 || kept.some((n) => n < 1)) {
    throw badFile(
      fileName,
      `the array has shape (${shape.join(', ')})`,
      'shape (z, y, x), (y, x) for an image or (n, z, y, x) for a set of volumes, also with axes of length 1 for batch and channel',
    );
  }
  if (kept.length < shape.length) {
    const read = `Shape (${shape.join(', ')}) is read as (${kept.join(', ')})`;
    findings.info(
      'single-axes',
      channel
        ? `${read}, an image with a channel axis. It can be read as a volume one voxel wide instead.`
        : `${read}; the other axes have length 1.`,
    );
  }
  const [x, y, z = 1, n = 1] = [...kept].reverse();
  if (asked === 'images' && n * z > 1) {
    findings.info('image-stack', `The array is read as ${n * z} separate images, as asked.`);
    return { kind: 'image-stack', shape: [n * z, y, x], volumes: 1, kept };
  }
  if (kept.length === 4) {
    findings.info('volume-stack', `The array holds ${n} volumes of ${z} sections each.`);
    return { kind: 'volume-stack', shape: [z, y, x], volumes: n, kept };
  }
  const kind = z === 1 && asked !== 'volume' ? 'image' : 'volume';
  return { kind, shape: [z, y, x], volumes: 1, kept };
}
