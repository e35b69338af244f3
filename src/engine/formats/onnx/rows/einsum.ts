import { type ConstantValue, type DataValue, dimsOf } from '../builder.ts';
import { sizeOf } from '../constant.ts';
import type { Context } from '../context.ts';
import { transposed } from '../fold/gather.ts';
import { dense, product } from './linear.ts';
import { reduced } from './reduce.ts';
import { permuted } from './shape.ts';

/** A value with a letter for each of its axes. */
interface Term {
  readonly letters: readonly string[];
  readonly value: DataValue | ConstantValue;
}

/** https://onnx.ai/onnx/operators/onnx__Einsum.html, two operands at a time. */
export function einsum(context: Context): DataValue {
  const { terms, result } = parsed(context);
  let [sum] = terms;
  for (const [i, next] of terms.entries()) {
    if (i === 0) continue;
    const later = new Set([...result, ...terms.slice(i + 1).flatMap(({ letters }) => letters)]);
    sum = contracted(context, sum, next, later);
  }
  const kept = summed(context, sum, new Set(result));
  const order = result.map((letter) => kept.letters.indexOf(letter));
  if (order.includes(-1)) context.fail(`no operand has all axes of ${result.join('')}`);
  return permuted(context, context.builder.dataOf(kept.value), order);
}

/** Letters of all operands and of the result; those of an ellipsis are `.0`, `.1`, … from behind. */
function parsed(context: Context): { terms: readonly Term[]; result: readonly string[] } {
  const equation = context.attrs.text('equation', '').replaceAll(' ', '');
  const [left, right] = equation.split('->');
  const sides = left.split(',');
  if (sides.length !== context.count) context.fail(`the equation ${equation}`);
  const rest = (count: number) => Array.from({ length: count }, (_, i) => `.${count - 1 - i}`);
  let widest: string[] = [];
  const terms = sides.map((side, i): Term => {
    const given = context.value(i);
    const value = given.kind === 'constant' ? given : context.data(i);
    const rank = dimsOf(value).length;
    const [before, after] = side.split('...');
    const letters =
      after === undefined
        ? [...before]
        : [...before, ...rest(rank - before.length - after.length), ...after];
    if (letters.length !== rank || new Set(letters).size !== rank)
      context.fail(`the equation ${equation} for a value of ${rank} axes`);
    const own = letters.filter((letter) => letter.startsWith('.'));
    if (own.length > widest.length) widest = own;
    return { letters, value };
  });
  if (right !== undefined) {
    const [before, after] = right.split('...');
    return { terms, result: after === undefined ? [...before] : [...before, ...widest, ...after] };
  }
  const all = terms.flatMap(({ letters }) => letters).filter((letter) => !letter.startsWith('.'));
  const once = all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).sort();
  return { terms, result: [...widest, ...once] };
}

const stepOf = (context: Context, what: string) => {
  const origin = context.origin();
  return { ...origin, name: `${origin.name}~${what}` };
};

/** Summed over the axes that nothing asks for any more. */
function summed(context: Context, term: Term, wanted: ReadonlySet<string>): Term {
  const gone = term.letters.flatMap((letter, axis) => (wanted.has(letter) ? [] : [axis]));
  if (gone.length === 0) return term;
  const x = context.builder.dataOf(term.value);
  const value = reduced(context, x, 'sum', gone, false, stepOf(context, 'summed'));
  return { letters: term.letters.filter((letter) => wanted.has(letter)), value };
}

/** With its axes in the order of `groups`, each group one axis. */
function arranged(
  context: Context,
  { letters, value }: Term,
  groups: readonly (readonly string[])[],
  what: string,
): DataValue | ConstantValue {
  const order = groups.flat().map((letter) => letters.indexOf(letter));
  const sizes = dimsOf(value);
  const dims = groups.map((group) => sizeOf(group.map((letter) => sizes[letters.indexOf(letter)])));
  if (value.kind === 'constant') {
    const { constant, name } = value;
    return { kind: 'constant', name, constant: { ...transposed(constant, order), dims } };
  }
  const turned = permuted(context, value, order, stepOf(context, `${what} turned`));
  return context.builder.dataOf(context.reshape(turned, dims, stepOf(context, what)));
}

/** The product of two, summed over the letters that both have and `later` has not. */
function contracted(context: Context, a: Term, b: Term, later: ReadonlySet<string>): Term {
  const swapped = a.value.kind === 'constant';
  const [left, right] = [swapped ? b : a, swapped ? a : b].map((term, i, both) =>
    summed(context, term, new Set([...later, ...both[1 - i].letters])),
  );
  const shared = left.letters.filter((letter) => right.letters.includes(letter));
  const batch = shared.filter((letter) => later.has(letter));
  const inner = shared.filter((letter) => !later.has(letter));
  const rows = left.letters.filter((letter) => !shared.includes(letter));
  const columns = right.letters.filter((letter) => !shared.includes(letter));
  const sizes = new Map(
    [left, right].flatMap(({ letters, value }) =>
      letters.map((letter, axis) => [letter, dimsOf(value)[axis]] as const),
    ),
  );
  if (left.letters.some((letter, axis) => dimsOf(left.value)[axis] !== sizes.get(letter)))
    context.fail('axes of the same letter and another size');
  const letters = [...batch, ...rows, ...columns];
  const dims = letters.map((letter) => sizes.get(letter) as number);
  const single = (list: readonly string[]) => list.map((letter) => [letter]);
  const matrix = arranged(context, right, [...single(batch), inner, columns], 'right');
  const x = arranged(context, left, [...single(batch), rows, inner], 'left') as DataValue;
  const origin = stepOf(context, 'product');
  const y =
    matrix.kind === 'constant' && batch.length === 0
      ? dense(context, x, known(matrix), undefined, origin)
      : product(context, x, context.builder.dataOf(matrix), origin);
  return {
    letters,
    value: context.builder.dataOf(context.reshape(y, dims, stepOf(context, 'contracted'))),
  };
}

const known = ({ name, constant }: ConstantValue) => ({
  name: `${name} ${constant.dims}`,
  dims: constant.dims,
  data: () => constant.data,
});
