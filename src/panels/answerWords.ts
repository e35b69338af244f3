import type { TargetKind, TargetReport } from '../core/target/index.ts';

/** What comes between the network and the name of the largest of its numbers. */
const LARGEST: Record<TargetKind, string> = {
  class: 'says',
  difference: 'gives most to',
  value: 'gives most at',
  segmentation: 'gives most to',
  similarity: 'finds it alike to',
};

/** The same for its only number: there is none that it could be larger than. */
const ONLY: Record<TargetKind, string> = {
  class: 'scores',
  difference: 'scores',
  value: 'gives',
  segmentation: 'scores',
  similarity: 'compares it with',
};

interface Answered extends Pick<TargetReport, 'region' | 'voxels'> {
  readonly kind: TargetKind;
  readonly predicted: number;
  readonly probabilities: ArrayLike<number> | null;
  /** How many numbers the network gives. */
  readonly count: number;
}

/** What comes between the network and the name of its answer, and the voxels behind it. */
export function answerWords({ kind, predicted, probabilities, count, region, voxels }: Answered): {
  readonly verb: string;
  readonly extent: string | null;
} {
  const n = voxels?.[predicted];
  const size = n === undefined ? null : `${n} ${n === 1 ? 'voxel' : 'voxels'}`;
  if (count > 1) return { verb: LARGEST[kind], extent: size };
  if (region === 'predicted') return { verb: 'finds', extent: n === 0 ? 'nowhere' : `in ${size}` };
  if (kind === 'class' && probabilities)
    return { verb: probabilities[predicted] < 0.5 ? 'says no to' : 'says', extent: null };
  return { verb: ONLY[kind], extent: size && `in ${size}` };
}
