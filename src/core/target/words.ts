import type { TargetKind } from './types.ts';

/** What a kind of target is called in menus, and what it explains in one sentence. */
export interface TargetWords {
  readonly label: string;
  readonly sentence: string;
}

export const TARGET_WORDS: Readonly<Record<TargetKind, TargetWords>> = {
  class: {
    label: 'Class score',
    sentence: 'The score of one class before the softmax.',
  },
  difference: {
    label: 'Difference of two classes',
    sentence: 'The score of one class minus that of another: why this one rather than that one.',
  },
  value: {
    label: 'Value',
    sentence:
      'One number of the output exactly as the network gives it: a feature or a regression.',
  },
  segmentation: {
    label: 'Segmented voxels',
    sentence:
      'The sum of the score of one class over voxels of the output, by default those predicted as it.',
  },
  similarity: {
    label: 'Similarity to a reference',
    sentence:
      'The cosine of the network’s vector with a reference vector: what made the two alike.',
  },
};

/** The kinds of targets of an output `[…space, numbers]` without the batch, the default one first. */
export function targetKindsOf(shape: readonly number[]): readonly TargetKind[] {
  if (shape.length > 1) return ['segmentation'];
  return shape[0] > 1 ? ['class', 'difference', 'value', 'similarity'] : ['class', 'value'];
}
