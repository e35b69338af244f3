import type { VolumeAccess } from './access.ts';
import { binnedGrid, createBinner } from './binner.ts';
import { checkIndex } from './file.ts';
import { type Region, wholeRegion } from './region.ts';
import type { Finding, VolumeHeader } from './report.ts';
import { computeStats, statsOfParts, type VolumeStats } from './stats.ts';
import type { SourceVolume } from './types.ts';

/** Where regions of a volume come from. */
export interface RegionReader {
  /** Sections that are read together at no more cost than one. */
  readonly sections: number;
  read(region: Region): Promise<SourceVolume>;
  /** About the values read so far. */
  findings(): readonly Finding[];
}

/** Access to one volume that is read region by region. */
export function slabAccess(
  fileName: string,
  header: VolumeHeader,
  reader: RegionReader,
): VolumeAccess {
  const [nz, ny, nx] = header.shape;
  const findings = (): readonly Finding[] => [...header.findings, ...reader.findings()];
  const slabs = async (use: (volume: SourceVolume) => void): Promise<void> => {
    for (let z = 0; z < nz; z += reader.sections) {
      const count = Math.min(reader.sections, nz - z);
      use(await reader.read({ start: [z, 0, 0], shape: [count, ny, nx] }));
    }
  };
  const stats = (): Promise<VolumeStats> => statsOfParts((take) => slabs(({ data }) => take(data)));
  return {
    fileName,
    header,
    inMemory: false,
    async read(index, region = wholeRegion(header.shape)) {
      checkIndex(fileName, header, index);
      const volume = await reader.read(region);
      return { volume, stats: computeStats(volume.data), findings: findings() };
    },
    async readBinned(index, factor) {
      checkIndex(fileName, header, index);
      const binner = createBinner([nx, ny, nz], factor);
      await slabs(({ data }) => binner.add(data));
      const { voxelSize, voxelSizeKnown, origin, shape } = header;
      const grid = { shape, voxelSize, voxelSizeKnown, origin };
      const volume = { ...binnedGrid(grid, binner.size, factor), data: binner.done() };
      return { volume, stats: computeStats(volume.data), findings: findings() };
    },
    stats,
    async report() {
      const { min, max, mean, std } = await stats();
      return { ...header, stats: { min, max, mean, rms: std }, findings: findings() };
    },
  };
}
