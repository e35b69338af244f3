import { it } from 'vitest';
import type { Shape5, Triple } from '../../geometry.ts';
import { tf } from '../../../tf.ts';
import {
  CONV_CASES,
  convGradients,
  products,
  randomCases,
} from '../../../../testing/kernel-cases.ts';
import { random } from '../../../../testing/tensors.ts';
import { compare, withWasmKernels } from './testing.ts';

withWasmKernels();

it.each([
  [1, 7, 5],
  [1, 512, 3000],
  [3, 33, 100],
  [4, 20, 65],
  [5, 20, 8],
  [1, 1, 40],
  [1, 40, 1],
])('matMul %d x %d over %d, all transpositions, with bias and ReLU', async (m, n, k) => {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const name = `transposed ${transposeA}, ${transposeB}`;
      await compare(() => products(m, n, k, transposeA, transposeB), name);
    }
  }
});

it('input gradients of convolutions of few and of more channels, on all and on 60 random shapes', async () => {
  const one: Triple = [1, 1, 1];
  const cases = [...CONV_CASES, ...randomCases(99, 60)].filter(([, , , , , , rate]) =>
    rate.every((step) => step === 1),
  );
  for (const [name, shape, kernel, cout, strides, pad] of cases) {
    for (const channels of [1, 2, shape[4]]) {
      const x = [...shape.slice(0, 4), channels] as Shape5;
      await compare(() => {
        const filter = random([...kernel, channels, cout], 2) as tf.Tensor5D;
        const input = random(x, 1) as tf.Tensor5D;
        const y = tf.conv3d(input, filter, [...strides], pad);
        const attributes = { strides: [...strides], pad, dilations: [...one] };
        return [convGradients(input, filter, random(y.shape, 3), attributes)[0]];
      }, `${name}, ${channels}`);
    }
  }
});
