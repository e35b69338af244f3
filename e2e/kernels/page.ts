/** Runs in a page: this project's WebGL kernels against their CPU twins. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { rendererName } from '../../src/engine/backends/webgl.ts';
import { registerCpuKernels } from '../../src/engine/kernels/cpu.ts';
import { installFusedConv3D } from '../../src/engine/kernels/fused-conv3d.ts';
import type { Shape5 } from '../../src/engine/kernels/geometry.ts';
import {
  BOUND,
  CONV_CASES,
  type ConvCase,
  convolution,
  convolutionTwin,
  difference,
  finiteDifferenceError,
  fusedLayer,
  maxPooling,
  otherProducts,
  type Pad,
  POOL_CASES,
  products,
  random,
  randomCases,
  results,
} from '../../src/engine/kernels/testing.ts';
import { type Mode, modeOf } from '../../src/engine/kernels/webgl/draw.ts';
import { registerWebglKernels } from '../../src/engine/kernels/webgl/register.ts';

export interface Checked {
  readonly name: string;
  readonly comparisons: number;
  /** Largest difference per unit of the reference's maximum. */
  readonly worst: number;
  /** Of `worst`. */
  readonly bound: number;
}

const ONE = [1, 1, 1] as const;

/** Several rows of texels and bands; voxels that do not fill a fragment. */
const LARGE: readonly ConvCase[] = [
  ['many lines', [2, 30, 40, 17, 5], [1, 1, 2], 6, ONE, 'same', ONE],
  ['a long line', [1, 2, 2, 4000, 1], [1, 1, 3], 2, ONE, 'same', ONE],
  ['many groups', [1, 3, 4, 9, 8], [1, 2, 3], 130, ONE, 'valid', ONE],
  ['stride 3 beyond the window', [1, 8, 9, 20, 6], [1, 2, 2], 5, [3, 2, 3], 'valid', ONE],
];

const AVERAGES: readonly [string, Shape5, Triple | number, Triple | number, Pad][] = [
  ['2/2', [2, 6, 4, 8, 5], 2, 2, 'valid'],
  ['odd sizes, same', [1, 7, 5, 9, 4], 2, 2, 'same'],
  ['overlapping 3/2', [1, 9, 8, 7, 3], 3, 2, 'same'],
  ['overlapping 3/1', [2, 5, 6, 5, 1], 3, 1, 'valid'],
  ['stride above the window', [1, 9, 8, 9, 2], 2, 3, 'valid'],
  ['the whole volume', [2, 4, 5, 6, 7], [4, 5, 6], [4, 5, 6], 'valid'],
];
type Triple = [number, number, number];

/** Rows, columns, inner size. */
const PRODUCTS: readonly Triple[] = [
  [1, 40, 300],
  [23, 17, 213],
  [5, 1, 40],
];
/** Higher and wider than a texture of {@link SMALL} texels takes. */
const FOLDED: readonly Triple[] = [
  [300, 3, 9],
  [2, 3, 301],
];
const SMALL = 128;
const TRANSPOSITIONS = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

let mode: Partial<Mode> = {};

async function compare(
  name: string,
  make: () => tf.Tensor[],
  twin: () => tf.Tensor[] = make,
): Promise<Checked> {
  const expected = await results('cpu', twin);
  const actual = await results('webgl', make);
  const differences = actual.map((values, i) => difference(values, expected[i]));
  return { name, comparisons: differences.length, worst: Math.max(...differences), bound: BOUND };
}

function averagePooling([, shape, size, stride, pad]: (typeof AVERAGES)[number]): tf.Tensor[] {
  const x = random(shape, 42) as tf.Tensor5D;
  const f = (input: tf.Tensor) => tf.avgPool3d(input as tf.Tensor5D, size, stride, pad);
  const y = f(x);
  const dy = random(y.shape, 43);
  return [y, tf.grad((input) => tf.sum(tf.mul(f(input), dy)))(x)];
}

/** The gradient of windows of ties, against one winner in each: its first voxel. */
async function ties(): Promise<Checked> {
  const [gradient] = await results('webgl', () => {
    const pool = (x: tf.Tensor) => tf.maxPool3d(x as tf.Tensor5D, 2, 2, 'valid');
    const dy = tf.reshape(tf.range(1, 9), [1, 2, 2, 2, 1]);
    return [tf.grad(pool)(tf.zeros([1, 4, 4, 4, 1]), dy)];
  });
  const expected = new Float32Array(64);
  for (const [i, at] of [0, 2, 8, 10, 32, 34, 40, 42].entries()) expected[at] = i + 1;
  const worst = difference(gradient, expected);
  return { name: 'ties in max pooling', comparisons: 1, worst, bound: 1e-9 };
}

async function check(): Promise<{ device: string; checked: Checked[]; tensors: number }> {
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  tf.enableProdMode();
  await tf.setBackend('webgl');
  registerCpuKernels();
  installFusedConv3D();
  registerWebglKernels((gpu) => ({ ...modeOf(gpu), ...mode }));
  const before = tf.memory().numTensors;
  const checked: Checked[] = [];
  const convolutions = async (cases: readonly ConvCase[], how: string) => {
    for (const given of cases) {
      const name = `conv3d and gradients, ${given[0]}${how}`;
      const own = () => convolution(given);
      checked.push(await compare(name, own, () => convolutionTwin(given)));
    }
  };
  const multiplications = async (sizes: readonly Triple[], how: string) => {
    for (const [m, n, k] of sizes) {
      for (const [transposeA, transposeB] of TRANSPOSITIONS) {
        const name = `product ${m} x ${k} x ${n}, transposed: ${transposeA}, ${transposeB}${how}`;
        checked.push(await compare(name, () => products(m, n, k, transposeA, transposeB)));
      }
    }
  };
  await convolutions([...CONV_CASES, ...LARGE, ...randomCases(4711, 10)], '');
  mode = { targets: 4 };
  await convolutions(randomCases(815, 6), ', four textures per pass');
  mode = { mostWork: 20_000 };
  await convolutions(randomCases(1806, 4), ', in bands');
  mode = {};
  const edge = tf.env().getNumber('WEBGL_MAX_TEXTURE_SIZE');
  tf.env().set('WEBGL_MAX_TEXTURE_SIZE', SMALL);
  await convolutions(randomCases(2018, 5), ', in small textures');
  await multiplications(FOLDED, ', in small textures');
  tf.env().set('WEBGL_MAX_TEXTURE_SIZE', edge);
  for (const [activation, cin, filters] of [
    ['relu', 3, 9],
    ['linear', 3, 9],
    ['tanh', 3, 9],
    ['relu', 16, 24],
  ] as const) {
    const name = `fused layer (bias, ${activation}) and its gradients, ${cin} to ${filters} channels`;
    checked.push(await compare(name, () => fusedLayer(activation, cin, filters)));
  }
  for (const given of POOL_CASES)
    checked.push(
      await compare(`max pooling and its gradient: ${given[0]}`, () => maxPooling(given)),
    );
  for (const given of AVERAGES) {
    const name = `average pooling and its gradient: ${given[0]}`;
    checked.push(await compare(name, () => averagePooling(given)));
  }
  await multiplications(PRODUCTS, '');
  checked.push(await compare('products of batches and other activations', otherProducts));
  checked.push(await ties());
  const worst = await finiteDifferenceError('webgl');
  checked.push({ name: 'finite differences of a loss', comparisons: 4, worst, bound: 2e-3 });
  const { gl } = (tf.backend() as MathBackendWebGL).getGPGPUContext();
  return {
    device: rendererName(gl as WebGL2RenderingContext),
    checked,
    tensors: tf.memory().numTensors - before,
  };
}

declare global {
  var checkWebglKernels: typeof check;
}
globalThis.checkWebglKernels = check;
