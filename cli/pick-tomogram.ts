import { badInput } from '../src/core/errors.ts';
import { readBox } from '../src/core/particles/index.ts';
import {
  boxText,
  computeStats,
  type Finding,
  invertContrast,
  lengthText,
  type OpenOptions,
  prepareInput,
  sameVoxelSize,
  type Shape3,
  type SourceVolume,
  type Vec3,
  type VolumeAccess,
  type VolumeHeader,
} from '../src/core/volume/index.ts';
import type { ModelInfo } from '../src/engine/types.ts';
import { levelFor, levelSteps, withLevels } from './tomogram-files.ts';
import type { WholeOptions, WholeVolume } from './whole-volume.ts';

/** A tomogram of which no more is held than its voxels at the network's size. */
export interface PickTomogram {
  /** Of the finest resolution. */
  readonly header: VolumeHeader;
  read(info: ModelInfo, options: Omit<WholeOptions, 'resample'>): Promise<WholeVolume>;
}

/** Opens a tomogram: a volume file, or an OME-Zarr as a folder, a zip archive or an address. */
export function withPickTomogram<T>(
  path: string,
  reading: OpenOptions,
  use: (file: PickTomogram) => Promise<T>,
): Promise<T> {
  return withLevels(path, reading, (levels) => {
    const [{ header }] = levels;
    if (header.volumes > 1)
      throw badInput(`${path}: it holds ${header.volumes} volumes; accepted: one tomogram`);
    return use({ header, read: (info, options) => readAt(path, levels, info, options) });
  });
}

/** Voxels along z and y of the blocks that are read at a time. */
const BLOCK = [32, 64] as const;

async function readAt(
  path: string,
  levels: readonly VolumeAccess[],
  { sidecar, title }: ModelInfo,
  { normalization, invert }: Omit<WholeOptions, 'resample'>,
): Promise<WholeVolume> {
  const { voxelSize: expected, normalization: own, steps: preprocessing } = sidecar;
  const [finest] = levels;
  const known = expected !== undefined && finest.header.voxelSizeKnown;
  const level = levelFor(levels, expected);
  const { header } = level;
  const size = known ? expected : header.voxelSize[0];
  const same = !known || sameVoxelSize(header.voxelSize, size);
  const found = new Map<string, Finding>();
  const read = same ? await asItIs(level, found) : await resampled(level, size, found);
  if (invert) read.data = invertContrast(read.data, computeStats(read.data).mean);
  const { data, ...grid } = read;
  const raw: SourceVolume<Float32Array> = {
    ...grid,
    voxelSizeKnown: finest.header.voxelSizeKnown,
    data,
  };
  const steps = [
    ...levelSteps(levels, level),
    ...(same
      ? []
      : [
          `Resampled from ${boxText(header.shape)} voxels of ${lengthText(header.voxelSize)} to ${boxText(raw.shape)} of ${size} Å, those of ${title} (windowed sinc).`,
        ]),
    ...(invert ? ['The contrast was inverted about the mean.'] : []),
    ...(expected === undefined || known
      ? []
      : [
          `${path}: the voxel size is not known; ${title} was trained at ${expected} Å (--voxel-size).`,
        ]),
  ];
  const { volume, steps: scaling } = prepareInput(
    raw,
    { shape: raw.shape, normalization: own, steps: preprocessing },
    { normalization },
  );
  return { volume, raw, steps, scaling, findings: [...found.values()] };
}

type Values = {
  data: Float32Array;
  readonly shape: Shape3;
  readonly voxelSize: Vec3;
  readonly origin: Vec3;
};

/** All values as 32-bit floats, read some sections at a time. */
async function asItIs(access: VolumeAccess, found: Map<string, Finding>): Promise<Values> {
  const { shape, voxelSize, origin, findings } = access.header;
  for (const one of findings) found.set(one.code, one);
  const [nz, ny, nx] = shape;
  const data = new Float32Array(nz * ny * nx);
  for (let z = 0; z < nz; z += BLOCK[0]) {
    const depth = Math.min(BLOCK[0], nz - z);
    const part = await access.read(0, { start: [z, 0, 0], shape: [depth, ny, nx] });
    for (const one of part.findings) found.set(one.code, one);
    data.set(part.volume.data, z * ny * nx);
  }
  return { data, shape, voxelSize, origin };
}

/** The values at another voxel size; both grids begin at the same face. Blocks of it are read one by one. */
async function resampled(
  access: VolumeAccess,
  size: number,
  found: Map<string, Finding>,
): Promise<Values> {
  const { header } = access;
  const [nz, ny, nx] = header.shape.map((n, axis) =>
    Math.max(1, Math.round((n * header.voxelSize[2 - axis]) / size)),
  );
  // Å from the centre of the file's first voxel to that of this grid's.
  const first = header.voxelSize.map((own) => (size - own) / 2);
  const data = new Float32Array(nz * ny * nx);
  for (let z = 0; z < nz; z += BLOCK[0])
    for (let y = 0; y < ny; y += BLOCK[1]) {
      const [depth, height] = [Math.min(BLOCK[0], nz - z), Math.min(BLOCK[1], ny - y)];
      const middle: Vec3 = [
        first[0] + ((nx - 1) / 2) * size,
        first[1] + (y + (height - 1) / 2) * size,
        first[2] + (z + (depth - 1) / 2) * size,
      ];
      const box = { shape: [depth, height, nx] as const, voxelSize: size };
      const part = await readBox(access, middle, box);
      for (const one of part.findings) found.set(one.code, one);
      for (let k = 0; k < depth; k++)
        data.set(
          part.volume.data.subarray(k * height * nx, (k + 1) * height * nx),
          ((z + k) * ny + y) * nx,
        );
    }
  const [x, y, z] = header.origin.map((from, axis) => from + first[axis]);
  return { data, shape: [nz, ny, nx], voxelSize: [size, size, size], origin: [x, y, z] };
}
