import { writeMrc } from '../../core/mrc/index.ts';
import { computeStats, histogram, volumeStem } from '../../core/volume/index.ts';
import { classNameOf, type ParticlesState } from '../particles.ts';
import type { CutBox } from '../tomograms.ts';
import type { VolumeItem } from '../types.ts';

const BINS = 96;

/** A particle's box as a volume of its own, in the world coordinates of its tomogram. */
export function particleItem(
  id: string,
  state: ParticlesState,
  k: number,
  cut: CutBox,
): VolumeItem {
  const { particles, placed, tomogram } = state;
  const { list } = particles!;
  const row = placed!.index[k] + 1;
  const { grid, values: data, findings } = cut;
  const { min, max, mean, std } = computeStats(data);
  const stem = tomogram ? volumeStem(tomogram.source.name) : list.fileName.replace(/\.star$/i, '');
  const name = `${stem} particle ${row}.mrc`;
  const file = new Blob([writeMrc({ ...grid, data }, { voxelSizeKnown: grid.voxelSizeKnown })]);
  const className = classNameOf(state, k);
  return {
    id,
    name,
    volume: { ...grid, data },
    stats: { min, max, mean, std, histogram: histogram(data, BINS, min, max).counts },
    report: {
      ...grid,
      format: 'mrc',
      compression: 'none',
      kind: 'volume',
      mode: 2,
      valueType: '32-bit float',
      axes: ['x', 'y', 'z'],
      endian: 'little',
      spaceGroup: 1,
      extendedHeader: { type: null, bytes: 0 },
      sections: grid.shape[0],
      volumes: 1,
      labels: [],
      stats: { min, max, mean, rms: std },
      findings,
    },
    // As a file of its own, so that a session can keep it.
    file: { name, source: file, reading: {} },
    origin: 'file',
    particle: { k, row, list: list.fileName, className },
  };
}
