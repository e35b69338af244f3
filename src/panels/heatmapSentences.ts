import type { CamMap } from '../core/cam/index.ts';
import type { Answer } from '../state/index.ts';
import { signed } from './numbers.ts';

/** Sums of the positive and of the negative voxels of a map. */
export function evidence(map: CamMap): { inFavour: number; against: number } {
  let inFavour = 0;
  let against = 0;
  for (const v of map.data) {
    if (v > 0) inFavour += v;
    else against += v;
  }
  return { inFavour, against };
}

/** Network and layer of an explanation in words. */
export function belongsTo({ model, result }: Pick<Answer, 'model' | 'result'>): string {
  return `${model.title}, layer ${result.layers[0].name}`;
}

/** The cosineSimilarity in words: do the two maps point at the same places with the same sign? */
export function agreement(value: number | null): string {
  if (value === null) return 'One of the two maps is empty';
  if (value > 0.9999) return 'The two maps are the same up to a factor';
  if (value >= 0.8) return 'The two maps agree';
  if (value >= 0.4) return 'The two maps agree in part';
  if (value > -0.4) return 'The two maps differ';
  return 'The two maps contradict each other';
}

/** How a map's sum relates to the score it should account for; follows the score in a sentence. */
export function account(name: string, sum: number, score: number): string {
  const share = sum / score;
  if (Math.abs(score) > 1e-6 && share > 0 && share < 2) {
    return `${name} accounts for ${Math.round(share * 100)}% of it`;
  }
  return `${name} sums to ${signed(sum)} instead`;
}
