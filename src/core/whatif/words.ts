import type { ClassAnswer, Counterfactual, Difference, Mistake, Tried } from './types.ts';

type DifferenceOf<K extends Difference['kind']> = Extract<Difference, { kind: K }>;

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
    `this network would say ${other.toPrecision(3)} (now: ${now.toPrecision(3)})`,
  segmentation({ share, now, other }, names) {
    const moved = now
      .map((count, label) => ({ label, count, after: other[label] }))
      .filter(({ label, count, after }) => label > 0 && count !== after)
      .sort((a, b) => Math.abs(b.after - b.count) - Math.abs(a.after - a.count))
      .slice(0, 3)
      .map(({ label, count, after }) => `${names[label - 1]} ${count} → ${after}`);
    const list = moved.length > 0 ? ` (${moved.join(', ')})` : '';
    return `${percent(share)} of the voxels would change class${list}`;
  },
  similarity({ now, other }, names) {
    const best = (values: readonly number[]) => values.indexOf(Math.max(...values));
    const [from, to] = [best(now), best(other)];
    return from === to
      ? `the cosine with ${names[from]} would be ${other[from].toFixed(2)} (now: ${now[from].toFixed(2)})`
      : `${names[to]} would be nearest, cosine ${other[to].toFixed(2)} (now: ${names[from]}, ${now[from].toFixed(2)})`;
  },
  embedding: ({ cosine }) =>
    `the embedding would be another one (cosine with the present one ${cosine.toFixed(2)})`,
};

function answerText({ index, score, probability }: ClassAnswer, names: readonly string[]): string {
  const number = probability === null ? `score ${score.toPrecision(3)}` : probability.toFixed(2);
  return `${names[index]} ${number}`;
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

/** What each mistake is called in a list. */
const MISTAKES: Readonly<Record<Mistake, string>> = {
  contrast: 'contrast',
  'voxel-size': 'voxel size',
  normalization: 'normalisation',
};

/** What was tried, and how much of it changes the answer, in one sentence. */
export function whatIfSummary(tried: readonly Tried[]): string {
  if (tried.length === 0) return 'There is no other reading of this volume to try.';
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
