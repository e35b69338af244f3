import type { ClassAnswer, Difference, Reply } from './types.ts';

/** A probability that moves by more than this is worth a word though the class stays. */
export const CONFIDENCE = 0.2;
/** Of a single number, in shares of the larger of both. */
const NUMBER = 0.1;
/** Of the voxels that are not background in both readings. */
export const VOXELS = 0.1;
/** Of a cosine. */
export const COSINE = 0.1;

/** How one answer differs from that to the present reading. */
export function compareReplies(now: Reply, other: Reply, isEmbedding: boolean): Difference {
  if (now.labels && other.labels) return labelled(now.labels, other.labels, now.scores.length);
  if (now.kind === 'similarity') return similar(now.scores, other.scores);
  if (isEmbedding) {
    const cosine = cosineOf(now.scores, other.scores);
    return { kind: 'embedding', cosine, changes: cosine < 1 - COSINE };
  }
  return now.scores.length === 1 && !now.probabilities
    ? single(now.scores[0], other.scores[0])
    : classified(now, other);
}

function classified(now: Reply, other: Reply): Difference {
  const before = answerOf(now, now.predicted);
  const after = answerOf(other, other.predicted);
  const moved =
    before.probability !== null &&
    Math.abs(before.probability - answerOf(other, now.predicted).probability!) > CONFIDENCE;
  return {
    kind: 'class',
    now: before,
    other: after,
    changes: after.index !== before.index || moved,
  };
}

function answerOf({ scores, probabilities }: Reply, index: number): ClassAnswer {
  return { index, score: scores[index], probability: probabilities?.[index] ?? null };
}

function single(now: number, other: number): Difference {
  const scale = Math.max(Math.abs(now), Math.abs(other));
  return { kind: 'number', now, other, changes: Math.abs(now - other) > NUMBER * scale };
}

function similar(now: Float32Array, other: Float32Array): Difference {
  const best = (values: Float32Array) => values.indexOf(Math.max(...values));
  const moved = now.some((cosine, i) => Math.abs(cosine - other[i]) > COSINE);
  return {
    kind: 'similarity',
    now: [...now],
    other: [...other],
    changes: moved || best(now) !== best(other),
  };
}

/** Both are as long. */
export function cosineOf(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let ofA = 0;
  let ofB = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    ofA += a[i] * a[i];
    ofB += b[i] * b[i];
  }
  return dot / Math.sqrt(ofA * ofB);
}

function labelled(now: Uint16Array, other: Uint16Array, classes: number): Difference {
  const before = counts(now, classes);
  const after = counts(other, classes);
  const common = before.indexOf(Math.max(...before));
  let changed = 0;
  let objects = 0;
  for (let v = 0; v < now.length; v++) {
    if (now[v] !== other[v]) changed++;
    if (now[v] !== common || other[v] !== common) objects++;
  }
  const shareOfObjects = objects > 0 ? changed / objects : 0;
  return {
    kind: 'segmentation',
    share: changed / now.length,
    shareOfObjects,
    now: before,
    other: after,
    changes: shareOfObjects > VOXELS,
  };
}

function counts(labels: Uint16Array, classes: number): number[] {
  const found = new Array<number>(classes + 1).fill(0);
  for (const label of labels) found[label]++;
  return found;
}
