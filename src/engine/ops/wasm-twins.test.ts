import { describe, it } from 'vitest';
import type { Attributes, OpId } from '../graph/operators.ts';
import { compare, withWasmKernels } from '../kernels/wasm/in-place/testing.ts';
import { tf } from '../tf.ts';
import { type BackwardCall, PLAIN_RULES, type Statistics } from './op.ts';
import { OPS } from './table.ts';

withWasmKernels();

interface Case {
  readonly name: string;
  readonly op: OpId;
  readonly attributes: unknown;
  /** `[V, …]`. */
  readonly x: number[];
  readonly weights?: Readonly<Record<string, number[]>>;
  readonly statistics?: Statistics;
}

const norm = (axes: number[], groups: number) => ({ axes, groups, epsilon: 1e-5 });
const affine = (channels: number) => ({ scale: [channels], shift: [channels] });
const sliding = (strides: number[], pads: [number, number][], groups: number) => ({
  strides,
  pads,
  dilations: strides.map(() => 1),
  groups,
});
const even = (axes: number, pad: number) =>
  Array.from({ length: axes }, (): [number, number] => [pad, pad]);

/** What runs by kernels of its own on wasm, and by tfjs's on the twin. */
const CASES: readonly Case[] = [
  ...(['plain', 'frozen'] as const).flatMap((statistics): Case[] => [
    {
      name: `instance norm, ${statistics}`,
      op: 'normalization',
      attributes: norm([0, 1, 2], 1),
      x: [2, 5, 6, 7, 12],
      weights: affine(12),
      statistics,
    },
    {
      name: `instance norm of odd channels without factors, ${statistics}`,
      op: 'normalization',
      attributes: norm([0, 1], 1),
      x: [1, 9, 11, 3],
      statistics,
    },
    {
      name: `group norm, ${statistics}`,
      op: 'normalization',
      attributes: norm([0, 1, 2, 3], 4),
      x: [2, 4, 5, 6, 20],
      weights: affine(20),
      statistics,
    },
  ]),
  {
    name: 'leaky ReLU',
    op: 'activation',
    attributes: { kind: 'leakyRelu', slope: 0.01 },
    x: [2, 3, 5, 7],
  },
  { name: 'ReLU6', op: 'activation', attributes: { kind: 'clip', min: 0, max: 0.5 }, x: [1, 4, 9] },
  { name: 'PReLU', op: 'prelu', attributes: {}, x: [2, 3, 7], weights: { slope: [1] } },
  { name: 'scale alone', op: 'scaleShift', attributes: {}, x: [2, 4, 9], weights: { scale: [9] } },
  { name: 'shift alone', op: 'scaleShift', attributes: {}, x: [2, 4, 8], weights: { shift: [8] } },
  {
    name: 'depthwise in 2D with a stride',
    op: 'conv',
    attributes: sliding([2, 2], even(2, 1), 10),
    x: [2, 9, 12, 10],
    weights: { kernel: [3, 3, 1, 10], bias: [10] },
  },
  {
    name: 'depthwise in 3D',
    op: 'conv',
    attributes: sliding([1, 1, 1], even(3, 1), 8),
    x: [1, 5, 6, 7, 8],
    weights: { kernel: [3, 3, 3, 1, 8], bias: [8] },
  },
  {
    name: 'convolution in 2D',
    op: 'conv',
    attributes: sliding([2, 1], even(2, 1), 1),
    x: [2, 9, 12, 5],
    weights: { kernel: [3, 3, 5, 11], bias: [11] },
  },
  {
    name: 'convolution in 3D of seven channels',
    op: 'conv',
    attributes: sliding([1, 1, 1], even(3, 1), 1),
    x: [2, 6, 7, 9, 7],
    weights: { kernel: [3, 3, 3, 7, 7], bias: [7] },
  },
  {
    name: 'transposed convolution with overlapping windows',
    op: 'convTranspose',
    attributes: sliding(
      [2, 2, 2],
      [
        [1, 0],
        [1, 0],
        [1, 0],
      ],
      1,
    ),
    x: [2, 4, 5, 7, 12],
    weights: { kernel: [3, 3, 3, 7, 12], bias: [7] },
  },
  ...(['half-pixel', 'align-corners'] as const).map((coordinates) => ({
    name: `linear resizing, ${coordinates}`,
    op: 'resize' as const,
    attributes: {
      ...{ mode: 'linear', rounding: 'floor', coordinates },
      ...{ sizes: [8, 9, 3], scales: [2, 1.8, 0.5] },
    },
    x: [2, 4, 5, 6, 7],
  })),
  {
    name: 'transposed convolution with stride 3',
    op: 'convTranspose',
    attributes: sliding(
      [3, 2],
      [
        [2, 1],
        [0, 1],
      ],
      1,
    ),
    x: [1, 5, 7, 16],
    weights: { kernel: [5, 3, 9, 16], bias: [9] },
  },
];

const draw = (shape: number[], seed: number) => tf.randomUniform(shape, -1, 1, 'float32', seed);

describe('on wasm as on its twin', () => {
  it.each(CASES)('$name: value, gradient and bias share', async (given) => {
    const { op: id, attributes, x: shape, weights, statistics = 'plain' } = given;
    await compare(() => {
      const op = OPS[id] as unknown as (typeof OPS)['conv'];
      const placed = Object.entries(weights ?? {}).map(([name, size], i) => {
        const w = draw(size, i + 2);
        return [name, name === 'slope' ? tf.abs(w) : w] as const;
      });
      const call = {
        attributes: attributes as Attributes<'conv'>,
        weights: Object.fromEntries(placed) as BackwardCall<'conv'>['weights'],
        inputs: [tf.add(draw(shape, 1), 0.2)],
      };
      const output = op.forward(call);
      // Three scores of each volume.
      const dy = draw([3 * output.shape[0], ...output.shape.slice(1)], 9);
      const rules = { ...PLAIN_RULES, statistics };
      const back = {
        ...call,
        output,
        dy,
        wanted: [true],
        constant: [false],
        rectified: null,
        ...rules,
      };
      const bias = op.bias?.(back);
      return [output, op.vjp(back)[0] as tf.Tensor, ...(bias ? [bias] : [])];
    }, given.name);
  });

  it('padding of any axes', () =>
    compare(
      () => [
        tf.pad(
          draw([2, 3, 4, 5, 6], 1),
          [
            [0, 0],
            [1, 2],
            [0, 1],
            [3, 0],
            [0, 0],
          ],
          2,
        ),
        tf.pad(draw([4, 5], 2), [
          [1, 0],
          [2, 1],
        ]),
        tf.pad(draw([7], 3), [[1, 4]], -1),
        tf.pad(draw([2, 3, 4], 3), [
          [0, 1],
          [0, 0],
          [0, 0],
        ]),
      ],
      'pad',
      true,
    ));

  it('parts of any axes', () =>
    compare(
      () => {
        const x = draw([4, 5, 6, 7, 3], 1);
        return [
          tf.slice(x, [0, 1, 2, 3, 0], [4, 3, 4, 2, 3]),
          tf.slice(x, [1, 0, 0, 0, 1], [2, 5, 6, 7, 2]),
          tf.slice(x, [0, 0, 0, 0, 0], [4, 5, 6, 7, 3]),
          tf.slice(draw([9], 2), [3], [4]),
          tf.slice(draw([3, 9], 2), [1, 2], [2, 4]),
        ];
      },
      'slice',
      true,
    ));
});
