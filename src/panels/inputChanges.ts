import { formatValue } from '../core/color/index.ts';
import type { Grid, SourceGrid } from '../core/volume/index.ts';
import { type InputOptions, nanometres, size } from '../state/index.ts';

/** One thing that the user had done to a volume, and the options without it. */
export interface InputChange {
  /** A word, e.g. `resampled`. */
  readonly text: string;
  /** From what to what; empty where that says nothing. */
  readonly detail: string;
  readonly undo: Partial<InputOptions>;
}

/**
 * What was done to a volume at the user's wish, in a few words each. What a network's own sidecar
 * asks for is not among it.
 * @param grid what the volume was brought onto; null while that is not known
 */
export function inputChanges(
  source: SourceGrid,
  { invert, fit, voxelScale, normalization }: InputOptions,
  grid: Grid | null,
): InputChange[] {
  const done: InputChange[] = [];
  const fitted = grid && FITS[fit](source, unscaled(grid, voxelScale));
  if (fitted) done.push({ ...fitted, undo: { fit: 'none' } });
  if (voxelScale !== 1)
    done.push({
      text: voxelScale > 1 ? 'enlarged' : 'made smaller',
      detail: `${formatValue(voxelScale)}×`,
      undo: { voxelScale: 1 },
    });
  if (invert) done.push({ text: 'inverted', detail: '', undo: { invert: false } });
  const values = VALUES[normalization];
  if (values) done.push({ text: values, detail: '', undo: { normalization: 'model' } });
  return done;
}

/** The grid before its voxels were taken for larger ones. */
function unscaled(grid: Grid, scale: number): Grid {
  const [x, y, z] = grid.voxelSize;
  return { ...grid, voxelSize: [x * scale, y * scale, z * scale] };
}

const VALUES: Readonly<Record<InputOptions['normalization'], string | null>> = {
  model: null,
  none: 'not normalised',
  zscore: 'z-scored',
  'unit-variance': 'scaled to variance 1',
  unit: 'scaled to 0..1',
  signed: 'scaled to −1..1',
  imagenet: 'scaled as ImageNet',
  caffe: 'scaled as Caffe',
  preprocessing: 'preprocessed',
};

type Change = Pick<InputChange, 'text' | 'detail'> | null;

const FITS: Readonly<Record<InputOptions['fit'], (from: SourceGrid, to: Grid) => Change>> = {
  none: () => null,
  // Pictures are scaled without being asked; the steps say how.
  cover: () => null,
  crop: boxChange,
  resample(from, to) {
    if (!from.voxelSizeKnown) {
      const change = boxChange(from, to);
      return change && { ...change, text: 'stretched' };
    }
    const [a, b] = [from.voxelSize[0], to.voxelSize[0]];
    return Math.abs(a - b) > 1e-3 * a
      ? { text: 'resampled', detail: `${nanometres(a)} → ${nanometres(b)}` }
      : boxChange(from, to);
  },
};

function boxChange({ shape: from }: Grid, { shape: to }: Grid): Change {
  if (from.every((n, axis) => n === to[axis])) return null;
  const padded = from.every((n, axis) => n <= to[axis]);
  return { text: padded ? 'padded' : 'cropped', detail: `${size(from)} → ${size(to)}` };
}
