import { type Normalization, PICTURE_SCALINGS, SAME_VOXEL, short } from '../volume/index.ts';
import type { Counterfactual, Mistake, Reading, Situation } from './types.ts';

/** One way in which a volume may have been misread. */
interface Row {
  readonly id: string;
  readonly mistake: Mistake;
  /** What of the reading it changes; null where it is the present one, or means nothing here. */
  change(situation: Situation): Partial<Reading> | null;
  /** The beginning of a sentence. */
  words(situation: Situation): string;
}

const contrast: Row = {
  id: 'contrast',
  mistake: 'contrast',
  change: ({ now }) => ({ invert: !now.invert }),
  words: ({ now }) => (now.invert ? 'With the contrast as in the file' : 'With inverted contrast'),
};

const usedNormalization = ({ now, own }: Situation): Normalization =>
  now.normalization === 'model' ? own : now.normalization;

const NORMALIZED: Readonly<Record<Normalization, string>> = {
  none: 'With the values as in the file',
  zscore: 'With mean 0 and variance 1',
  'unit-variance': 'With variance 1',
  unit: `With values from ${PICTURE_SCALINGS.unit.label}`,
  signed: `With values from ${PICTURE_SCALINGS.signed.label}`,
  imagenet: 'With values scaled as for ImageNet',
  caffe: 'With values scaled as for Caffe',
  preprocessing: 'With the values preprocessed',
};

const asTrained: Row = {
  id: 'normalization-model',
  mistake: 'normalization',
  change: (situation) =>
    usedNormalization(situation) === situation.own ? null : { normalization: 'model' },
  words: ({ own }) =>
    own === 'none' ? NORMALIZED.none : `${NORMALIZED[own]}, as the network was trained,`,
};

const normalized = (kind: Normalization, pictures: boolean): Row => ({
  id: `normalization-${kind}`,
  mistake: 'normalization',
  change(situation) {
    const known = kind === situation.own || kind === usedNormalization(situation);
    return known || (pictures && !situation.picture) ? null : { normalization: kind };
  },
  words: () => NORMALIZED[kind],
});

/** Whether resampling to the network's voxel size would do anything. */
const differs = ({ voxelSize, trained }: Situation) =>
  voxelSize !== null && trained !== null && Math.abs(voxelSize - trained) > SAME_VOXEL * trained;

const resampled: Row = {
  id: 'voxel-size-trained',
  mistake: 'voxel-size',
  change: (situation) =>
    differs(situation) && situation.now.fit !== 'resample'
      ? { fit: 'resample', voxelScale: 1 }
      : null,
  words: ({ voxelSize, trained }) =>
    `Resampled from ${short(voxelSize!)} Å to the ${short(trained!)} Å of the training volumes`,
};

const asInFile: Row = {
  id: 'voxel-size-file',
  mistake: 'voxel-size',
  change: (situation) =>
    differs(situation) && situation.now.fit === 'resample' ? { fit: 'crop', voxelScale: 1 } : null,
  words: ({ voxelSize }) => `With its voxels of ${short(voxelSize!)} Å not resampled`,
};

/** What the voxels are taken for: brought to the network's size, or treated as if they had it. */
function takenFor({ now, voxelSize, trained }: Situation): number | null {
  return now.fit === 'resample' && voxelSize !== null ? voxelSize : (trained ?? voxelSize);
}

const scaled = (scale: number): Row => ({
  id: `voxel-size-${scale}`,
  mistake: 'voxel-size',
  change: ({ now, picture }) =>
    picture || now.voxelScale === scale ? null : { voxelScale: scale },
  words(situation) {
    const size = takenFor(situation);
    const { voxelScale } = situation.now;
    return size === null
      ? `With voxels ${short(scale / voxelScale)} times as large`
      : `With voxels taken for ${short(size * scale)} Å, not ${short(size * voxelScale)} Å,`;
  },
});

/** All of them, those most often made first. */
export const COUNTERFACTUALS: readonly Row[] = [
  contrast,
  resampled,
  asInFile,
  ...[0.5, 0.9, 0.95, 1, 1.05, 1.1, 2].map(scaled),
  asTrained,
  normalized('none', false),
  normalized('zscore', false),
  ...(['unit', 'signed', 'imagenet', 'caffe'] as const).map((kind) => normalized(kind, true)),
];

/** The other readings that are worth a try. */
export function counterfactualsOf(situation: Situation): Counterfactual[] {
  return COUNTERFACTUALS.flatMap((row) => {
    const change = row.change(situation);
    const { id, mistake } = row;
    return change ? [{ id, mistake, change, words: row.words(situation) }] : [];
  });
}
