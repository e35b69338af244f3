import { withMinus } from '../minus.ts';
import type { ClassAnswer, Counterfactual, Difference, Mistake, Tried } from './types.ts';

type DifferenceOf<K extends Difference['kind']> = Extract<Difference, { kind: K }>;

/** What the network would answer, in as few words as a list has room for. */
const SHORT: {
  readonly [K in Difference['kind']]: (
    difference: DifferenceOf<K>,
    names: readonly string[],
  ) => string;
} = {
  class: ({ other }, names) => answerText(other, names),
  number: ({ other }) => withMinus(other.toPrecision(3)),
  segmentation: ({ share, now, other }, names) =>
    `${percent(share)} of voxels change class${movedText(now, other, names)}`,
  similarity({ other }, names) {
    const best = other.indexOf(Math.max(...other));
    return `${names[best]} nearest, cosine ${withMinus(other[best].toFixed(2))}`;
  },
  embedding: ({ cosine }) => `cosine with the present embedding ${withMinus(cosine.toFixed(2))}`,
};

/** What comes after the counterfactual's own words, by kind of answer; `names` of the classes or references. */
const WORDS: {
  readonly [K in Difference['kind']]: (
    difference: DifferenceOf<K>,
    names: readonly string[],
  ) => string;
} = {
  class({ now, other }, names) {
    const would = `this network would say ${answerText(other, names)}`;
    return `${would} (now: ${answerText(now, names)})`;
  },
  number: ({ now, other }) =>
    `this network would say ${withMinus(other.toPrecision(3))} (now: ${withMinus(now.toPrecision(3))})`,
  segmentation: ({ share, now, other }, names) =>
    `${percent(share)} of the voxels would change class${movedText(now, other, names)}`,
  similarity({ now, other }, names) {
    const best = (values: readonly number[]) => values.indexOf(Math.max(...values));
    const [from, to] = [best(now), best(other)];
    return from === to
      ? `the cosine with ${names[from]} would be ${withMinus(other[from].toFixed(2))} (now: ${withMinus(now[from].toFixed(2))})`
      : `${names[to]} would be nearest, cosine ${withMinus(other[to].toFixed(2))} (now: ${names[from]}, ${withMinus(now[from].toFixed(2))})`;
  },
  embedding: ({ cosine }) =>
    `the embedding would be another one (cosine with the present one ${withMinus(cosine.toFixed(2))})`,
};

/** The classes whose voxels change most in number. */
function movedText(
  now: readonly number[],
  other: readonly number[],
  names: readonly string[],
): string {
  const moved = now
    .map((count, label) => ({ label, count, after: other[label] }))
    .filter(({ label, count, after }) => label > 0 && count !== after)
    .sort((a, b) => Math.abs(b.after - b.count) - Math.abs(a.after - a.count))
    .slice(0, 3)
    .map(({ label, count, after }) => `${names[label - 1]} ${count} → ${after}`);
  return moved.length > 0 ? ` (${moved.join(', ')})` : '';
}

function answerText({ index, score, probability }: ClassAnswer, names: readonly string[]): string {
  const number =
    probability === null
      ? `score ${withMinus(score.toPrecision(3))}`
      : probabilityText(probability);
  return `${names[index]} ${number}`;
}

/** Never a rounded 0 or 1. */
function probabilityText(p: number): string {
  if (p > 0.995 && p < 1) return '>0.99';
  return p < 0.005 && p > 0 ? '<0.01' : p.toFixed(2);
}

const percent = (share: number) =>
  share > 0 && share < 0.001 ? 'Less than 0.1%' : `${Number((100 * share).toPrecision(2))}%`;

/** One sentence about a counterfactual. */
export function counterfactualSentence(
  { words }: Pick<Counterfactual, 'words'>,
  difference: Difference,
  names: readonly string[],
): string {
  const say = WORDS[difference.kind] as (of: Difference, names: readonly string[]) => string;
  const rest = say(difference, names);
  return `${words}${words.endsWith(',') ? '' : ','} ${rest.charAt(0).toLowerCase()}${rest.slice(1)}.`;
}

/** What a network would answer, as an entry of a list. */
export function answerWords(difference: Difference, names: readonly string[]): string {
  const say = SHORT[difference.kind] as (of: Difference, names: readonly string[]) => string;
  return say(difference, names);
}

/** A reading as an entry of a list, e.g. `Inverted contrast`. */
export function readingLabel({ words }: Pick<Counterfactual, 'words'>): string {
  const label = words.replace(/^With (the )?/, '').replace(/,$/, '');
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** What each mistake is called in a list. */
const MISTAKES: Readonly<Record<Mistake, string>> = {
  contrast: 'contrast',
  'voxel-size': 'voxel size',
  normalization: 'normalisation',
};

/** What was tried, and how much of it changes the answer, in one sentence. */
export function whatIfSummary(tried: readonly Tried[]): string {
  if (tried.length === 0) return 'There is no other reading to try.';
  const kinds = (Object.keys(MISTAKES) as Mistake[])
    .filter((one) => tried.some(({ mistake }) => mistake === one))
    .map((one) => MISTAKES[one])
    .join(', ');
  const changing = tried.filter(({ difference }) => difference.changes).length;
  const of = `${tried.length} other ${tried.length === 1 ? 'reading' : 'readings'} tried (${kinds})`;
  return changing === 0
    ? `No other reading changes the answer: ${of}.`
    : `${changing} of ${of} ${changing === 1 ? 'changes' : 'change'} the answer.`;
}
