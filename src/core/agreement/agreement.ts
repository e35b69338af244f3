import { correlation } from '../cam/specificity.ts';
import { mapTo } from '../typed-arrays.ts';

/** Shares of the voxels whose places are compared. */
export const TOP_SHARES = [0.01, 0.05, 0.1] as const;

/**
 * Likeness of two maps about zero, `a·b / (|a| |b|)`: 1 same places and signs, -1 opposite signs;
 * null when one of them is all zeros. Both have one grid; the scale of the maps does not matter.
 */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return aa > 0 && bb > 0 ? Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))) : null;
}

const known = new WeakMap<ArrayLike<number>, Float64Array>();

/** A map is compared with many others: its ranks are found once. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const found = known.get(values) ?? ranks(values);
  known.set(values, found);
  return found;
}

/** Spearman's rank correlation, -1 to 1; equal values have their mean rank; null where a map is constant. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  return correlation(ranksOf(a), ranksOf(b));
}

/** The rank of each value from 1, mean ranks for equal ones. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Float64Array.from(values).sort();
  return mapTo(new Float64Array(values.length), values, (value) => {
    const first = bound(order, (one) => one < value);
    const end = bound(order, (one) => one <= value);
    return (first + 1 + end) / 2;
  });
}

/** How many of the sorted values come first. */
function bound(order: Float64Array, comesFirst: (one: number) => boolean): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comesFirst(order[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Voxels with the largest values of a map: as many as `share` of all, at least one, with those that equal the smallest
 * of them; of these only the ones above 0.
 */
export function topVoxels(map: ArrayLike<number>, share: number): Uint8Array {
  const count = Math.max(1, Math.ceil(share * map.length - 1e-9));
  const least = nthLargest(map, count);
  return mapTo(new Uint8Array(map.length), map, (value) => Number(value > 0 && value >= least));
}

/** The `n`-th largest of some values, from 1, without sorting them all (Hoare's selection). */
export function nthLargest(values: ArrayLike<number>, n: number): number {
  const left = Float64Array.from(values);
  const wanted = left.length - n;
  let [low, high] = [0, left.length - 1];
  while (low < high) {
    // The middle of three keeps sorted values fast.
    const [a, b, c] = [left[low], left[(low + high) >> 1], left[high]];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let [i, j] = [low, high];
    while (i <= j) {
      while (left[i] < pivot) i++;
      while (left[j] > pivot) j--;
      if (i > j) break;
      [left[i], left[j]] = [left[j], left[i]];
      i++;
      j--;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return left[wanted];
}

/** Intersection over union of the {@link topVoxels} of two maps, 0 to 1; null where neither has any. */
export function topOverlap(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  share: number,
): number | null {
  const [topA, topB] = [topVoxels(a, share), topVoxels(b, share)];
  let both = 0;
  let either = 0;
  for (let v = 0; v < topA.length; v++) {
    both += topA[v] & topB[v];
    either += topA[v] | topB[v];
  }
  return either > 0 ? both / either : null;
}
