import type { DataValue, MaskValue } from '../builder.ts';
import { dimsOf } from '../builder.ts';
import type { Context } from '../context.ts';
import { broadcast } from '../fold/shapes.ts';
import { combined, operands } from './arithmetic.ts';

/** A truth value, which has no gradient: its numbers, 0 and 1, are made where they are computed with. */
export const mask =
  (make: (context: Context) => DataValue): ((context: Context) => MaskValue) =>
  (context) => ({
    kind: 'mask',
    name: context.origin().name,
    dims: operands(context)
      .map(dimsOf)
      .reduce((a, b) => broadcast(a, b) ?? context.fail(`shapes [${a}] and [${b}]`)),
    make: () => make(context),
  });

/** What a comparison begins with, without a name in the file. */
function difference(context: Context, swapped = false): DataValue {
  const [a, b] = operands(context);
  const origin = context.origin();
  const name = `${origin.name}~difference`;
  const values = swapped ? [b, a] : [a, b];
  return combined(context, 'subtract', values, { ...origin, name }, origin.name);
}

/** 1 where the first value (the second, for `swapped`) is greater, or as great where `inclusive`; else 0. */
export const greater = (swapped: boolean, inclusive: boolean) =>
  mask((context) => context.activation(difference(context, swapped), { kind: 'step', inclusive }));

/** 1 where the two values differ: the exclusive or of two truth values. */
function apart(context: Context): DataValue {
  const size = { op: 'activation', attributes: { kind: 'abs' } } as const;
  return context.step<'activation'>(difference(context), 'size', size);
}

const differs = { kind: 'step', inclusive: false } as const;

export const xor = mask((context) => context.activation(apart(context), differs));

export const equal = mask((context) => {
  const apartOrNot = { op: 'activation', attributes: differs } as const;
  return inverse(context, context.step<'activation'>(apart(context), 'differs', apartOrNot));
});

export const not = mask((context) => inverse(context, context.data(0)));

export const and = mask((context) => combined(context, 'multiply', operands(context)));

export const or = mask((context) => combined(context, 'maximum', operands(context)));

/** 1 for 0, and 0 for 1. */
function inverse(context: Context, x: DataValue): DataValue {
  const negative = { op: 'activation', attributes: { kind: 'negative' } } as const;
  const below = context.step<'activation'>(x, 'negative', negative);
  return context.activation(below, { kind: 'step', inclusive: true });
}
