import * as zarr from 'zarrita';
import { badFile } from '../errors.ts';
import { few } from '../few.ts';
import type { VolumeAccess } from '../volume/access.ts';
import { givenVoxelSize } from '../volume/open.ts';
import { gridOfRegion } from '../volume/region.ts';
import { Findings, type VolumeHeader } from '../volume/report.ts';
import { slabAccess } from '../volume/slab-access.ts';
import type { Shape3, VoxelArray } from '../volume/types.ts';
import { ChunkReader, openArray, problemAt, type Store, storeOf } from './chunks.ts';
import type { ZarrFiles } from './files.ts';
import { ACCEPTED_ZARR, readImage, type ZarrImage } from './metadata.ts';

/** Types whose values are kept as they are; others become 32-bit floats. */
const ARRAYS: Readonly<Record<string, new (length: number) => VoxelArray>> = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
};

export interface ZarrOptions {
  /** Called between chunks; may throw to stop. */
  readonly checkpoint?: () => void;
  /** Å, instead of what the file says. */
  readonly voxelSize?: number;
}

/**
 * The resolutions of an OME-Zarr image (0.4 on Zarr 2, 0.5 on Zarr 3), the finest first, or a plain Zarr array. Chunks are
 * read when their values are asked for; one that is missing or damaged is a finding and the fill value.
 *
 * @throws AppError 'bad-file'
 */
export async function openZarr(
  files: ZarrFiles,
  { checkpoint = () => undefined, voxelSize: given }: ZarrOptions = {},
): Promise<readonly VolumeAccess[]> {
  const { name } = files;
  // Of all levels, so that whatever is read last says all.
  const missing = new Set<string>();
  const damaged = new Map<string, string>();
  const store = storeOf(files, missing);
  const top = zarr.root(store);
  const node = await zarr.open(top).catch(async (error: unknown) => {
    throw badFile(
      name,
      `no Zarr group or array can be opened there (${await problemAt(top, error)})`,
      ACCEPTED_ZARR,
    );
  });
  if (node.kind === 'array') {
    const axes = [node.shape.length - 3, node.shape.length - 2, node.shape.length - 1] as const;
    const level = { path: '', voxelSize: [1, 1, 1], origin: [0, 0, 0] } as const;
    return [await levelOf(top, { axes, unitKnown: false, levels: [level], others: 0 }, 0)];
  }
  // Files of bioformats2raw hold their images one folder further down.
  const own = attributesOf(node);
  const inner = 'multiscales' in own ? null : await zarr.open(top.resolve('0')).catch(() => null);
  const image = readImage(inner ? attributesOf(inner) : own, name);
  const at = inner ? top.resolve('0') : top;
  return Promise.all(image.levels.map((_, i) => levelOf(at, image, i)));

  async function levelOf(group: zarr.Location<Store>, image: ZarrImage, index: number) {
    const { path, voxelSize, origin } = image.levels[index];
    const array = await openArray(path ? group.resolve(path) : group, name);
    return arrayAccess(array, { image, voxelSize, origin });
  }

  function arrayAccess(
    array: Awaited<ReturnType<typeof openArray>>,
    { image, voxelSize, origin }: Pick<VolumeHeader, 'voxelSize' | 'origin'> & { image: ZarrImage },
  ): VolumeAccess {
    const { axes, unitKnown, others } = image;
    const shape: Shape3 = [array.shape[axes[0]], array.shape[axes[1]], array.shape[axes[2]]];
    if (!shape.every((n) => n >= 1) || !voxelSize.every((size) => size > 0))
      throw badFile(name, `an array of ${array.shape.join(' x ')} values`, ACCEPTED_ZARR);
    const findings = new Findings();
    const further = array.shape.filter((n, axis) => n > 1 && !axes.includes(axis));
    if (further.length > 0)
      findings.info(
        'first-index',
        `Of its further axes (${further.join(' x ')}) the first is read.`,
      );
    if (others > 0)
      findings.info('first-image', `It names ${others + 1} images; the first is read.`);
    if (!unitKnown)
      findings.warning(
        'voxel-size-unknown',
        'Its axes have no unit of length, so the voxel size is not known.',
      );
    const plain: VolumeHeader = {
      format: 'ome-zarr',
      compression: 'none',
      kind: 'volume',
      mode: null,
      valueType: array.dtype,
      shape,
      axes: ['x', 'y', 'z'],
      endian: 'little',
      voxelSize: unitKnown ? voxelSize : [1, 1, 1],
      voxelSizeKnown: unitKnown,
      origin: unitKnown ? origin : [0, 0, 0],
      spaceGroup: null,
      extendedHeader: { type: null, bytes: 0 },
      sections: shape[0],
      volumes: 1,
      labels: [],
      findings: findings.list,
    };
    // Of a coarser level as many times more as it is coarser.
    const times = voxelSize[0] / image.levels[0].voxelSize[0];
    const header =
      given === undefined ? plain : { ...plain, ...givenVoxelSize(plain, given * times) };
    const reader = new ChunkReader(array, axes, name, damaged);
    const Values = ARRAYS[array.dtype] ?? Float32Array;
    return slabAccess(name, header, {
      sections: array.chunks[axes[0]],
      async read(region) {
        const data = new Values(region.shape[0] * region.shape[1] * region.shape[2]);
        await reader.read(region, data, checkpoint);
        return { ...gridOfRegion(header, region), data };
      },
      findings: () => chunkFindings([...missing], [...damaged]),
    });
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function attributesOf({ attrs }: { readonly attrs: unknown }): Record<string, unknown> {
  if (!isRecord(attrs)) return {};
  return isRecord(attrs.ome) ? attrs.ome : attrs;
}

function chunkFindings(
  missing: readonly string[],
  damaged: readonly (readonly [place: string, reason: string])[],
) {
  const findings = new Findings();
  const chunks = (count: number) => (count === 1 ? '1 chunk' : `${count} chunks`);
  if (missing.length > 0) {
    findings.warning(
      'chunks-missing',
      `${chunks(missing.length)} of those read ${missing.length === 1 ? 'is' : 'are'} missing (${few(missing)}); the fill value stands there.`,
    );
  }
  if (damaged.length > 0) {
    const [[, reason]] = damaged;
    findings.error(
      'chunks-damaged',
      `${chunks(damaged.length)} of those read cannot be decoded (${few(damaged.map(([place]) => place))}: ${reason}); the fill value stands there, the rest is shown.`,
    );
  }
  return findings.list;
}
