import type { Specificity } from '../cam/specificity.ts';
import type { CamMap, LedgerRow } from '../cam/types.ts';
import { BASELINES } from '../faithfulness/index.ts';

/** The methods that are evaluated: the two of Table 1 (MICCAI 2018), and HiResCAM. */
export const EVALUATION_METHODS = ['respond', 'grad', 'hirescam'] as const;
export type EvaluationMethod = (typeof EVALUATION_METHODS)[number];
export type PerMethod<T> = Readonly<Record<EvaluationMethod, T>>;

/** What deletion and insertion are done by: the methods, and what they must be better than. */
export const EVALUATION_RANKINGS = [...EVALUATION_METHODS, ...BASELINES] as const;
export type EvaluationRanking = (typeof EVALUATION_RANKINGS)[number];
export type PerRanking<T> = Readonly<Record<EvaluationRanking, T>>;

/** Areas under the curves of one volume, see `Curve`; null where they are not defined. */
export interface FaithfulnessAreas {
  /** Low is good. */
  readonly deletion: number | null;
  /** High is good. */
  readonly insertion: number | null;
}

/** Which volume of the evaluated set something is about. */
export interface EvaluationId {
  /** Position in the whole set, from 0; the same whatever the sharding. */
  readonly order: number;
  /** File name, or class and index of a simulated volume. */
  readonly id: string;
}

/** One volume that could be read: what the network is to see, and what it shows if that is known. */
export interface EvaluationVolume extends EvaluationId {
  /** Position of the true class among the network's outputs; null when it is not known. */
  readonly class: number | null;
  /** `[z, y, x, c]` or `[y, x, c]` flattened, fitted and normalised. */
  readonly input: Float32Array;
}

/** One volume that was left out, and the sentence that says why. */
export interface SkippedVolume extends EvaluationId {
  readonly reason: string;
}

/** What a source yields. */
export type SourceVolume = EvaluationVolume | SkippedVolume;

/** What an evaluation needs of an explanation: one layer, all classes. The engine's answer fits as it is. */
export interface ExplainedVolume {
  /** Class scores before the softmax, `[C]`. */
  readonly scores: ArrayLike<number>;
  readonly predicted: number;
  readonly layers: readonly {
    readonly classes: readonly {
      readonly index: number;
      readonly methods: Readonly<Partial<Record<EvaluationMethod, Pick<CamMap, 'data' | 'sum'>>>>;
    }[];
    /** `sum_l A`, `[voxels]`. */
    readonly activationSum: Float32Array;
    readonly ledger: readonly LedgerRow[];
  }[];
}

/** The two numbers of Table 1 for one volume, and the map sums they come from. */
export interface MethodRecord {
  /** `1/C sum_c |sum_v L[c] - y[c]|`, units of the score. */
  readonly l1: number;
  /** Tau-b between map sums and scores; null where it is not defined (all sums or all scores equal). */
  readonly kendallTau: number | null;
  /** `sum_v L[c]`, `[C]`. */
  readonly sums: readonly number[];
}

/** What the class scores are made of: `score = heatmap + bias + residual` for each class. */
export interface Ledger {
  readonly heatmap: number;
  readonly bias: number;
  readonly residual: number;
}

/** Everything that is kept of one evaluated volume. */
export interface EvaluationItem extends EvaluationId {
  readonly class: number | null;
  readonly predicted: number;
  readonly scores: readonly number[];
  readonly methods: PerMethod<MethodRecord>;
  /** Of the predicted class's map. */
  readonly specificity: PerMethod<Specificity>;
  /** Participation ratio of the layer's activations, summed over the channels; null when all are 0. */
  readonly activationSpread: number | null;
  /** Mean over the classes of `|sum_v g A|`, `|bias share|` and `|residual|`, units of the score. */
  readonly ledger: Ledger;
  /** Of the predicted class; where it was asked for. */
  readonly faithfulness?: PerRanking<FaithfulnessAreas>;
}

/** Mean and population standard deviation over the `n` volumes where the number is defined. */
export interface Spread {
  /** Null when `n` is 0. */
  readonly mean: number | null;
  readonly std: number | null;
  readonly n: number;
}

/** Which volumes were evaluated, and how they were made ready. */
export interface EvaluationData {
  /** `simulated`, `bundled`, or the path of a folder. */
  readonly set: string;
  /** Signal to noise ratio; null where it is not known or mixed. */
  readonly snr: number | 'inf' | null;
  /** Of simulated volumes. */
  readonly seed: number | null;
  /** How the true classes were known: by the names of the classes, by their position, or not at all. */
  readonly labels: 'names' | 'position' | 'none';
  readonly normalization: string;
  readonly fit: string;
  /** SHA-256 of what the set consists of; null where it is not needed (in the app). */
  readonly fingerprint: string | null;
  /** The contrast of every volume was inverted. */
  readonly invert?: boolean;
  /** Standard deviations added to every volume before it was normalised. */
  readonly offset?: number;
  /** Deletion and insertion were run for each volume. */
  readonly faithfulness?: boolean;
}

/** What is the same in every shard of one evaluation. */
export interface EvaluationSetup {
  /** Id or path of the network. */
  readonly model: string;
  readonly title: string;
  /** SHA-256 of the network's topology and weights; null where the platform has none. */
  readonly fingerprint: string | null;
  readonly layer: string;
  /** Names of the network's classes, `[C]`. */
  readonly classes: readonly string[];
  readonly data: EvaluationData;
  /** Volumes of the whole set, all shards together. */
  readonly total: number;
}

/** Shard `index` of `of`, counted from 1: the volumes with `order % of = index - 1`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** The result of an evaluation; the document of `evaluate --json`. */
export interface Evaluation extends EvaluationSetup {
  readonly format: 'respond-cam-evaluation';
  readonly version: 1;
  readonly backend: string;
  /** Null for a whole evaluation. */
  readonly shard: Shard | null;
  /** Volumes evaluated. */
  readonly n: number;
  /** Those of them whose class is known. */
  readonly labelled: number;
  /** Share of the labelled volumes that got the right class; null when none is labelled. */
  readonly accuracy: number | null;
  readonly l1: PerMethod<Spread>;
  readonly kendallTau: PerMethod<Spread>;
  /** Correlation of the predicted class's map with what knows no class, and with the runner-up's map. */
  readonly specificity: { readonly [term in keyof Specificity]: PerMethod<Spread> };
  readonly activationSpread: Spread;
  /** Correlation over the volumes of a method's tau with `activationSpread`; null where not defined. */
  readonly tauBySpread: PerMethod<number | null>;
  /** In how many volumes the sum of the predicted class's map is below 0, and the largest of all. */
  readonly predictedSum: PerMethod<{ readonly negative: number; readonly largest: number }>;
  /**
   * Shares of the three terms in what the class scores are added up from: the sums over volumes and
   * classes of `|heatmap|`, `|bias|` and `|residual|`, each divided by the sum of the three, so that they
   * add up to 1; null when all scores are 0 or nothing was evaluated. `magnitude`: the means themselves,
   * units of the score.
   */
  readonly ledger: { readonly [term in keyof Ledger]: number | null } & {
    readonly magnitude: Ledger | null;
  };
  /** Areas under the deletion and insertion curves; where they were asked for. */
  readonly faithfulness?: { readonly [term in keyof FaithfulnessAreas]: PerRanking<Spread> };
  /** `[true class][predicted class]`, counts of the labelled volumes; null when none is labelled. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** In order. */
  readonly items: readonly EvaluationItem[];
  readonly skipped: readonly SkippedVolume[];
}

/** An evaluation without its records. */
export type EvaluationSummary = Omit<Evaluation, 'items' | 'skipped'>;

/** An evaluation whose records need not fit into memory; each list of them can be gone through again, in order. */
export interface EvaluationStream {
  readonly summary: EvaluationSummary;
  readonly skippedCount: number;
  all(): AsyncIterable<EvaluationItem | SkippedVolume>;
  items(): AsyncIterable<EvaluationItem>;
  skipped(): AsyncIterable<SkippedVolume>;
}
