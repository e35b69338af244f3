import { type CamMap, type CamMethod, rivalOf, specificity } from '../core/cam/index.ts';
import { formatValue } from '../core/color/index.ts';
import type { Answer } from '../state/index.ts';
import { METHOD_NAMES } from './glossary.ts';

/** Sums of the positive and of the negative voxels of a map. */
export function evidence(map: CamMap): { inFavour: number; against: number } {
  let inFavour = 0;
  let against = 0;
  for (const v of map.data) {
    if (v > 0) inFavour += v;
    else against += v;
  }
  return { inFavour, against };
}

/** Network and layer of an explanation in words. */
export function belongsTo({ model, result }: Pick<Answer, 'model' | 'result'>): string {
  return `${model.title}, layer ${result.layers[0].name}`;
}

/**
 * Likeness of two maps about zero, `a·b / (|a| |b|)`: 1 same places and signs, -1 opposite signs;
 * null when one of them is all zeros. The scale of the maps does not matter.
 */
export function likeness(a: CamMap, b: CamMap): number | null {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.data.length; i++) {
    ab += a.data[i] * b.data[i];
    aa += a.data[i] * a.data[i];
    bb += b.data[i] * b.data[i];
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : null;
}

/** The likeness in words: do the two maps point at the same places with the same sign? */
export function agreement(value: number | null): string {
  if (value === null) return 'One of the two maps is empty';
  if (value > 0.9999) return 'The two maps are the same up to a factor';
  if (value >= 0.8) return 'The two maps agree';
  if (value >= 0.4) return 'The two maps agree in part';
  if (value > -0.4) return 'The two maps differ';
  return 'The two maps contradict each other';
}

/** How a map's sum relates to the score it should account for; goes on after the score. */
export function account(name: string, sum: number, score: number): string {
  const share = sum / score;
  if (Math.abs(score) > 1e-6 && share > 0 && share < 2) {
    return `${name} accounts for ${Math.round(share * 100)}% of it`;
  }
  return `${name} sums to ${signed(sum)} instead`;
}

/** A class name without the id in brackets that may end it. */
export function withoutId(name: string): string {
  return name.replace(/ \((?=\w*\d)[\w-]+\)$/, '');
}

/** Position of a class by its name, which a network may follow by an id in brackets; null if absent. */
export function classOf(name: string, classes: readonly string[]): number | null {
  const at = classes.findIndex((one) => one === name || one.startsWith(`${name} (`));
  return at < 0 ? null : at;
}

/** Three digits with an explicit sign. */
export function signed(value: number): string {
  return value > 0 ? `+${formatValue(value)}` : formatValue(value);
}

/**
 * A writer for numbers that stand under each other: as many decimals for all as give the largest of
 * `values` three digits.
 */
export function aligned(values: readonly number[]): (value: number) => string {
  const largest = values.reduce(
    (most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most),
    0,
  );
  if (largest >= 1e5 || (largest > 0 && largest < 1e-2)) return (value) => formatValue(value);
  const decimals = Math.max(0, 2 - Math.max(0, Math.floor(Math.log10(largest || 1))));
  return (value) =>
    Number.isFinite(value) ? value.toFixed(decimals).replace('-', '−') : formatValue(value);
}

/** A probability as people say it: never a rounded 0 or 1. */
export function probability(p: number): string {
  if (p > 0.995 && p < 1) return '>0.99';
  if (p >= 1) return '1.00';
  if (p < 0.005) return p === 0 ? '0' : '<0.01';
  return p.toFixed(2);
}

/** How much of a class's map at the layer shown is about the class; null where there is no map. */
export function specificitySentence(
  { model, result }: Pick<Answer, 'model' | 'result'>,
  index: number,
  method: CamMethod,
): string | null {
  const [layer] = result.layers;
  const mapOf = (wanted: number | null) =>
    layer.classes.find((row) => row.index === wanted)?.methods[method]?.data;
  const map = mapOf(index);
  if (!map) return null;
  const rival = rivalOf(result.scores, index);
  const { activationSum, runnerUp } = specificity(map, mapOf(rival), layer.activationSum);
  const digits = (value: number) => value.toFixed(2).replace('-', '−');
  if (activationSum === null) return null;
  const other =
    rival === null || runnerUp === null
      ? ''
      : `, ${digits(runnerUp)} with its map of ${withoutId(model.classes[rival] ?? `class ${rival + 1}`)}`;
  return `${METHOD_NAMES[method]} map: correlation ${digits(activationSum)} with the plain sum of activations, which knows no class${other}.`;
}
