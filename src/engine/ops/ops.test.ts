import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../core/simulate/random.ts';
import type { Attributes, OpId } from '../graph/operators.ts';
import { createNodeEngine } from '../node.ts';
import { tf } from '../tf.ts';
import { difference } from '../../testing/tensors.ts';
import { type BackwardCall, PLAIN_RULES, type Rectifiers } from './op.ts';
import { repeat } from './rows.ts';
import { OPS } from './table.ts';

const engine = createNodeEngine();
afterAll(() => engine.dispose());

const random = createRandom(7);
/** All different, and none within 0.005 of a multiple of 0.05, where derivatives jump. */
const tensor = (shape: readonly number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const order = Array.from({ length: size }, (_, i) => [random.uniform(), i]).sort(
    (a, b) => a[0] - b[0],
  );
  const values = order.map(([, i]) => 0.01 * (i - size / 2) + (size % 2 ? 0 : 0.005));
  return tf.tensor(
    values.map((x) => x + 0.3 * Math.sign(x || 1)),
    [...shape],
  );
};

interface Case<K extends OpId> {
  readonly op: K;
  readonly attributes: Attributes<K>;
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  readonly inputs: readonly (readonly number[])[];
}
const one = <K extends OpId>(given: Case<K>) => given as unknown as Case<'conv'>;

const sliding = (
  strides: number[],
  pads: [number, number][],
  dilations = strides.map(() => 1),
) => ({
  strides,
  pads,
  dilations,
});
const conv = (
  x: number[],
  kernel: number[],
  attributes: ReturnType<typeof sliding>,
  groups = 1,
) => {
  const bias = [kernel[kernel.length - 1]];
  return one({
    op: 'conv',
    attributes: { ...attributes, groups },
    weights: { kernel, bias },
    inputs: [x],
  });
};
const transposed = (
  x: number[],
  kernel: number[],
  attributes: ReturnType<typeof sliding>,
  groups = 1,
) => {
  const bias = [kernel[kernel.length - 2] * groups];
  return one({
    op: 'convTranspose',
    attributes: { ...attributes, groups },
    weights: { kernel, bias },
    inputs: [x],
  });
};

const CASES: Readonly<Record<string, Case<'conv'>>> = {
  'conv 3D same': conv(
    [4, 5, 4, 2],
    [3, 3, 3, 2, 3],
    sliding(
      [1, 1, 1],
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
    ),
  ),
  'conv 3D uneven': conv(
    [5, 6, 4, 2],
    [2, 3, 2, 2, 3],
    sliding(
      [2, 1, 2],
      [
        [1, 2],
        [0, 1],
        [1, 0],
      ],
    ),
  ),
  'conv 3D dilated': conv(
    [7, 6, 6, 2],
    [3, 2, 3, 2, 2],
    sliding(
      [1, 1, 1],
      [
        [2, 2],
        [0, 0],
        [1, 2],
      ],
      [2, 3, 1],
    ),
  ),
  'conv 3D strided and dilated': conv(
    [7, 6, 6, 2],
    [2, 2, 3, 2, 2],
    sliding(
      [2, 1, 2],
      [
        [1, 0],
        [0, 1],
        [2, 2],
      ],
      [2, 1, 2],
    ),
  ),
  'conv 2D strided and dilated': conv(
    [9, 8, 2],
    [3, 2, 2, 3],
    sliding(
      [2, 3],
      [
        [2, 1],
        [1, 0],
      ],
      [2, 3],
    ),
  ),
  'conv 3D grouped': conv(
    [4, 4, 5, 4],
    [3, 3, 3, 2, 6],
    sliding(
      [1, 2, 1],
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
    ),
    2,
  ),
  'conv 3D depthwise': conv(
    [4, 5, 5, 3],
    [3, 2, 3, 1, 6],
    sliding(
      [1, 2, 2],
      [
        [1, 1],
        [0, 1],
        [1, 1],
      ],
    ),
    3,
  ),
  'conv 2D strided': conv(
    [7, 6, 3],
    [3, 3, 3, 4],
    sliding(
      [2, 2],
      [
        [0, 1],
        [1, 1],
      ],
    ),
  ),
  'conv 2D dilated': conv(
    [8, 8, 2],
    [3, 3, 2, 3],
    sliding(
      [1, 1],
      [
        [2, 2],
        [2, 2],
      ],
      [2, 2],
    ),
  ),
  'conv 2D depthwise': conv(
    [6, 5, 4],
    [3, 3, 1, 4],
    sliding(
      [2, 1],
      [
        [1, 1],
        [1, 1],
      ],
    ),
    4,
  ),
  'conv 1D': conv([9, 3], [4, 3, 5], sliding([2], [[1, 2]])),
  'transpose 3D': transposed(
    [3, 2, 3, 4],
    [2, 2, 2, 3, 4],
    sliding(
      [2, 2, 2],
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ),
  ),
  'transpose 3D output padding': transposed(
    [3, 2, 3, 2],
    [3, 3, 3, 3, 2],
    sliding(
      [2, 2, 2],
      [
        [1, 0],
        [1, 0],
        [1, -1],
      ],
    ),
  ),
  'transpose 2D grouped': transposed(
    [3, 4, 4],
    [3, 3, 1, 4],
    sliding(
      [2, 1],
      [
        [1, 1],
        [0, 1],
      ],
    ),
    2,
  ),
  'transpose 1D': transposed([4, 2], [3, 3, 2], sliding([2], [[0, 1]])),
  dense: one({
    op: 'dense',
    attributes: {},
    weights: { kernel: [5, 3], bias: [3] },
    inputs: [[5]],
  }),
  'dense on rows': one({
    op: 'dense',
    attributes: {},
    weights: { kernel: [5, 3] },
    inputs: [[4, 5]],
  }),
  matMul: one({
    op: 'matMul',
    attributes: { transposeA: false, transposeB: true },
    inputs: [
      [2, 3, 4],
      [2, 5, 4],
    ],
  }),
  scaleShift: one({
    op: 'scaleShift',
    attributes: {},
    weights: { scale: [3], shift: [3] },
    inputs: [[2, 2, 2, 3]],
  }),
  'scaleShift by one number': one({
    op: 'scaleShift',
    attributes: {},
    weights: { scale: [1], shift: [1] },
    inputs: [[2, 3]],
  }),
  'instance norm': one({
    op: 'normalization',
    attributes: { axes: [0, 1, 2], groups: 1, epsilon: 1e-3 },
    weights: { scale: [3], shift: [3] },
    inputs: [[2, 3, 3, 3]],
  }),
  'group norm': one({
    op: 'normalization',
    attributes: { axes: [0, 1, 2], groups: 2, epsilon: 1e-3 },
    weights: { scale: [4], shift: [4] },
    inputs: [[2, 3, 2, 4]],
  }),
  'layer norm': one({
    op: 'normalization',
    attributes: { axes: [2], groups: 1, epsilon: 1e-3 },
    weights: { scale: [6], shift: [6] },
    inputs: [[2, 2, 6]],
  }),
  'RMS norm': one({
    op: 'rmsNormalization',
    attributes: { axes: [1, 2], epsilon: 1e-3 },
    weights: { scale: [6] },
    inputs: [[3, 2, 6]],
  }),
  unitLength: one({
    op: 'unitLength',
    attributes: { axes: [1], epsilon: 1e-12 },
    inputs: [[2, 5]],
  }),
  'maxPool 3D': one({
    op: 'maxPool',
    attributes: {
      window: [3, 2, 2],
      ...sliding(
        [2, 1, 2],
        [
          [0, 1],
          [0, 0],
          [1, 1],
        ],
      ),
    },
    inputs: [[5, 4, 5, 2]],
  }),
  'maxPool 2D': one({
    op: 'maxPool',
    attributes: {
      window: [3, 3],
      ...sliding(
        [2, 2],
        [
          [1, 1],
          [1, 1],
        ],
      ),
    },
    inputs: [[6, 7, 2]],
  }),
  'maxPool 1D': one({
    op: 'maxPool',
    attributes: { window: [2], ...sliding([2], [[0, 0]]) },
    inputs: [[6, 2]],
  }),
  'averagePool same': one({
    op: 'averagePool',
    attributes: {
      window: [3, 3, 3],
      countedPads: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      ...sliding(
        [2, 1, 2],
        [
          [1, 1],
          [1, 1],
          [1, 1],
        ],
      ),
    },
    inputs: [[5, 4, 5, 2]],
  }),
  'averagePool inside': one({
    op: 'averagePool',
    attributes: {
      window: [3, 2],
      countedPads: [
        [0, 0],
        [0, 0],
      ],
      ...sliding(
        [2, 2],
        [
          [1, 0],
          [1, 1],
        ],
      ),
    },
    inputs: [[6, 6, 2]],
  }),
  'averagePool counted': one({
    op: 'averagePool',
    attributes: {
      window: [3, 3],
      countedPads: [
        [1, 1],
        [1, 1],
      ],
      ...sliding(
        [2, 2],
        [
          [1, 1],
          [1, 2],
        ],
      ),
    },
    inputs: [[6, 6, 2]],
  }),
  mean: one({
    op: 'reduce',
    attributes: { reduction: 'mean', axes: [0, 1], keepDims: false },
    inputs: [[3, 4, 2]],
  }),
  'sum of odd axes': one({
    op: 'reduce',
    attributes: { reduction: 'sum', axes: [0, 2], keepDims: true },
    inputs: [[3, 4, 2]],
  }),
  max: one({
    op: 'reduce',
    attributes: { reduction: 'max', axes: [0, 1, 2], keepDims: true },
    inputs: [[3, 4, 2, 3]],
  }),
  min: one({
    op: 'reduce',
    attributes: { reduction: 'min', axes: [1], keepDims: false },
    inputs: [[3, 4]],
  }),
  l2: one({
    op: 'reduce',
    attributes: { reduction: 'l2', axes: [1], keepDims: false },
    inputs: [[3, 4]],
  }),
  prelu: one({ op: 'prelu', attributes: {}, weights: { slope: [3] }, inputs: [[2, 2, 3]] }),
  softmax: one({ op: 'softmax', attributes: { axis: 1, log: false }, inputs: [[2, 3, 2]] }),
  logSoftmax: one({ op: 'softmax', attributes: { axis: 0, log: true }, inputs: [[5]] }),
  where: one({
    op: 'where',
    attributes: {},
    weights: { condition: [3, 1] },
    inputs: [[3, 2], [2]],
  }),
  select: one({ op: 'select', attributes: {}, inputs: [[3, 1], [3, 2], [2]] }),
  concat: one({
    op: 'concat',
    attributes: { axis: 1 },
    inputs: [
      [2, 3, 2],
      [2, 1, 2],
    ],
  }),
  slice: one({
    op: 'slice',
    attributes: { begin: [1, 0], size: [2, 4], steps: [1, 1] },
    inputs: [[4, 4]],
  }),
  'slice with steps': one({
    op: 'slice',
    attributes: { begin: [3, 0], size: [2, 2], steps: [-2, 3] },
    inputs: [[4, 4]],
  }),
  'pad constant': one({
    op: 'pad',
    attributes: {
      pads: [
        [1, 2],
        [0, -1],
      ],
      mode: 'constant',
      value: 2,
    },
    inputs: [[3, 4]],
  }),
  'pad reflect': one({
    op: 'pad',
    attributes: {
      pads: [
        [2, 1],
        [1, 0],
      ],
      mode: 'reflect',
      value: 0,
    },
    inputs: [[3, 4]],
  }),
  'pad edge': one({
    op: 'pad',
    attributes: {
      pads: [
        [2, 1],
        [1, 0],
      ],
      mode: 'edge',
      value: 0,
    },
    inputs: [[3, 4]],
  }),
  'resize nearest': one({
    op: 'resize',
    attributes: {
      sizes: [6, 4],
      scales: [2, 2],
      mode: 'nearest',
      coordinates: 'asymmetric',
      rounding: 'floor',
    },
    inputs: [[3, 2, 2]],
  }),
  'resize linear': one({
    op: 'resize',
    attributes: {
      sizes: [5, 3],
      scales: [5 / 3, 1.5],
      mode: 'linear',
      coordinates: 'half-pixel',
      rounding: 'floor',
    },
    inputs: [[3, 2, 2]],
  }),
  'resize corners': one({
    op: 'resize',
    attributes: {
      sizes: [5, 3],
      scales: [5 / 3, 1.5],
      mode: 'linear',
      coordinates: 'align-corners',
      rounding: 'floor',
    },
    inputs: [[3, 2, 2]],
  }),
  reshape: one({ op: 'reshape', attributes: { shape: [6, 2] }, inputs: [[3, 4]] }),
  transpose: one({
    op: 'transpose',
    attributes: { permutation: [3, 0, 4, 1, 2] },
    inputs: [[2, 3, 2, 2, 2]],
  }),
  expand: one({ op: 'expand', attributes: { shape: [2, 3, 4] }, inputs: [[3, 1]] }),
  identity: one({ op: 'identity', attributes: {}, inputs: [[3]] }),
  ...Object.fromEntries(
    (['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'average'] as const).map(
      (kind) => [
        kind,
        one({
          op: 'arithmetic',
          attributes: { kind },
          inputs: [
            [2, 3, 2],
            [3, 1],
          ],
        }),
      ],
    ),
  ),
  power: one({ op: 'arithmetic', attributes: { kind: 'power' }, inputs: [[3], [3]] }),
  'product of three': one({
    ...{ op: 'arithmetic', attributes: { kind: 'multiply' } },
    inputs: [[2, 3], [3], [2, 1]],
  }),
  'maximum of three': one({
    ...{ op: 'arithmetic', attributes: { kind: 'maximum' } },
    inputs: [[2, 3], [3], [2, 1]],
  }),
  'matMul of shared matrices': one({
    ...{ op: 'matMul', attributes: { transposeA: true, transposeB: false } },
    inputs: [
      [3, 2, 4, 3],
      [4, 2],
    ],
  }),
  'sum of three': one({ op: 'arithmetic', attributes: { kind: 'add' }, inputs: [[4], [4], [4]] }),
  ...Object.fromEntries(
    (
      [
        { kind: 'relu' },
        { kind: 'leakyRelu', slope: 0.1 },
        { kind: 'boundedRelu', slope: 0.2, threshold: 0.05, max: 0.8 },
        { kind: 'thresholdedRelu', threshold: 0.5 },
        { kind: 'clip', min: -0.5, max: 0.6 },
        { kind: 'elu', alpha: 1 },
        { kind: 'elu', alpha: 0.7 },
        { kind: 'selu' },
        { kind: 'celu', alpha: 0.6 },
        { kind: 'gelu', form: 'exact' },
        { kind: 'gelu', form: 'tanh' },
        { kind: 'sigmoid' },
        { kind: 'logSigmoid' },
        { kind: 'tanh' },
        { kind: 'silu' },
        { kind: 'mish' },
        { kind: 'hardSigmoid', slope: 1 / 6, offset: 0.5 },
        { kind: 'hardSilu', slope: 1 / 6, offset: 0.5 },
        { kind: 'softplus' },
        { kind: 'softsign' },
        { kind: 'squarePlus' },
        { kind: 'sparsePlus' },
        { kind: 'hardTanh' },
        { kind: 'tanhShrink' },
        { kind: 'softShrink', lambda: 0.5 },
        { kind: 'hardShrink', lambda: 0.5 },
        { kind: 'exp' },
        { kind: 'square' },
        { kind: 'reciprocal' },
        { kind: 'abs' },
        { kind: 'negative' },
        { kind: 'erf' },
        { kind: 'step', inclusive: false },
      ] as const
    ).map((attributes) => [
      JSON.stringify(attributes),
      one({ op: 'activation', attributes, inputs: [[3, 5]] }),
    ]),
  ),
};

const LOOKS_AT_INPUT: ReadonlySet<OpId> = new Set([
  ...(['normalization', 'arithmetic', 'where', 'select'] as const),
]);
const VOLUMES = 2;
const SCORES = 2;
const STEP = 2e-3;

const plus0 = (x: number) => x + 0;

/** sum of x times y, in float64. */
function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await engine.selectBackend(backend);
  });

  it.each(Object.entries(CASES))('%s', (_name, { op, attributes, weights = {}, inputs }) => {
    const row = OPS[op];
    tf.tidy(() => {
      const placed = Object.fromEntries(
        Object.entries(weights).map(([name, shape]) => [
          name,
          name === 'condition' ? tf.step(tensor(shape)) : tensor(shape),
        ]),
      ) as BackwardCall<'conv'>['weights'];
      // Apart from each other, for maximum and minimum.
      const xs = inputs.map((shape, i) => {
        const x = tf.add(tensor([VOLUMES, ...shape]), 0.003 * i);
        return JSON.stringify(attributes).includes('power') ? tf.abs(x) : x;
      });
      const run = (given: readonly tf.Tensor[]) =>
        row.forward({ attributes, weights: placed, inputs: given });
      const output = run(xs);
      expect(output.shape.slice(1)).toEqual([
        ...row.shape({ attributes, inputs, weights: weights as never }),
      ]);
      for (const slope of row.leaky ? [0, 0.3] : [0]) {
        const fused = row.withRelu?.({ attributes, weights: placed, inputs: xs }, slope);
        const expected = slope === 0 ? tf.relu(output) : tf.leakyRelu(output, slope);
        if (fused)
          expect([...fused.dataSync()].map(plus0)).toEqual([...expected.dataSync()].map(plus0));
      }

      const dy = tensor([VOLUMES * SCORES, ...output.shape.slice(1)]);
      const call: BackwardCall<'conv'> = {
        attributes,
        weights: placed,
        inputs: xs,
        output,
        dy,
        wanted: xs.map(() => true),
        constant: xs.map(() => false),
        rectified: null,
        ...PLAIN_RULES,
      };
      const gradients = row.vjp(call);
      // What the row says that it does not read may be missing, but for its shape.
      const reads = row.reads?.(attributes as never) ?? 'both';
      const shaped = ({ shape, rank }: tf.Tensor) => ({ shape, rank }) as tf.Tensor;
      const sparse = {
        ...call,
        inputs: reads === 'output' || reads === 'nothing' ? xs.map(shaped) : xs,
        output: reads === 'inputs' || reads === 'nothing' ? shaped(output) : output,
      };
      for (const [i, dx] of row.vjp(sparse).entries())
        expect([...dx!.dataSync()]).toEqual([...gradients[i]!.dataSync()]);
      if (row.reads) row.bias?.(sparse);
      // Behind a rectifier that is computed together with it: as by one after the other.
      for (const slope of row.throughRelu?.(call) ? [0, 0.3] : []) {
        for (const statistics of ['plain', 'frozen'] as const) {
          const rectified = { ...sparse, rectified: slope, statistics };
          const apart = {
            ...call,
            dy: tf.mul(dy, tf.step(repeat(output, dy.shape[0]), slope)),
            statistics,
          };
          const both = (of: BackwardCall<'conv'>) => [
            row.vjp(of)[0] as tf.Tensor,
            row.bias!(of) as tf.Tensor,
          ];
          const expected = both(apart);
          for (const [i, found] of both(rectified).entries())
            expect(
              difference(found.dataSync<'float32'>(), expected[i].dataSync<'float32'>()),
            ).toBeLessThan(1e-6);
        }
      }
      // Along a random direction, by central differences.
      const rows = dy.dataSync();
      const size = output.size / VOLUMES;
      for (const [i, x] of xs.entries()) {
        const direction = tf.sin(tf.reshape(tf.range(0, x.size), x.shape));
        const moved = [1, -1].map((sign) => {
          const given = xs.map((other, j) =>
            j === i ? tf.add(other, tf.mul(direction, sign * STEP)) : other,
          );
          return run(given).dataSync();
        });
        const dx = (gradients[i] as tf.Tensor).dataSync();
        expect((gradients[i] as tf.Tensor).shape).toEqual([VOLUMES * SCORES, ...x.shape.slice(1)]);
        for (let r = 0; r < VOLUMES * SCORES; r++) {
          const v = Math.floor(r / SCORES);
          const g = rows.subarray(r * size, (r + 1) * size);
          const part = (all: ArrayLike<number>, n: number, at: number) =>
            Array.prototype.slice.call(all, at * n, (at + 1) * n) as number[];
          const difference =
            (dot(part(moved[0], size, v), g) - dot(part(moved[1], size, v), g)) / (2 * STEP);
          const each = x.size / VOLUMES;
          const slope = dot(part(dx, each, r), part(direction.dataSync(), each, v));
          const scale = Math.sqrt(dot(g, g)) * 3;
          expect(Math.abs(slope - difference) / scale, `input ${i}, row ${r}`).toBeLessThan(0.02);
        }
      }
      // What is left at zero counts as bias, for operators that are affine.
      if (row.bias && !LOOKS_AT_INPUT.has(op)) {
        const zeros = xs.map((x) => tf.zerosLike(x));
        const at = run(zeros).dataSync();
        const bias = row.bias(call)?.dataSync() ?? new Float32Array(VOLUMES * SCORES);
        for (let r = 0; r < VOLUMES * SCORES; r++) {
          const expected = dot(rows.subarray(r * size, (r + 1) * size), at);
          expect(bias[r]).toBeCloseTo(expected, 3);
        }
      }
    });
  });

  it.each([2, 3])('a window of ties has one winner in max-pooling, %dD', (rank) => {
    const each = (value: number) => Array<number>(rank).fill(value);
    const attributes = {
      ...sliding(
        each(2),
        each(0).map(() => [0, 0]),
      ),
      window: each(2),
    };
    tf.tidy(() => {
      const x = tf.zeros([1, ...each(4), 1]);
      const dy = tf.reshape(tf.range(1, 2 ** rank + 1), [1, ...each(2), 1]);
      const call = { attributes, weights: {}, inputs: [x], output: tf.zeros(dy.shape), dy };
      const [dx] = OPS.maxPool.vjp({
        ...{ ...call, wanted: [true], constant: [false], rectified: null, ...PLAIN_RULES },
      });
      const winners = [...(dx as tf.Tensor).dataSync().entries()].filter(([, g]) => g !== 0);
      expect(winners.map(([, g]) => g)).toEqual([...dy.dataSync()]);
    });
  });

  it('a tied global maximum has one winner', () => {
    tf.tidy(() => {
      const attributes = { reduction: 'max', axes: [0, 1, 2], keepDims: false } as const;
      const [x, dy] = [tf.zeros([1, 3, 3, 3, 2]), tf.ones([1, 2])];
      const call = { attributes, weights: {}, inputs: [x], output: tf.zeros([1, 2]), dy };
      const [dx] = OPS.reduce.vjp({
        ...{ ...call, wanted: [true], constant: [false], rectified: null, ...PLAIN_RULES },
      });
      expect(tf.sum(dx as tf.Tensor).dataSync()[0]).toBe(2);
    });
  });
});

it('a root of 0 has no slope, so that a length of 0 has none', () => {
  tf.tidy(() => {
    const x = tf.tensor([0, 4], [1, 2]);
    const attributes = { kind: 'sqrt' } as const;
    const call = { attributes, weights: {}, inputs: [x], output: tf.sqrt(x), dy: tf.ones([1, 2]) };
    const [dx] = OPS.activation.vjp({
      ...{ ...call, wanted: [true], constant: [false], rectified: null, ...PLAIN_RULES },
    });
    expect([...(dx as tf.Tensor).dataSync()]).toEqual([0, 0.25]);
  });
});

describe('backward rules of rectifiers', () => {
  const x = [-2, -0.5, 0.5, 2];
  const dy = [3, -4, 5, -6];
  type Kind = 'activation' | 'prelu';
  const gradientOf = (op: Kind, attributes: object, rectifiers: Rectifiers) =>
    tf.tidy(() => {
      const input = tf.tensor(x, [1, 4]);
      const weights = op === 'prelu' ? { slope: tf.scalar(0.25) } : {};
      const call = { attributes, weights, inputs: [input] } as never;
      const output = OPS[op].forward(call);
      const more = { output, dy: tf.tensor(dy, [1, 4]), wanted: [true], constant: [false] };
      const [dx] = OPS[op].vjp({
        ...(call as object),
        ...more,
        statistics: 'plain',
        rectifiers,
      } as never);
      return Array.from((dx as tf.Tensor).dataSync(), (value) => value + 0);
    });

  it.each<[Kind, object, Record<Rectifiers, number[]>]>([
    [
      'activation',
      { kind: 'relu' },
      { plain: [0, 0, 5, -6], guided: [0, 0, 5, 0], deconvnet: [3, 0, 5, 0] },
    ],
    [
      'activation',
      { kind: 'leakyRelu', slope: 0.5 },
      { plain: [1.5, -2, 5, -6], guided: [1.5, 0, 5, 0], deconvnet: [3, 0, 5, 0] },
    ],
    [
      'activation',
      { kind: 'clip', min: 0, max: 1 },
      { plain: [0, 0, 5, 0], guided: [0, 0, 5, 0], deconvnet: [3, 0, 5, 0] },
    ],
    ['prelu', {}, { plain: [0.75, -1, 5, -6], guided: [0.75, 0, 5, 0], deconvnet: [3, 0, 5, 0] }],
  ])('%s %j', (op, attributes, wanted) => {
    for (const rule of ['plain', 'guided', 'deconvnet'] as const)
      expect(gradientOf(op, attributes, rule), rule).toEqual(wanted[rule]);
  });

  it.each([
    { kind: 'clip', min: -1, max: 1 },
    { kind: 'tanh' },
    { kind: 'sigmoid' },
    { kind: 'negative' },
  ])('leaves what is no rectifier alone: %j', (attributes) => {
    const plain = gradientOf('activation', attributes, 'plain');
    expect(gradientOf('activation', attributes, 'guided')).toEqual(plain);
    expect(gradientOf('activation', attributes, 'deconvnet')).toEqual(plain);
  });
});
