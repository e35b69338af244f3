import type { NamedNormalization, Normalization } from '../volume/convert.ts';
import { short } from '../volume/notation.ts';
import type { PerChannel, Step, WrittenStep } from './types.ts';

const list = (values: PerChannel) => values.map(short).join(', ');

/** What a step does, as part of a sentence. */
function stepWords(step: Step): string {
  switch (step.id) {
    case 'scale_linear':
      return `times ${list(step.gain)} plus ${list(step.offset)}`;
    case 'fixed_zero_mean_unit_variance':
      return `less ${list(step.mean)}, divided by ${list(step.std)}`;
    case 'zero_mean_unit_variance':
      return `to mean 0 and variance 1${step.apart ? ' in each channel' : ''}`;
    case 'middle_zero_mean_unit_variance':
      return `to mean 0 and a spread of 1 by the middle of the slices${step.spread === 'median' ? ' (median distance from the median)' : ''}`;
    case 'scale_range':
      return step.low === 0 && step.high === 100
        ? 'from their range to 0..1'
        : `from percentiles ${step.low} and ${step.high} to 0..1`;
    case 'clip':
      return `clipped to ${bound(step.min)}..${bound(step.max)}`;
    case 'binarize':
      return `to 1 above ${list(step.threshold)}, else 0`;
    case 'sigmoid':
      return 'by the sigmoid';
  }
}

const bound = (value: number) => (Math.abs(value) === Number.MAX_VALUE ? '' : short(value));

/** All steps, as the end of a sentence. */
export function stepsWords(steps: readonly Step[]): string {
  return steps.length === 0 ? 'as they are' : steps.map(stepWords).join(', then ');
}

/** A step as the specification writes it. */
export function writtenStep(step: Step): WrittenStep {
  const one = (values: PerChannel) => (values.length === 1 ? values[0] : values);
  const along = (...all: readonly PerChannel[]) =>
    all.some(({ length }) => length > 1) ? { axis: 'channel' } : {};
  switch (step.id) {
    case 'scale_linear': {
      const { id, gain, offset } = step;
      return { id, kwargs: { ...along(gain, offset), gain: one(gain), offset: one(offset) } };
    }
    case 'fixed_zero_mean_unit_variance': {
      const { id, mean, std } = step;
      return { id, kwargs: { ...along(mean, std), mean: one(mean), std: one(std) } };
    }
    case 'zero_mean_unit_variance':
      return { id: step.id, kwargs: { ...axes(step.apart), eps: step.eps } };
    case 'middle_zero_mean_unit_variance': {
      const { id, spread, eps } = step;
      return { id, kwargs: { spread, eps } };
    }
    case 'scale_range': {
      const { id, low, high, eps, apart } = step;
      return { id, kwargs: { ...axes(apart), min_percentile: low, max_percentile: high, eps } };
    }
    case 'clip': {
      const { id, min, max } = step;
      const bounds = {
        ...(min > -Number.MAX_VALUE && { min }),
        ...(max < Number.MAX_VALUE && { max }),
      };
      return { id, kwargs: bounds };
    }
    case 'binarize':
      return { id: step.id, kwargs: { ...along(step.threshold), threshold: one(step.threshold) } };
    case 'sigmoid':
      return { id: step.id, kwargs: {} };
  }
}

/** Of a step that takes all axes together nothing is said; else the axes in space of any network are. */
const axes = (apart: boolean) => (apart ? { axes: ['z', 'y', 'x'] } : {});

const linear = (gain: number, offset: number): Step => ({
  id: 'scale_linear',
  gain: [gain],
  offset: [offset],
});

/** Normalisations in steps of the specification; null where it has no words for one. */
const AS_STEPS: Readonly<Record<NamedNormalization, readonly Step[] | null>> = {
  none: [],
  zscore: [{ id: 'zero_mean_unit_variance', eps: 1e-6, apart: false }],
  'unit-variance': null,
  unit: [linear(1 / 255, 0)],
  signed: [linear(1 / 127.5, -1)],
  imagenet: [
    linear(1 / 255, 0),
    {
      id: 'fixed_zero_mean_unit_variance',
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
  ],
  caffe: null,
};

interface Sidecar {
  readonly normalization?: Normalization;
  readonly steps?: readonly Step[];
  readonly preprocessing?: readonly WrittenStep[];
}

/** What is written of a network's sidecar: its normalisation once, by its name where it has one. */
export function writtenSidecar<S extends Sidecar>({ steps, ...sidecar }: S) {
  const { normalization, ...rest } = sidecar;
  if (normalization !== 'preprocessing') return sidecar;
  return { ...rest, preprocessing: (steps ?? []).map(writtenStep) };
}

/** The same with the normalisation also in the words of the specification, for other tools. */
export function exportedSidecar<S extends Sidecar>(sidecar: S) {
  const { normalization } = sidecar;
  const words =
    normalization === undefined || normalization === 'preprocessing'
      ? null
      : AS_STEPS[normalization];
  const written = writtenSidecar(sidecar);
  return words ? { ...written, preprocessing: words.map(writtenStep) } : written;
}
