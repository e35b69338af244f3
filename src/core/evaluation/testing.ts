import { uniform } from '../../testing/random.ts';
import {
  type Evaluation,
  type EvaluationItem,
  type EvaluationPart,
  type EvaluationSetup,
  type ExplainedVolume,
  mergeEvaluations,
  RECORD_LISTS,
  readHead,
  recordItem,
  recordReader,
} from './index.ts';

export const CLASSES = ['ribosome (4V5A)', 'GroEL, "14-mer" (1MNF)', 'capsid (2BUK)'];

export function setup(total: number, change: Partial<EvaluationSetup> = {}): EvaluationSetup {
  return {
    model: 'cnn-2-inf',
    title: 'CNN-2',
    fingerprint: null,
    layer: 'maxpool2',
    classes: CLASSES,
    data: {
      set: 'simulated',
      snr: 'inf',
      seed: 2,
      labels: 'names',
      normalization: 'none',
      fit: 'none',
      fingerprint: null,
    },
    total,
    ...change,
  };
}

/** An explanation with the given scores, map sums and shares of the ledger. */
export function explained(
  scores: readonly number[],
  sums: readonly number[],
  bias = scores.map((score, c) => score - sums[c]),
): ExplainedVolume {
  const map = (sum: number) => ({ sum, data: Float32Array.of(sum - 1, 2, -1) });
  const classes = scores.map((_, index) => ({
    index,
    methods: {
      respond: map(sums[index]),
      grad: map(-sums[index]),
      hirescam: map(sums[index]),
    },
  }));
  const activationSum = Float32Array.of(1, 2, 0);
  const ledger = scores.map((score, index) => ({
    index,
    score,
    cam: sums[index],
    bias: bias[index],
    bypass: 0,
    residual: score - sums[index] - bias[index],
  }));
  return {
    scores,
    predicted: scores.indexOf(Math.max(...scores)),
    layers: [{ classes, activationSum, ledger }],
  };
}

/** Numbers without a pattern, the same for the same seed. */
export function numbers(seed: number, count: number): number[] {
  const next = uniform(seed);
  return Array.from({ length: count }, () => next() - 0.5);
}

export function item(order: number): EvaluationItem {
  const volume = { order, id: `v${order}`, class: order % 4 === 3 ? null : order % 3 };
  return recordItem(volume, explained(numbers(order, 3), numbers(order + 100, 3)));
}

/** A part whose records are in memory. */
export function partOf(document: unknown, name: string): EvaluationPart {
  const head = readHead(document, name);
  const check = recordReader(head);
  const lists = document as Record<'items' | 'skipped', readonly unknown[]>;
  const places = RECORD_LISTS.flatMap((list) =>
    lists[list].map((record, at) => ({ order: check(record, list, at).order, list, at })),
  );
  return { head, places, read: async ({ list, at }) => check(lists[list][at], list, at) };
}

/** What parts give together, in memory. */
export async function joined(parts: readonly EvaluationPart[]): Promise<Evaluation> {
  const { summary, ...lists } = await mergeEvaluations(parts);
  const [items, skipped] = [[], []] as [
    Evaluation['items'][number][],
    Evaluation['skipped'][number][],
  ];
  for await (const item of lists.items()) items.push(item);
  for await (const one of lists.skipped()) skipped.push(one);
  return { ...summary, items, skipped };
}
