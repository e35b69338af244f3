import type { PerChannel, Step, StepId, WrittenStep } from './types.ts';

/** What was made of a list of steps: null with a reason where one of them cannot be carried out here. */
export type ReadSteps =
  | { readonly steps: readonly Step[]; readonly refused: null }
  | { readonly steps: null; readonly refused: string };

class Refused extends Error {}

/** The words of a step, by its parameters. */
class Words {
  constructor(private readonly kwargs: Readonly<Record<string, unknown>>) {}

  has(key: string): boolean {
    return this.kwargs[key] !== undefined && this.kwargs[key] !== null;
  }

  number(key: string, otherwise?: number): number {
    const value = this.kwargs[key] ?? otherwise;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new Refused(`its ${key} is no number`);
  }

  text(key: string, otherwise: string): string {
    const value = this.kwargs[key] ?? otherwise;
    if (typeof value === 'string') return value;
    throw new Refused(`its ${key} is no word`);
  }

  numbers(key: string, otherwise?: number): PerChannel {
    const value = this.kwargs[key];
    if (!Array.isArray(value)) return [this.number(key, otherwise)];
    const axis = this.kwargs.axis;
    if (axis !== undefined && axis !== 'channel' && axis !== 'c')
      throw new Refused(`it is along the axis ${String(axis)}`);
    if (value.length > 0 && value.every((one) => typeof one === 'number' && Number.isFinite(one)))
      return value as number[];
    throw new Refused(`its ${key} are no numbers`);
  }

  /** Whether each channel is scaled apart: its axes are those in space, without the channels. */
  apart(): boolean {
    const { axes } = this.kwargs;
    if (axes === undefined || axes === null) return false;
    const given = typeof axes === 'string' ? [...axes] : axes;
    if (!Array.isArray(given)) throw new Refused('its axes are no list');
    const names = new Set(
      given.map((one) => (one === 'channel' ? 'c' : one === 'batch' ? 'b' : one)),
    );
    if (!names.has('x') || !names.has('y'))
      throw new Refused(`it is along the axes ${given.join(', ')}`);
    return !names.has('c');
  }
}

const EPS = 1e-6;

/** How each step is read from its parameters; those of version 0.4 with a `mode` are among them. */
const ROWS: Readonly<Record<StepId, (words: Words) => Step>> = {
  scale_linear: (words) => ({
    id: 'scale_linear',
    gain: words.numbers('gain', 1),
    offset: words.numbers('offset', 0),
  }),
  fixed_zero_mean_unit_variance: (words) => ({
    id: 'fixed_zero_mean_unit_variance',
    mean: words.numbers('mean'),
    std: words.numbers('std'),
  }),
  zero_mean_unit_variance: (words) =>
    words.has('mean')
      ? ROWS.fixed_zero_mean_unit_variance(words)
      : { id: 'zero_mean_unit_variance', eps: words.number('eps', EPS), apart: words.apart() },
  scale_range: (words) => {
    if (words.has('reference_tensor')) throw new Refused('it needs another tensor');
    const [low, high] = [words.number('min_percentile', 0), words.number('max_percentile', 100)];
    if (!(low >= 0 && high <= 100 && low < high))
      throw new Refused(`its percentiles are ${low} and ${high}`);
    return { id: 'scale_range', low, high, eps: words.number('eps', EPS), apart: words.apart() };
  },
  middle_zero_mean_unit_variance: (words) => ({
    id: 'middle_zero_mean_unit_variance',
    spread: words.text('spread', 'deviation') === 'median' ? 'median' : 'deviation',
    eps: words.number('eps', EPS),
  }),
  clip: (words) => ({
    id: 'clip',
    min: words.number('min', -Number.MAX_VALUE),
    max: words.number('max', Number.MAX_VALUE),
  }),
  binarize: (words) => ({ id: 'binarize', threshold: words.numbers('threshold') }),
  sigmoid: () => ({ id: 'sigmoid' }),
};

/** Steps that change no value here. */
const NOTHING = new Set(['ensure_dtype']);

/** Reads the preprocessing that bioimage.io's specification (0.4 and 0.5) describes. */
export function readSteps(written: readonly WrittenStep[]): ReadSteps {
  const steps: Step[] = [];
  for (const { id, name, kwargs = {} } of written) {
    const word = id ?? name ?? '';
    if (NOTHING.has(word)) continue;
    if (!Object.hasOwn(ROWS, word))
      return { steps: null, refused: `its step ${word} is not carried out here` };
    try {
      steps.push(ROWS[word as StepId](new Words(kwargs)));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { steps: null, refused: `its step ${word} is not carried out here: ${error.message}` };
    }
  }
  return { steps, refused: null };
}
