import type { PerChannel, Step } from '../core/preprocessing/index.ts';
import { type NamedNormalization, PICTURE_SCALINGS } from '../core/volume/index.ts';

/** A parameter of a step: one number, or one for each channel. */
interface Parameter {
  readonly label: string;
  readonly values: PerChannel;
  /** The step with other values; null where they are impossible. */
  change(values: number[]): Step | null;
}

interface StepRow {
  readonly label: string;
  /** With the usual values. */
  readonly initial: Step;
}

/** Normalisations by a step with parameters, in bioimage.io's words. */
export const STEP_ROWS = {
  scale_range: {
    label: 'Percentiles to 0 and 1…',
    initial: { id: 'scale_range', low: 1, high: 99.8, eps: 1e-6, apart: false },
  },
  fixed_zero_mean_unit_variance: {
    label: 'Fixed mean and deviation…',
    initial: { id: 'fixed_zero_mean_unit_variance', mean: [0], std: [1] },
  },
  scale_linear: {
    label: 'Factor and offset…',
    initial: { id: 'scale_linear', gain: [1], offset: [0] },
  },
  clip: { label: 'Clipped…', initial: { id: 'clip', min: -3, max: 3 } },
  binarize: { label: '0 or 1 by a threshold…', initial: { id: 'binarize', threshold: [0] } },
} as const satisfies Readonly<Partial<Record<Step['id'], StepRow>>>;

export type StepRowId = keyof typeof STEP_ROWS;

/** Normalisations without parameters. */
export const NAMED: Readonly<Record<NamedNormalization, string>> = {
  none: 'As in the file',
  zscore: 'Mean 0, variance 1',
  'unit-variance': 'Variance 1',
  unit: PICTURE_SCALINGS.unit.label,
  signed: PICTURE_SCALINGS.signed.label,
  imagenet: PICTURE_SCALINGS.imagenet.label,
  caffe: PICTURE_SCALINGS.caffe.label,
};

/** The parameters of a step that can be typed. */
export function parametersOf(step: Step): readonly Parameter[] {
  const pair = (
    [first, second]: readonly [string, string],
    values: readonly [number, number],
    make: (low: number, high: number) => Step | null,
  ): readonly Parameter[] => [
    { label: first, values: [values[0]], change: ([low]) => make(low, values[1]) },
    { label: second, values: [values[1]], change: ([high]) => make(values[0], high) },
  ];
  switch (step.id) {
    case 'scale_range':
      return pair(['0 at (%)', '1 at (%)'], [step.low, step.high], (low, high) =>
        low >= 0 && low < high && high <= 100 ? { ...step, low, high } : null,
      );
    case 'clip':
      return pair(['Least', 'Most'], [step.min, step.max], (min, max) =>
        min <= max ? { ...step, min, max } : null,
      );
    case 'fixed_zero_mean_unit_variance':
      return [
        { label: 'Mean', values: step.mean, change: (mean) => ({ ...step, mean }) },
        {
          label: 'Deviation',
          values: step.std,
          change: (std) => (std.every((one) => one > 0) ? { ...step, std } : null),
        },
      ];
    case 'scale_linear':
      return [
        { label: 'Factor', values: step.gain, change: (gain) => ({ ...step, gain }) },
        { label: 'Offset', values: step.offset, change: (offset) => ({ ...step, offset }) },
      ];
    case 'binarize':
      return [
        {
          label: '1 above',
          values: step.threshold,
          change: (threshold) => ({ ...step, threshold }),
        },
      ];
    default:
      return [];
  }
}
