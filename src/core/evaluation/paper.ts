import type { Evaluation } from './types.ts';

/** Mean ± standard deviation as printed. */
export interface PublishedNumber {
  readonly mean: number;
  readonly std: number;
}

/** One column of Table 1 of the paper. */
export interface PublishedRow {
  readonly l1: { readonly grad: PublishedNumber; readonly respond: PublishedNumber };
  readonly kendallTau: { readonly grad: PublishedNumber; readonly respond: PublishedNumber };
}

const pm = (mean: number, std: number): PublishedNumber => ({ mean, std });

/** Table 1 of Zhao et al., MICCAI 2018 (arXiv 1806.00102), by the ids of the bundled networks. */
export const PAPER_TABLE_1: Readonly<Record<string, PublishedRow>> = {
  'cnn-1-inf': {
    l1: { grad: pm(15.344, 7.789), respond: pm(0.601, 0.187) },
    kendallTau: { grad: pm(0.273, 0.35), respond: pm(0.981, 0.014) },
  },
  'cnn-2-inf': {
    l1: { grad: pm(8.117, 3.854), respond: pm(0.77, 0.366) },
    kendallTau: { grad: pm(0.822, 0.097), respond: pm(0.976, 0.018) },
  },
  'cnn-1-0.1': {
    l1: { grad: pm(21.142, 8.511), respond: pm(1.006, 0.721) },
    kendallTau: { grad: pm(-0.116, 0.341), respond: pm(0.975, 0.024) },
  },
  'cnn-2-0.1': {
    l1: { grad: pm(14.02, 5.232), respond: pm(0.542, 0.194) },
    kendallTau: { grad: pm(0.458, 0.26), respond: pm(0.984, 0.013) },
  },
};

/** The layer that Table 1 is about: the last before the classifier. */
export const PAPER_LAYER = 'maxpool2';

/**
 * The published numbers that an evaluation can be held against; undefined unless the network, the layer and
 * the data are the paper's: volumes simulated of its classes at the SNR of its column.
 */
export function publishedRow({
  model,
  layer,
  data,
}: Pick<Evaluation, 'model' | 'layer' | 'data'>): PublishedRow | undefined {
  if (!Object.hasOwn(PAPER_TABLE_1, model) || layer !== PAPER_LAYER) return undefined;
  const snr = model.endsWith('-inf') ? 'inf' : 0.1;
  const own = data.set === 'simulated' && data.labels === 'names' && data.snr === snr;
  return own ? PAPER_TABLE_1[model] : undefined;
}
