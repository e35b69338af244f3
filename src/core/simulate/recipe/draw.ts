import { Mismatch, type Place, type Schema } from '../../schema/index.ts';
import type { Random } from '../random.ts';
import type { NumberField } from './fields.ts';

/**
 * How a value is drawn: itself; evenly, or evenly in its logarithm, between two limits, in steps from the
 * first where given; or by one of several rows, each `[weight, how]`.
 */
export type Draw<T> =
  | T
  | { readonly uniform: readonly [number, number]; readonly step?: number }
  | { readonly log: readonly [number, number] }
  | { readonly mix: readonly (readonly [weight: number, draw: Draw<T>])[] };

export function drawValue<T extends number | string>(draw: Draw<T>, random: Random): T {
  if (typeof draw !== 'object') return draw;
  if ('mix' in draw) {
    let left = random.uniform() * draw.mix.reduce((sum, [weight]) => sum + weight, 0);
    const chosen = draw.mix.find(([weight]) => (left -= weight) < 0) ?? draw.mix[0];
    return drawValue(chosen[1], random);
  }
  const u = random.uniform();
  if ('log' in draw) return (draw.log[0] * (draw.log[1] / draw.log[0]) ** u) as T;
  const [low, high] = draw.uniform;
  if (draw.step === undefined) return (low + u * (high - low)) as T;
  const steps = Math.floor((high - low) / draw.step + 1e-9) + 1;
  return (low + Math.floor(u * steps) * draw.step) as T;
}

/** Numbers that a field accepts, and how they may be drawn. */
export function numberDraw({
  least,
  most,
  infinite,
  whole,
  help,
}: NumberField): Schema<Draw<number>> {
  const ways = `{"uniform": [low, high]}${whole ? '' : ', {"log": [low, high]}'} or {"mix": [[weight, ...], ...]}`;
  const accepted = `a ${whole ? 'whole ' : ''}number from ${least} to ${most}${infinite ? ', "inf"' : ''}, ${ways} (${help})`;
  const inside = (v: unknown): v is number =>
    typeof v === 'number' && v >= least && v <= most && (!whole || Number.isInteger(v));
  const read: Schema<Draw<number>> = (value, at) => {
    if (inside(value)) return value;
    if (infinite && value === 'inf') return Number.POSITIVE_INFINITY;
    if (isRow(value)) {
      if ('mix' in value) return { mix: rows(value.mix, at, read, accepted) };
      const limits = value.uniform ?? value.log;
      const [low, high]: unknown[] = Array.isArray(limits) ? limits : [];
      if (inside(low) && inside(high) && low <= high) {
        const step = value.step ?? (whole ? 1 : undefined);
        if ('log' in value && low > 0 && !whole) return { log: [low, high] };
        if ('uniform' in value && step === undefined) return { uniform: [low, high] };
        const possible = typeof step === 'number' && step > 0 && (!whole || Number.isInteger(step));
        if ('uniform' in value && possible) return { uniform: [low, high], step };
      }
    }
    throw new Mismatch(at.path, `is ${JSON.stringify(value)}`, accepted);
  };
  return read;
}

/** One of some words, or a mixture of them. */
export function wordDraw<const T extends string>(words: readonly T[]): Schema<Draw<T>> {
  const accepted = `${words.join(', ')}, or {"mix": [[weight, word], ...]}`;
  const read: Schema<Draw<T>> = (value, at) => {
    const word = words.find((known) => known === value);
    if (word !== undefined) return word;
    if (isRow(value) && 'mix' in value) return { mix: rows(value.mix, at, read, accepted) };
    throw new Mismatch(at.path, `is ${JSON.stringify(value)}`, accepted);
  };
  return read;
}

function isRow(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rows<T>(
  value: unknown,
  at: Place,
  read: Schema<Draw<T>>,
  accepted: string,
): [number, Draw<T>][] {
  const path = `${at.path}.mix`;
  if (!Array.isArray(value) || value.length === 0 || value.length > 100)
    throw new Mismatch(path, `is ${JSON.stringify(value)}`, accepted);
  return value.map((row: unknown, i) => {
    const [weight, draw] = Array.isArray(row) ? (row as unknown[]) : [];
    if (typeof weight !== 'number' || !(weight > 0) || !Number.isFinite(weight))
      throw new Mismatch(`${path}[${i}]`, `is ${JSON.stringify(row)}`, '[weight above 0, how]');
    return [weight, read(draw, { ...at, path: `${path}[${i}][1]` })];
  });
}
