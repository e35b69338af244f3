import { cosineSimilarity, spearman } from '../agreement/index.ts';

/** How like two maps of one grid are. */
export interface Similarity {
  /** Null where a map is all zeros. */
  readonly cosine: number | null;
  /** Null where a map is constant. */
  readonly spearman: number | null;
}

export function similarityOf(a: ArrayLike<number>, b: ArrayLike<number>): Similarity {
  return { cosine: cosineSimilarity(a, b), spearman: spearman(a, b) };
}
