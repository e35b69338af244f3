import type { DataValue, Origin, Value } from '../builder.ts';
import type { Context } from '../context.ts';
import { combined } from './arithmetic.ts';
import { product } from './linear.ts';
import { permuted, withAxes } from './shape.ts';
import { mapTo } from '../../../../core/typed-arrays.ts';

/** What would have to be carried from one call to the next. */
const CACHED = [4, 5, 6];

/**
 * https://onnx.ai/onnx/operators/onnx__Attention.html: `softmax(scale Q Kᵀ + mask) V` per head, of values
 * `[batch, heads, length, size]` or `[batch, length, heads · size]`.
 */
export function attention(context: Context): Value {
  const { attrs, node, builder } = context;
  if (CACHED.some((i) => context.has(i)) || node.outputs.slice(1).some((name) => name !== ''))
    context.fail('keys and values kept from call to call');
  if (attrs.float('softcap', 0) !== 0) context.fail('a soft cap');
  const packed = context.data(0).dims.length === 3;
  const origin = context.origin();
  const step = (what: string): Origin => ({ ...origin, name: `${origin.name}~${what}` });
  const heads = (i: number, count: string): DataValue => {
    const x = context.data(i);
    if (!packed) return x;
    const [batch, length, width] = x.dims;
    const n = attrs.int(count, 0);
    if (!(n > 0) || width % n !== 0) context.fail(`${n} heads of ${width} numbers`);
    const cut = context.reshape(x, [batch, length, n, width / n], step(`cut ${i}`));
    return permuted(context, builder.dataOf(cut), [0, 2, 1, 3], step(`heads ${i}`));
  };
  const q = heads(0, 'q_num_heads');
  const [k, v] = [heads(1, 'kv_num_heads'), heads(2, 'kv_num_heads')];
  if (q.dims.length !== 4 || q.dims[1] !== k.dims[1] || k.dims[1] !== v.dims[1])
    context.fail(`values of [${q.dims}], [${k.dims}] and [${v.dims}]`);
  const turned = permuted(context, k, [0, 1, 3, 2], step('keys'));
  const fits = scaled(context, product(context, q, turned, step('products')), q.dims[3]);
  const shares = softmax(context, masked(context, fits, step('masked')));
  if (!packed) return product(context, shares, v);
  const mixed = product(context, shares, v, step('mixed'));
  const [batch, n, length, size] = mixed.dims;
  const back = permuted(context, mixed, [0, 2, 1, 3], step('beside each other'));
  return context.reshape(back, [batch, length, n * size]);
}

/** By the file's own factor, else by the `size` of a head. */
function scaled(context: Context, x: DataValue, size: number): DataValue {
  const { attrs, builder } = context;
  const factor = attrs.float('scale', 1 / Math.sqrt(size));
  const scale = builder.weight(`${factor}`, [1], () => [factor]);
  return context.step<'scaleShift'>(x, 'scaled', {
    ...{ op: 'scaleShift', attributes: {}, weights: { scale } },
  });
}

/** With the file's mask, and where it says so for what stands before alone. */
function masked(context: Context, x: DataValue, { name, ...origin }: Origin): DataValue {
  const masks: Value[] = [];
  if (context.has(3)) masks.push(additive(context, context.value(3)));
  if (context.attrs.int('is_causal', 0) === 1) {
    const [rows, columns] = x.dims.slice(-2);
    const data = new Float32Array(rows * columns).map((_, i) =>
      i % columns > Math.floor(i / columns) ? HIDDEN : 0,
    );
    const constant = { dims: [rows, columns], data, integer: false };
    masks.push({ kind: 'constant', name: `${name} past`, constant });
  }
  return masks.reduce<DataValue>(
    (sum, mask, i) =>
      combined(
        context,
        'add',
        [sum, mask],
        { ...origin, name: `${name} ${i}` },
        context.origin().name,
      ),
    x,
  );
}

/** Far below any product, and finite: what is hidden gets no share and no gradient. */
const HIDDEN = -1e9;

/** What is added: a mask of truths hides where it does not hold. */
function additive(context: Context, mask: Value): Value {
  if (mask.kind === 'mask') return context.fail('a mask that depends on the volume');
  if (mask.kind !== 'constant') return mask;
  const { dims, data, integer } = mask.constant;
  const numbers = mapTo(new Float32Array(data.length), data, (n) =>
    integer ? (n ? 0 : HIDDEN) : Math.max(n, HIDDEN),
  );
  return { ...mask, name: `${mask.name}~added`, constant: { dims, data: numbers, integer: false } };
}

function softmax(context: Context, given: DataValue): DataValue {
  const x = withAxes(context, given, [given.dims.length - 1]);
  const attributes = { axis: x.axes.indexOf(x.dims.length - 1), log: false };
  return context.step<'softmax'>(x, 'shares', { op: 'softmax', attributes });
}
