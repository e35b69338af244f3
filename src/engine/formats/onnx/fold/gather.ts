import type { Constant } from '../constant.ts';
import { allocate } from './fold.ts';
import { stridesOf } from './shapes.ts';

/** Copies `data` read with `strides` (0 repeats, negative goes backwards) from `start` into `dims`. */
export function gather(
  { data, integer }: Constant,
  dims: readonly number[],
  strides: readonly number[],
  start = 0,
): Constant {
  const out = allocate(dims, integer, data.length);
  const index = dims.map(() => 0);
  let at = start;
  for (let i = 0; i < out.length; i++) {
    out[i] = data[at];
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < dims[axis]) break;
      at -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
  return { dims, data: out, integer };
}

/** `constant` repeated to the shape `dims`, by numpy's rules. */
export function expandTo(constant: Constant, dims: readonly number[]): Constant {
  const own = stridesOf(constant.dims);
  const lead = dims.length - constant.dims.length;
  const strides = dims.map((_, i) =>
    i < lead || constant.dims[i - lead] === 1 ? 0 : own[i - lead],
  );
  return gather(constant, dims, strides);
}

export function transposed(constant: Constant, order: readonly number[]): Constant {
  const strides = stridesOf(constant.dims);
  return gather(
    constant,
    order.map((axis) => constant.dims[axis]),
    order.map((axis) => strides[axis]),
  );
}
