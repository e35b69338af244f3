import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  NodeProtoSchema,
  SparseTensorProtoSchema,
  TensorProto_DataType as Type,
} from 'onnx-buf';
import { beforeAll, describe, expect, it } from 'vitest';
import { scoreGraph } from '../../graph/scores.ts';
import { explainableLayers } from '../../model/describe.ts';
import { createNodeEngine } from '../../node.ts';
import { evaluate } from '../../testing/evaluate.ts';
import { onnxGraph } from './index.ts';

type Attribute = number | string | readonly number[] | readonly Step[];
interface Step {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs?: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}
type Weights = Readonly<Record<string, readonly [dims: readonly number[], values: number[]]>>;

const INTEGERS = /^(indices|repeats|starts|ends|axes|steps|pads|sizes|shape)/;
const FLOATS = new Set(['alpha', 'beta', 'gamma', 'scale', 'lambd', 'bias', 'cubic_coeff_a']);

const isBranch = (value: readonly unknown[]): value is readonly Step[] =>
  typeof value[0] === 'object';

function nodeOf({ op, inputs, outputs = ['y'], attributes = {} }: Step): object {
  return {
    ...{ opType: op, input: [...inputs], output: [...outputs] },
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  };
}

function attribute(name: string, value: Attribute) {
  if (typeof value === 'string')
    return { name, type: Kind.STRING, s: new TextEncoder().encode(value) };
  if (typeof value !== 'number') {
    if (isBranch(value)) {
      const output = [{ name: value.at(-1)?.outputs?.[0] ?? 'y' }];
      return { name, type: Kind.GRAPH, g: { node: value.map(nodeOf), output } };
    }
    return { name, type: Kind.INTS, ints: value.map((n) => BigInt(n)) };
  }
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
  const node = steps.map(nodeOf);
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
      'at places of the first axis, as PyTorch writes an index by a list',
      [
        { op: 'Transpose', inputs: ['x'], outputs: ['t'], attributes: { perm: [3, 0, 1, 2] } },
        { op: 'GatherND', inputs: ['t', 'indices'], outputs: ['g'] },
        ...one('Transpose', ['g'], { perm: [1, 2, 3, 0] }),
      ],
      {
        indices: [
          [3, 1],
          [4, -5, 1],
        ],
      },
      [5, 1, 2],
    ],
    [
      'at a grid of places',
      one('GatherND', ['x', 'indices']),
      {
        indices: [
          [1, 1, 1, 2, 4],
          [0, 0, 0, 3, 0, 0, 0, 1],
        ],
      },
      [4, 2],
    ],
    [
      'of weights, at any places',
      [{ op: 'GatherND', inputs: ['w', 'indices'], outputs: ['v'] }, ...one('Mul', ['x', 'v'])],
      {
        w: [
          [2, 2],
          [1, 2, 3, 4],
        ],
        indices: [
          [5, 2],
          [1, 0, 0, 1, -1, -1, 0, 0, 0, 0],
        ],
      },
      [3, 4, 12, 4, 5],
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

  it.each<[string, readonly number[]]>([
    ['in a row', [3, 4]],
    ['in a grid', [1, 3, 1, 1, 4]],
  ])('places that go along two axes at once, %s', async (_, dims) => {
    const weights: Weights = { indices: [dims, [0, 0, 1, 2, 0, 0, 0, 0, 0, 0, -1, -2]] };
    const options = { shape: [1, 1, 2, 3] };
    near(await run(one('GatherND', ['x', 'indices']), [...x, 6], weights, options), [6, 1, 5]);
  });

  it('a place outside is refused', async () => {
    const weights: Weights = {
      indices: [
        [1, 4],
        [0, 0, 0, 5],
      ],
    };
    await expect(run(one('GatherND', ['x', 'indices']), x, weights)).rejects.toThrow(
      /GatherND .*places outside \[1,1,1,5\]/,
    );
    const apart: Weights = {
      indices: [
        [3, 4],
        [0, 0, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0],
      ],
    };
    const options = { shape: [1, 1, 2, 3] };
    await expect(run(one('GatherND', ['x', 'indices']), [...x, 6], apart, options)).rejects.toThrow(
      /GatherND .*places outside \[1,1,2,3\]/,
    );
  });

  it.each([
    ['Gather', [1]],
    ['GatherND', [1, 1]],
  ])('a place outside weights is refused: %s', async (op, dims) => {
    const weights: Weights = { w: [[4], [1, 2, 3, 4]], indices: [dims, [-5]] };
    const nodes = [{ op, inputs: ['w', 'indices'], outputs: ['v'] }, ...one('Mul', ['x', 'v'])];
    await expect(run(nodes, x, weights)).rejects.toThrow(
      new RegExp(`${op} \\(v\\): its inputs do not fit together`),
    );
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

describe('truth values', () => {
  const x = [-1, 0, 0.5, 2];
  const above = { op: 'Greater', inputs: ['x', 'low'], outputs: ['a'] };
  const below = { op: 'Less', inputs: ['x', 'high'], outputs: ['b'] };
  const weights: Weights = { low: [[], [-0.5]], high: [[], [1]], same: [[], [0.5]] };
  const times = (what: string) => [
    { op: 'Cast', inputs: [what], outputs: ['n'], attributes: { to: 1 } },
    ...one('Mul', ['one', 'n']),
  ];

  it.each<[string, readonly string[], readonly number[]]>([
    ['And', ['a', 'b'], [0, 1, 1, 0]],
    ['Or', ['a', 'b'], [1, 1, 1, 1]],
    ['Xor', ['a', 'b'], [1, 0, 0, 1]],
    ['Not', ['a'], [1, 0, 0, 0]],
    ['Equal', ['x', 'same'], [0, 0, 1, 0]],
  ])('%s', async (op, inputs, wanted) => {
    const ones = { op: 'Exp', inputs: ['z'], outputs: ['one'] };
    const zeros = { op: 'Mul', inputs: ['x', 'zero'], outputs: ['z'] };
    const steps = [above, below, zeros, ones, { op, inputs, outputs: ['m'] }, ...times('m')];
    near(await run(steps, x, { ...weights, zero: [[], [0]] }), wanted);
  });

  it('an If whose condition is known from shapes is the branch that it takes', async () => {
    const steps: Step[] = [
      { op: 'Shape', inputs: ['x'], outputs: ['s'] },
      { op: 'Gather', inputs: ['s', 'indices'], outputs: ['n'] },
      { op: 'Equal', inputs: ['n', 'indices'], outputs: ['c'] },
      {
        ...{ op: 'If', inputs: ['c'], outputs: ['y'] },
        attributes: {
          then_branch: [{ op: 'Relu', inputs: ['x'], outputs: ['t'] }],
          else_branch: [{ op: 'Loop', inputs: ['x'], outputs: ['e'] }],
        },
      },
    ];
    near(await run(steps, x, { indices: [[], [1]] }), [0, 0, 0.5, 2]);
    const bytes = file(steps, [1, 1, 1, 4], { indices: [[], [1]] }, 19);
    const { graph } = await onnxGraph(bytes, 'model.onnx', async () => null);
    expect(graph.nodes.at(-1)).toMatchObject({ name: 'y', declared: { aliases: ['t'] } });
  });
});

describe('sums and products along axes', () => {
  const x = [1, -2, 3, 0.5, 4];
  const channels = { shape: [1, 5, 1, 1] };

  it.each<[string, Step[], Weights, number[]]>([
    ['CumSum', one('CumSum', ['x', 'axes']), { axes: [[], [3]] }, [1, -1, 2, 2.5, 6.5]],
    [
      'CumSum from the end without itself',
      one('CumSum', ['x', 'axes'], { reverse: 1, exclusive: 1 }),
      { axes: [[], [3]] },
      [5.5, 7.5, 4.5, 4, 0],
    ],
    ['ReduceProd', one('ReduceProd', ['x', 'axes']), { axes: [[1], [3]] }, [-12]],
    [
      'Einsum with known numbers',
      one('Einsum', ['x', 'm'], { equation: 'bcyx,xk->bcyk' }),
      {
        m: [
          [5, 2],
          [1, 0, 1, 0, 1, 0, 0, 1, 0, 2],
        ],
      },
      [2, 8.5],
    ],
    [
      'Einsum with itself',
      one('Einsum', ['x', 'x'], { equation: '...x,...k->...xk' }),
      {},
      x.flatMap((a) => x.map((b) => a * b)),
    ],
    [
      'Einsum to the scalar product',
      one('Einsum', ['x', 'x'], { equation: 'bcyx,bcyx->bc' }),
      {},
      [30.25],
    ],
  ])('%s', async (_, steps, weights, wanted) => {
    near(await run(steps, x, weights), wanted);
  });

  it('LRN as PyTorch has it', async () => {
    const attributes = { size: 3, alpha: 0.5, beta: 0.6, bias: 1.5 };
    near(
      await run(one('LRN', ['x'], attributes), x, {}, channels),
      [0.60147, -0.893067, 1.366514, 0.175818, 1.688861],
    );
  });
});

it('LpNormalization by the sum of sizes', async () => {
  near(await run(one('LpNormalization', ['x'], { p: 1 }), [1, -2, 5]), [1 / 8, -2 / 8, 5 / 8]);
});

it.each([
  ['not_larger', 4],
  ['not_smaller', 6],
])('a resize that keeps the aspect, %s', async (keep_aspect_ratio_policy, length) => {
  const attributes = { mode: 'nearest', keep_aspect_ratio_policy };
  const steps = one('Resize', ['x', '', '', 'sizes'], { ...attributes, axes: [2, 3] });
  const y = await run(steps, [1, 2], { sizes: [[2], [2, 6]] }, { opset: 18 });
  const rows = length / 2;
  const row = Array.from({ length }, (_, i) => (i < rows ? 1 : 2));
  near(y, Array.from({ length: rows }, () => row).flat());
});

describe('resizing as PyTorch does', () => {
  const x = [1, -2, 3, 0.5, 4];
  it.each<[string, Record<string, Attribute>, number[]]>([
    [
      'by cubics',
      { mode: 'cubic' },
      [1.278503, -0.693176, -1.868317, 1.664093, 2.646759, 0.493744, 2.293793, 4.32492],
    ],
    ['antialiased', { mode: 'linear', antialias: 1 }, [0.204546, 2.068182]],
    [
      'by antialiased cubics',
      { mode: 'cubic', antialias: 1, cubic_coeff_a: -0.5 },
      [-0.323077, 1.188372, 2.623076],
    ],
  ])('%s', async (_, attributes, wanted) => {
    const sizes: Weights = { sizes: [[4], [1, 1, 1, wanted.length]] };
    near(await run(one('Resize', ['x', '', '', 'sizes'], attributes), x, sizes), wanted);
  });
});

it('a norm over known axes is one however it is written out', async () => {
  const x = [1, -2, 3, 0.5];
  const steps = (last: Step[]): Step[] => [
    { op: 'ReduceMean', inputs: ['x', 'axes'], outputs: ['mean'] },
    { op: 'Sub', inputs: ['x', 'mean'], outputs: ['d'] },
    { op: 'Mul', inputs: ['d', 'd'], outputs: ['dd'] },
    { op: 'ReduceMean', inputs: ['dd', 'axes'], outputs: ['v'] },
    { op: 'Reshape', inputs: ['v', 'shape'], outputs: ['w'] },
    { op: 'Add', inputs: ['w', 'small'], outputs: ['e'] },
    { op: 'Sqrt', inputs: ['e'], outputs: ['s'] },
    ...last,
  ];
  const weights: Weights = { axes: [[1], [3]], shape: [[4], [1, 1, 1, 1]], small: [[], [1e-5]] };
  const inverse = { op: 'Reciprocal', inputs: ['s'], outputs: ['r'] };
  for (const last of [one('Div', ['d', 's']), [inverse, ...one('Mul', ['r', 'd'])]]) {
    const bytes = file(steps(last), [1, 1, 1, 4], weights, 18);
    const { graph } = await onnxGraph(bytes, 'model.onnx', async () => null);
    expect(graph.nodes.at(-1)?.op).toBe('normalization');
    const { values } = evaluate(graph, Float32Array.from(x));
    // Mean 0.625, variance 3.171875.
    near(
      [...values],
      x.map((v) => (v - 0.625) / Math.sqrt(3.171885)),
    );
  }
});

describe('Attention', () => {
  const x = [1, -2, 3, 0.5];
  const [a, b] = [x.slice(0, 2), x.slice(2)];
  const dot = (p: readonly number[], q: readonly number[]) => p[0] * q[0] + p[1] * q[1];
  /** Of a query that sees `a` and `b`. */
  const mixture = (query: readonly number[], scale: number) => {
    const [p, q] = [a, b].map((key) => Math.exp(scale * dot(query, key)));
    return a.map((_, i) => (p * a[i] + q * b[i]) / (p + q));
  };
  const shape = [1, 1, 2, 2];

  it.each<[string, Step['attributes'], number[]]>([
    ['of all', {}, [...mixture(a, Math.SQRT1_2), ...mixture(b, Math.SQRT1_2)]],
    ['of what stands before', { is_causal: 1 }, [...a, ...mixture(b, Math.SQRT1_2)]],
    ['with a scale of its own', { scale: 0.1 }, [...mixture(a, 0.1), ...mixture(b, 0.1)]],
  ])('%s', async (_, attributes, wanted) => {
    near(
      await run(one('Attention', ['x', 'x', 'x'], attributes), x, {}, { shape, opset: 23 }),
      wanted,
    );
  });

  it('of heads beside each other', async () => {
    const steps = [
      { op: 'Reshape', inputs: ['x', 'shape'], outputs: ['r'] },
      {
        ...{ op: 'Attention', inputs: ['r', 'r', 'r'], outputs: ['m'] },
        attributes: { q_num_heads: 2, kv_num_heads: 2 },
      },
      ...one('Flatten', ['m']),
    ];
    const y = await run(steps, x, { shape: [[3], [1, 2, 2]] }, { shape, opset: 23 });
    const head = (i: number) =>
      [a[i], b[i]].map((query) => {
        const [p, q] = [a[i], b[i]].map((key) => Math.exp(query * key));
        return (p * a[i] + q * b[i]) / (p + q);
      });
    near(y, [head(0)[0], head(1)[0], head(0)[1], head(1)[1]]);
  });

  it('with keys kept from call to call is refused', async () => {
    const steps = one('Attention', ['x', 'x', 'x', '', 'x', 'x']);
    await expect(run(steps, x, {}, { shape, opset: 23 })).rejects.toThrow(/Attention \(y\): keys/);
  });
});

it.each<[string, Step[], Weights, number]>([
  ['RMSNormalization', one('RMSNormalization', ['x', 'w']), { w: [[], [2]] }, 23],
  [
    'SimplifiedLayerNormalization',
    one('SimplifiedLayerNormalization', ['x', 'w']),
    { w: [[1], [2]] },
    17,
  ],
  ...(['Reciprocal', 'Pow'] as const).map((inverse): [string, Step[], Weights, number] => [
    `written out with ${inverse}`,
    [
      { op: 'Mul', inputs: ['x', 'x'], outputs: ['xx'] },
      { op: 'ReduceMean', inputs: ['xx', 'axes'], outputs: ['v'] },
      { op: 'Add', inputs: ['v', 'small'], outputs: ['e'] },
      ...(inverse === 'Pow'
        ? [{ op: 'Pow', inputs: ['e', 'root'], outputs: ['r'] }]
        : [
            { op: 'Sqrt', inputs: ['e'], outputs: ['s'] },
            { op: 'Reciprocal', inputs: ['s'], outputs: ['r'] },
          ]),
      { op: 'Mul', inputs: ['x', 'r'], outputs: ['n'] },
      ...one('Mul', ['w', 'n']),
    ],
    { axes: [[1], [-1]], small: [[], [1e-5]], root: [[], [-0.5]], w: [[4], [2, 2, 2, 2]] },
    18,
  ]),
])('RMS norm, %s', async (_, steps, weights, opset) => {
  const x = [1, -2, 3, 0.5];
  const bytes = file(steps, [1, 1, 1, 4], weights, opset);
  const { graph } = await onnxGraph(bytes, 'model.onnx', async () => null);
  const needed = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const ops = graph.nodes.filter((_, id) => needed.has(id) || id === graph.nodes.length - 1);
  expect(ops.filter(({ op }) => op === 'rmsNormalization').length).toBe(1);
  near(
    [...evaluate(graph, Float32Array.from(x)).values],
    x.map((v) => (2 * v) / Math.sqrt(14.25 / 4 + 1e-5)),
  );
});

it.each<[string, Step[], Weights, number[]]>([
  ['cast like the volume', one('CastLike', ['w', 'x'], {}), { w: [[2], [0.5, 3]] }, [0.5, 3]],
  [
    'kept as whole numbers with one scale',
    one('DequantizeLinear', ['indices', 'scale']),
    {
      indices: [
        [1, 2],
        [4, -6],
      ],
      scale: [[], [0.5]],
    },
    [2, -3],
  ],
  [
    'kept as whole numbers with a scale and a zero per entry',
    one('DequantizeLinear', ['indices', 'scale', 'indices0'], { axis: -1 }),
    {
      indices: [
        [1, 2],
        [4, -6],
      ],
      scale: [[2], [0.5, 2]],
      indices0: [[2], [2, 1]],
    },
    [1, -14],
  ],
  [
    'multiplied by Einsum',
    one('Einsum', ['a', 'b'], { equation: 'ij, j -> i' }),
    {
      a: [
        [2, 3],
        [1, 2, 3, 4, 5, 6],
      ],
      b: [[3], [1, 0, -1]],
    },
    [-2, -2],
  ],
  [
    'read along the diagonal by Einsum',
    one('Einsum', ['a'], { equation: 'ijj->ij' }),
    {
      a: [
        [1, 2, 2],
        [1, 2, 3, 4],
      ],
    },
    [1, 4],
  ],
])('weights %s', async (_, [step], weights, wanted) => {
  const steps = [{ ...step, outputs: ['weights'] }, ...one('Mul', ['x', 'weights'])];
  near(await run(steps, [1, 1], weights, { opset: 21 }), wanted);
});

it('weights of a Constant node may lie beside the file', async () => {
  const externalData = Object.entries({ location: 'w.bin', offset: '4', length: '8' }).map(
    ([key, value]) => ({ key, value }),
  );
  const t = { dims: [2n], dataType: Type.FLOAT, dataLocation: 1, externalData };
  const proto = fromBinary(ModelProtoSchema, file(one('Mul', ['x', 'w']), [1, 1, 1, 2], {}, 17));
  const attribute = [{ name: 'value', type: Kind.TENSOR, t }];
  const constant = create(NodeProtoSchema, { opType: 'Constant', output: ['w'], attribute });
  proto.graph?.node.unshift(constant);
  const bytes = toBinary(ModelProtoSchema, proto);
  const beside = new Uint8Array(Float32Array.of(9, 2, 3).buffer);
  const read = await onnxGraph(bytes, 'model.onnx', async () => beside);
  near([...evaluate(read.graph, Float32Array.of(1, 1)).values], [2, 3]);
});

it.each<[string, Step[]]>([
  ['ArgMax', one('ArgMax', ['scores'], { axis: 1 })],
  ['TopK', one('TopK', ['scores', 'shape'], { axis: 1 })],
  [
    'a comparison with a threshold, cast',
    [
      { op: 'Greater', inputs: ['scores', 'half'], outputs: ['above'] },
      ...one('Cast', ['above'], { to: 2 }),
    ],
  ],
])('an output of %s stands for the scores that it looks at', async (_, steps) => {
  const flat = { op: 'Flatten', inputs: ['x'], outputs: ['scores'] };
  const weights: Weights = { shape: [[1], [1]], half: [[], [0.5]] };
  const bytes = file([flat, ...steps], [1, 2, 1, 1], weights, 17);
  const { graph } = await onnxGraph(bytes, 'model.onnx', async () => null);
  expect(graph.outputs.map(({ name }) => name)).toEqual(['scores']);
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

it.each([
  ['floor', 1 / 3, [0, 3, 6, 9]],
  ['floor', 0.1, [0]],
  ['ceil', 0.7, [0, 2, 3, 5, 6, 8, 9, 10]],
])(
  'a resize by %s and a scale that no float32 holds counts as runtimes do',
  async (nearest_mode, scale, wanted) => {
    const attributes = { coordinate_transformation_mode: 'asymmetric', nearest_mode };
    const weights: Weights = { scales: [[4], [1, 1, 1, Math.fround(scale)]] };
    const x = Array.from({ length: 12 }, (_, i) => i);
    near(await run(one('Resize', ['x', '', 'scales'], attributes), x, weights), wanted);
  },
);

it('ten elements by 2.3 are 23', async () => {
  const weights: Weights = { scales: [[4], [1, 1, 1, Math.fround(2.3)]] };
  const y = await run(one('Resize', ['x', '', 'scales']), Array(10).fill(1), weights);
  near(y, Array(23).fill(1));
});

it('a weight that holds NaN is named', async () => {
  const weights: Weights = { w: [[1, 1, 1, 1], [Number.NaN]] };
  await expect(run(one('Conv', ['x', 'w']), [1], weights)).rejects.toThrow(
    /its weight w holds NaN/,
  );
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
        [3, 1, 9, 9],
      ],
      q: [
        [1, 2],
        [3, 4],
      ],
    },
    axes: [[1], [1]],
  };
  const [y] = await run(steps, [1, 1], weights, { shape: [1, 1, 1, 2], opset: 18 });
  expect(y).toBeCloseTo(7 / 5, 5);
});

it.each([
  [
    'by the root of its sum of squares',
    [
      { op: 'Sqrt', inputs: ['s'], outputs: ['l'] },
      { op: 'Div', inputs: ['f', 'l'] },
    ],
  ],
  [
    'times its inverse, as TensorFlow has it',
    [
      { op: 'Max', inputs: ['s', 'least'], outputs: ['m'] },
      { op: 'Sqrt', inputs: ['m'], outputs: ['l'] },
      { op: 'Reciprocal', inputs: ['l'], outputs: ['i'] },
      { op: 'Mul', inputs: ['f', 'i'] },
    ],
  ],
])('a vector divided by its length is known as such: %s', async (_, last: Step[]) => {
  const steps: Step[] = [
    { op: 'Flatten', inputs: ['x'], outputs: ['f'] },
    { op: 'Mul', inputs: ['f', 'f'], outputs: ['q'] },
    { op: 'ReduceSum', inputs: ['q', 'axes'], outputs: ['s'] },
    ...last,
  ];
  const weights: Weights = { axes: [[1], [1]], least: [[1], [1e-12]] };
  const bytes = file(steps, [1, 1, 1, 2], weights, 18);
  const { graph } = await onnxGraph(bytes, 'model.onnx', async () => null);
  expect(graph.nodes.at(-1)?.op).toBe('unitLength');
  near([...evaluate(graph, Float32Array.of(3, 4)).values], [0.6, 0.8]);
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

it('comparisons and what joins them are no layers to draw a map on', async () => {
  const steps = [
    { op: 'Relu', inputs: ['x'], outputs: ['r'] },
    { op: 'Greater', inputs: ['r', 'low'], outputs: ['above'] },
    { op: 'Less', inputs: ['r', 'high'], outputs: ['below'] },
    { op: 'And', inputs: ['above', 'below'], outputs: ['between'] },
    { op: 'Cast', inputs: ['between'], outputs: ['mask'], attributes: { to: 1 } },
    { op: 'Mul', inputs: ['r', 'mask'], outputs: ['m'] },
    { op: 'GlobalAveragePool', inputs: ['m'] },
  ];
  const numbers: Weights = { low: [[1], [0.5]], high: [[1], [2]] };
  const { graph } = await onnxGraph(
    file(steps, [1, 2, 3, 3], numbers, 17),
    'm.onnx',
    async () => null,
  );
  const layers = explainableLayers(scoreGraph(graph), 'm.onnx');
  expect(layers.map(({ name }) => name)).toEqual(['x', 'r', 'm']);
});

it('names all operators that are not known, and outputs that are not made', async () => {
  const steps = [
    { op: 'GridSample', inputs: ['x', 'w'], outputs: ['g'] },
    { op: 'GRU', inputs: ['g', 'w'], outputs: ['r'] },
    { op: 'MaxPool', inputs: ['x'], outputs: ['p', 'i'], attributes: { kernel_shape: [1, 1] } },
    { op: 'Relu', inputs: ['r'], outputs: ['s'] },
    ...one('Sum', ['s', 'p', 'i']),
  ];
  await expect(run(steps, [1, 2], { w: [[1], [1]] })).rejects.toThrow(
    'not supported: GridSample (g); GRU (r); MaxPool (p): where its maxima lie (i), as unpooling asks, is not kept here; accepted:',
  );
});

it('names the cause where a branch reads an output that is not made', async () => {
  const inside = [
    { op: 'MaxPool', inputs: ['x'], outputs: ['p', 'i'], attributes: { kernel_shape: [1, 1] } },
    { op: 'Slice', inputs: ['i', 'starts', 'ends'], outputs: ['first'] },
    { op: 'Add', inputs: ['p', 'first'], outputs: ['sum'] },
  ];
  const branches = { then_branch: inside, else_branch: inside };
  const numbers: Weights = { c: [[], [1]], starts: [[1], [0]], ends: [[1], [1]] };
  await expect(run(one('If', ['c'], branches), [1, 1, 2, 2], numbers)).rejects.toThrow(
    'not supported: MaxPool (p): where its maxima lie (i), as unpooling asks, is not kept here; accepted:',
  );
});

it('a weight stored as a sparse tensor is named', async () => {
  const proto = fromBinary(ModelProtoSchema, file(one('Relu', ['w']), [1, 1, 1, 2], {}, 19));
  const values = { name: 'w', dims: [1n], dataType: Type.FLOAT, floatData: [1] };
  proto.graph?.sparseInitializer.push(create(SparseTensorProtoSchema, { values, dims: [2n] }));
  const bytes = toBinary(ModelProtoSchema, proto);
  await expect(onnxGraph(bytes, 'model.onnx', async () => null)).rejects.toThrow(
    'model.onnx: its weight w is stored as a sparse tensor; accepted: weights stored whole',
  );
});

it('a network of signals along one axis is named', async () => {
  const bytes = file(one('Relu', ['x']), [1, 1, 32], {}, 19);
  const { graph } = await onnxGraph(bytes, 'model.onnx', async () => null);
  expect(() => explainableLayers(scoreGraph(graph), 'model.onnx')).toThrow(
    'model.onnx: the network takes signals along one axis, [32,1]; accepted: networks of volumes',
  );
});

it('steps of a norm that is computed at once are known as such', async () => {
  const steps = [
    { op: 'ReduceMean', inputs: ['x', 'axes'], outputs: ['m'] },
    { op: 'Sub', inputs: ['x', 'm'], outputs: ['c'] },
    { op: 'Pow', inputs: ['c', 'two'], outputs: ['q'] },
    { op: 'ReduceMean', inputs: ['q', 'axes'], outputs: ['v'] },
    { op: 'Add', inputs: ['v', 'small'], outputs: ['e'] },
    { op: 'Sqrt', inputs: ['e'], outputs: ['d'] },
    ...one('Div', ['c', 'd']),
  ];
  const weights: Weights = { axes: [[1], [-1]], two: [[], [2]], small: [[], [1e-5]] };
  const bytes = file(steps, [1, 1, 2, 4], weights, 18);
  const { graph } = await onnxGraph(bytes, 'model.onnx', async () => null);
  const { unread } = scoreGraph(graph);
  expect(unread.map(({ name }) => name)).toEqual(expect.arrayContaining(['m', 'c', 'q', 'v']));
});
