import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  TensorProto_DataType as Type,
} from 'onnx-buf';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNodeEngine } from '../../node.ts';
import { evaluate } from '../../testing/evaluate.ts';
import { onnxGraph } from './index.ts';

type Attribute = number | string | readonly number[];
interface Step {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs?: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}
type Weights = Readonly<Record<string, readonly [dims: readonly number[], values: number[]]>>;

const INTEGERS = /^(indices|repeats|starts|ends|axes|steps|pads|sizes|shape)/;
const FLOATS = new Set(['alpha', 'gamma', 'lambd', 'bias']);

function attribute(name: string, value: Attribute) {
  if (typeof value === 'string')
    return { name, type: Kind.STRING, s: new TextEncoder().encode(value) };
  if (typeof value !== 'number') return { name, type: Kind.INTS, ints: value.map(BigInt) };
  return FLOATS.has(name)
    ? { name, type: Kind.FLOAT, f: value }
    : { name, type: Kind.INT, i: BigInt(value) };
}

/** A file of the nodes `steps` from the input `x` to `y`. */
function file(steps: readonly Step[], shape: readonly number[], weights: Weights, opset: number) {
  const initializer = Object.entries(weights).map(([name, [dims, values]]) => ({
    ...{ name, dims: dims.map(BigInt) },
    ...(INTEGERS.test(name)
      ? { dataType: Type.INT64, int64Data: values.map(BigInt) }
      : { dataType: Type.FLOAT, floatData: values }),
  }));
  const dim = shape.map((n) => ({ value: { case: 'dimValue' as const, value: BigInt(n) } }));
  const elemType = Type.FLOAT;
  const type = { value: { case: 'tensorType' as const, value: { elemType, shape: { dim } } } };
  const node = steps.map(({ op, inputs, outputs = ['y'], attributes = {} }) => ({
    ...{ opType: op, input: [...inputs], output: [...outputs] },
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  }));
  const graph = { node, initializer, input: [{ name: 'x', type }], output: [{ name: 'y' }] };
  const opsetImport = [{ domain: '', version: BigInt(opset) }];
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph }),
  );
}

async function run(
  steps: readonly Step[],
  x: readonly number[],
  weights: Weights = {},
  { shape = [1, 1, 1, x.length], opset = 19 } = {},
): Promise<number[]> {
  const bytes = file(steps, shape, weights, opset);
  const { graph } = await onnxGraph(bytes, 'model.onnx', async () => null);
  return [...evaluate(graph, Float32Array.from(x)).values];
}

const one = (op: string, inputs: readonly string[], attributes: Step['attributes'] = {}) => [
  { op, inputs, attributes },
];
const near = (given: readonly number[], wanted: readonly number[]) => {
  expect(given.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(given[i]).toBeCloseTo(value, 5);
};

beforeAll(async () => {
  await createNodeEngine().selectBackend('wasm');
});

describe('activations with parameters of their own', () => {
  const x = [-2, -0.4, 0.2, 0.9];

  it('Swish', async () => {
    const y = await run(one('Swish', ['x'], { alpha: 1.7 }), x, {}, { opset: 24 });
    near(
      y,
      x.map((v) => v / (1 + Math.exp(-1.7 * v))),
    );
  });

  it('Selu', async () => {
    const y = await run(one('Selu', ['x'], { alpha: 1.3, gamma: 1.1 }), x);
    near(
      y,
      x.map((v) => 1.1 * (v > 0 ? v : 1.3 * (Math.exp(v) - 1))),
    );
  });

  it.each([0, 0.1, 0.3])('Shrink by a bias of %f', async (bias) => {
    const y = await run(one('Shrink', ['x'], { lambd: 0.3, bias }), x);
    near(
      y,
      x.map((v) => (v < -0.3 ? v + bias : v > 0.3 ? v - bias : 0)),
    );
  });
});

describe('parts of an axis', () => {
  const x = [1, 2, 3, 4, 5];

  it.each<[string, Step[], Weights, number[]]>([
    [
      'in any order',
      one('Gather', ['x', 'indices'], { axis: 3 }),
      { indices: [[4], [4, 0, 1, 1]] },
      [5, 1, 2, 2],
    ],
    [
      'backwards',
      one('Slice', ['x', 'starts', 'ends', 'axes', 'steps']),
      { starts: [[1], [-1]], ends: [[1], [-99]], axes: [[1], [3]], steps: [[1], [-2]] },
      [5, 3, 1],
    ],
    [
      'again and again',
      one('Tile', ['x', 'repeats']),
      { repeats: [[4], [1, 1, 1, 2]] },
      [...x, ...x],
    ],
    [
      'from the other end',
      one('Pad', ['x', 'pads'], { mode: 'wrap' }),
      { pads: [[8], [0, 0, 0, 2, 0, 0, 0, 1]] },
      [4, 5, ...x, 1],
    ],
  ])('%s', async (_, steps, weights, wanted) => {
    near(await run(steps, x, weights), wanted);
  });
});

describe('pooling with gaps', () => {
  const x = [1, 5, 2, 4, 3];
  const gaps = { kernel_shape: [1, 2], dilations: [1, 2], pads: [0, 1, 0, 1] };

  it('takes the largest inside', async () => {
    near(await run(one('MaxPool', ['x'], gaps), x), [5, 2, 5, 3, 4]);
  });

  it.each([
    [0, [5, 1.5, 4.5, 2.5, 4]],
    [1, [2.5, 1.5, 4.5, 2.5, 2]],
  ])('averages, with padding counted %i', async (counted, wanted) => {
    const attributes = { ...gaps, count_include_pad: counted };
    near(await run(one('AveragePool', ['x'], attributes), x), wanted);
  });
});

describe('branches by the values themselves', () => {
  const x = [-1, 0, 0.5, 2];

  it('choose and multiply', async () => {
    const greater = { op: 'Greater', inputs: ['x', 'limit'], outputs: ['m'] };
    const weights: Weights = { limit: [[], [0.4]], other: [[], [7]] };
    near(await run([greater, ...one('Where', ['m', 'x', 'other'])], x, weights), [7, 7, 0.5, 2]);
    const cast = { op: 'Cast', inputs: ['m'], outputs: ['n'], attributes: { to: 1 } };
    near(await run([greater, cast, ...one('Mul', ['x', 'n'])], x, weights), [-0, 0, 0.5, 2]);
  });
});

it('a symmetric resize keeps the centre where the size is rounded down', async () => {
  const attributes = {
    ...{ mode: 'linear', coordinate_transformation_mode: 'half_pixel_symmetric' },
  };
  const scales: Weights = { scales: [[4], [1, 1, 1, 1.5]] };
  // Four of 4.5 elements: the grid of half_pixel, moved by a sixth.
  const y = await run(one('Resize', ['x', '', 'scales'], attributes), [0, 1, 2], scales);
  near(y, [0, 2 / 3, 4 / 3, 2]);
});

it('weights may be split, multiplied and scaled to length 1 on their way', async () => {
  const steps: Step[] = [
    { op: 'Split', inputs: ['w'], outputs: ['a', 'b'], attributes: { axis: 0, num_outputs: 2 } },
    { op: 'MatMul', inputs: ['a', 'q'], outputs: ['aq'] },
    { op: 'ReduceL2', inputs: ['aq', 'axes'], outputs: ['length'] },
    { op: 'Div', inputs: ['aq', 'length'], outputs: ['unit'] },
    { op: 'Flatten', inputs: ['x'], outputs: ['f'] },
    ...one('Gemm', ['f', 'unit', ''], { transB: 1 }),
  ];
  const weights: Weights = {
    ...{
      w: [
        [4, 1],
        [3, 0, 9, 9],
      ],
      q: [
        [1, 2],
        [3, 4],
      ],
    },
    axes: [[1], [1]],
  };
  // The second row has length 0.
  const [y] = await run(steps, [1, 1], weights, { shape: [1, 1, 1, 2], opset: 18 });
  expect(y).toBeCloseTo(7 / 5, 5);
});

it('a product of a vector with a matrix computed from the volume is a vector', async () => {
  const steps: Step[] = [
    { op: 'Flatten', inputs: ['x'], outputs: ['f'] },
    { op: 'Tanh', inputs: ['w'], outputs: ['t'] },
    { op: 'Softmax', inputs: ['t'], outputs: ['s'] },
    ...one('MatMul', ['f', 's']),
  ];
  const weights: Weights = {
    w: [
      [2, 2],
      [0, 0, 0, 0],
    ],
  };
  const bytes = file(steps, [1, 1, 1, 2], weights, 18);
  const { graph } = await onnxGraph(bytes, 'model.onnx', async () => null);
  const { shape, values } = evaluate(graph, Float32Array.of(1, 3));
  expect(shape).toEqual([2]);
  near([...values], [2, 2]);
});

it.each([
  ['ConstantOfShape', one('ConstantOfShape', ['shape']), { shape: [[2], [10_000, 10_000]] }],
  [
    'MatMul',
    one('MatMul', ['a', 'b']),
    { a: [[4096, 64], Array(4096 * 64).fill(0)], b: [[64, 4096], Array(64 * 4096).fill(0)] },
  ],
] as const)('%s makes nothing large of little', async (_, steps, weights) => {
  const first = { ...steps[0], outputs: ['big'] };
  const add = { op: 'ReduceMean', inputs: ['big'], outputs: ['m'] };
  await expect(
    run([first, add, ...one('Add', ['x', 'm'])], [1], weights as unknown as Weights, { opset: 17 }),
  ).rejects.toThrow(/model\.onnx: \w+ \(big\) asks for \d+ numbers, too large/);
});
