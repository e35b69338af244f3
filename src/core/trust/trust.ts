import { CANCELLATION_LIMIT, type LedgerRow, type Specificity } from '../cam/index.ts';
import { formatValue } from '../color/index.ts';
import type { DomainFinding } from '../domain/index.ts';
import type { LengthUnit } from '../volume/index.ts';
import { gridPhrase, lengthIn, type Where } from '../where/index.ts';
import { withMinus } from '../minus.ts';

/** How a check came out; `unknown` where it says nothing about this map. */
export type Mark = 'good' | 'care' | 'bad' | 'unknown';

export const TRUST_IDS = ['adds', 'ranks', 'cancels', 'resolution', 'input', 'specific'] as const;
export type TrustId = (typeof TRUST_IDS)[number];

/** One check in words, with its figures. */
export interface TrustLine {
  readonly id: TrustId;
  readonly mark: Mark;
  readonly text: string;
  readonly figures: string;
}

/** What is known of one map. */
export interface TrustFacts {
  /** Whether the values are parts of the score. */
  readonly sumsToScore: boolean;
  readonly sum: number;
  readonly score: number;
  readonly ledger: Pick<LedgerRow, 'residual' | 'cam'> | null;
  /** Kendall's tau of map sums and scores; null where not all classes have a map, or there is nothing to rank. */
  readonly tau: number | null;
  /** Mean distance of sums and scores over all classes (Table 1); null where not all have a map. */
  readonly l1: number | null;
  /** `sum|L| / |sum L|` */
  readonly cancellation: number;
  readonly where: Where;
  /** The unit of lengths; nothing is said of the resolution in voxels of unknown size. */
  readonly unit: LengthUnit;
  /** How the input differs from the training volumes; null where these were not measured. */
  readonly domain: readonly DomainFinding[] | null;
  readonly specificity: Specificity;
  /** Name of the class with the next score. */
  readonly rival: string | null;
}

/** From these values on a check is good, or at least no fault. */
const ADDS = { good: 0.05, care: 0.5 };
const TAU = { good: 0.9, care: 0.5 };
const CANCELS = { good: 2, care: CANCELLATION_LIMIT };
const ACROSS = { good: 4, care: 2 };
const LIKE = { good: 0.7, care: 0.9 };

const upTo = (value: number, { good, care }: typeof ADDS): Mark =>
  value <= good ? 'good' : value <= care ? 'care' : 'bad';
const from = (value: number, { good, care }: typeof ADDS): Mark =>
  value >= good ? 'good' : value >= care ? 'care' : 'bad';

const digits = (value: number) => withMinus(value.toFixed(2));

type Check = (facts: TrustFacts) => Omit<TrustLine, 'id'> | null;

const CHECKS: Readonly<Record<TrustId, Check>> = {
  adds({ sumsToScore, sum, score, ledger, l1 }) {
    if (!sumsToScore)
      return {
        mark: 'unknown',
        text: 'Does not claim to add up to the score',
        figures: 'The values of this method are no parts of the score.',
      };
    const off = Math.abs(score) > 1e-6 ? Math.abs(sum - score) / Math.abs(score) : Math.abs(sum);
    const mark = upTo(off, ADDS);
    const rest =
      ledger && Math.abs(ledger.residual) > 1e-3 * Math.abs(score)
        ? ` ${formatValue(ledger.residual)} of the score is explained by neither heatmap nor biases.`
        : '';
    return {
      mark,
      text: {
        good: 'Adds up to the score',
        care: 'Adds up to part of the score',
        bad: 'Does not add up to the score',
      }[mark as 'good' | 'care' | 'bad'],
      figures: `The map sums to ${formatValue(sum)}, the score is ${formatValue(score)}.${rest}${l1 === null ? '' : ` Over all classes they are ${formatValue(l1)} apart (L1).`}`,
    };
  },
  ranks({ tau, sumsToScore }) {
    if (tau === null || !sumsToScore) return null;
    const mark = Number.isNaN(tau) ? 'unknown' : from(tau, TAU);
    return {
      mark,
      text: {
        good: 'Ranks the classes as the scores do',
        care: 'Ranks the classes in part as the scores do',
        bad: 'Does not rank the classes as the scores do',
        unknown: 'All sums are equal: no ranking',
      }[mark],
      figures: `Kendall's τ of map sums and scores is ${digits(tau)}; a line for each class, its map sum on the left, its score on the right.`,
    };
  },
  cancels({ cancellation, sumsToScore }) {
    if (!sumsToScore) return null;
    const mark = upTo(cancellation, CANCELS);
    const times = Number.isFinite(cancellation)
      ? formatValue(cancellation, 2)
      : 'far more than 100';
    return {
      mark,
      text: {
        good: 'The sum hides nothing',
        care: 'Parts of the map cancel in its sum',
        bad: 'The sum hides what cancels in it',
      }[mark as 'good' | 'care' | 'bad'],
      figures: `Σ|L| is ${times} times |ΣL|.`,
    };
  },
  resolution({ where: { grid, particle }, unit }) {
    if (!particle) return null;
    const [nz, ny, nx] = grid.shape;
    const [sx, sy, sz] = grid.voxelSize;
    const volume = particle.share * nx * ny * nz * sx * sy * sz;
    // A picture has one section: its particle is a disc.
    const diameter =
      nz === 1 ? 2 * Math.sqrt(volume / sz / Math.PI) : 2 * Math.cbrt((3 * volume) / (4 * Math.PI));
    const across = diameter / Math.max(...(nz === 1 ? [sx, sy] : [sx, sy, sz]));
    const mark = from(across, ACROSS);
    const count = across < 9.5 ? Number(across.toFixed(1)) : Math.round(across);
    const voxels = `${count} ${count === 1 ? 'voxel' : 'voxels'}`;
    return {
      mark,
      text: {
        good: `Resolves the particle: ${voxels} across`,
        care: `Coarse: ${voxels} across the particle`,
        bad: `Too coarse for parts: ${voxels} across the particle`,
      }[mark as 'good' | 'care' | 'bad'],
      figures: `The map has ${gridPhrase(grid, unit)}; a ball as large as the particle is ${lengthIn(diameter, unit)} wide. Smooth shells show no more than that.`,
    };
  },
  input({ domain }) {
    if (domain === null)
      return {
        mark: 'unknown',
        text: 'Training data not known',
        figures: 'What the network was trained on was not measured (respond-cam domain does it).',
      };
    const found = domain.filter(({ severity }) => severity === 'warning');
    return {
      mark: found.length === 0 ? 'good' : 'bad',
      text: found.length === 0 ? 'Input like the training data' : 'Input unlike the training data',
      figures:
        domain.length > 0
          ? domain.map(({ message }) => message).join(' ')
          : 'Mean, spread, skew, contrast and the activations are as in training.',
    };
  },
  specific({ specificity: { activationSum, runnerUp }, rival }) {
    const found = [activationSum, runnerUp].filter((value) => value !== null);
    if (found.length === 0) return null;
    const mark = upTo(Math.max(...found.map(Math.abs)), LIKE);
    const sums =
      activationSum === null
        ? ''
        : `Correlation ${digits(activationSum)} with the plain sum of activations, which knows no class. `;
    const rivals =
      runnerUp === null || rival === null
        ? ''
        : `Correlation ${digits(runnerUp)} with the same method's map of ${rival}.`;
    return {
      mark,
      text: {
        good: 'About this class',
        care: 'Partly about this class',
        bad: 'Hardly about this class',
      }[mark as 'good' | 'care' | 'bad'],
      figures: `${sums}${rivals}`.trim(),
    };
  },
};

/** All checks that say something about a map, in the order of `TRUST_IDS`. */
export function trustLines(facts: TrustFacts): TrustLine[] {
  return TRUST_IDS.flatMap((id) => {
    const line = CHECKS[id](facts);
    return line ? [{ id, ...line }] : [];
  });
}
