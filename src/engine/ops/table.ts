import type { OpId } from '../graph/operators.ts';
import type { NodeOf } from '../graph/types.ts';
import { activation } from './activation.ts';
import { arithmetic, select, where } from './arithmetic.ts';
import { conv } from './conv.ts';
import { convTranspose } from './conv-transpose.ts';
import { pad, slice } from './crop-pad.ts';
import { dense } from './dense.ts';
import { matMul } from './matmul.ts';
import { normalization, unitLength } from './normalization.ts';
import type { Op } from './op.ts';
import { averagePool, maxPool } from './pool.ts';
import { argMax, reduce } from './reduce.ts';
import { resize } from './resize.ts';
import { rmsNormalization } from './rms-normalization.ts';
import { scaleShift } from './scale-shift.ts';
import { concat, constant, expand, identity, input, reshape, transpose } from './shape-ops.ts';
import { prelu, softmax } from './softmax.ts';

/** All that the engine knows of each operator. */
export const OPS: { readonly [K in OpId]: Op<K> } = {
  input,
  constant,
  identity,
  conv,
  convTranspose,
  dense,
  matMul,
  scaleShift,
  normalization,
  rmsNormalization,
  unitLength,
  maxPool,
  averagePool,
  reduce,
  argMax,
  activation,
  prelu,
  softmax,
  arithmetic,
  where,
  select,
  concat,
  slice,
  pad,
  resize,
  reshape,
  transpose,
  expand,
};

export function opOf<K extends OpId>({ op }: Pick<NodeOf<K>, 'op'>): Op<K> {
  return OPS[op];
}
