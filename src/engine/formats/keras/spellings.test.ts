import { beforeAll, describe, expect, it } from 'vitest';
import { createNodeEngine } from '../../node.ts';
import { evaluate } from '../../testing/evaluate.ts';
import { kerasGraph } from './build.ts';
import type { KerasWeights } from './weights.ts';

beforeAll(async () => {
  await createNodeEngine().selectBackend('wasm');
});

/** Weights of 1, 2, 3, … in any shape that is asked for. */
const counting: KerasWeights = {
  find: (path, { name, shape }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = () => Float32Array.from({ length: size }, (_, i) => i + 1);
    return { name: `${path.at(-1)?.name}/${name}`, shape, values };
  },
};

const network = (shape: readonly number[], last: object) => ({
  class_name: 'Functional',
  keras_version: '3.8.0',
  config: {
    name: 'net',
    layers: [
      {
        class_name: 'InputLayer',
        name: 'x',
        config: { name: 'x', batch_shape: [null, ...shape] },
        inbound_nodes: [],
      },
      { name: 'y', ...last },
    ],
    input_layers: ['x', 0, 0],
    output_layers: ['y', 0, 0],
  },
});

const tensor = {
  class_name: '__keras_tensor__',
  config: { shape: [], keras_history: ['x', 0, 0] },
};

/** A function of `keras.ops`, as Keras 3 writes its call. */
const keras3 = (name: string, args: unknown[], config: object = {}, kwargs: object = {}) => ({
  ...{ module: 'keras.src.ops.numpy', class_name: name, config: { name: 'y', ...config } },
  inbound_nodes: [{ args, kwargs }],
});
/** A function of TensorFlow, as Keras 2 writes its call. */
const keras2 = (called: string, node: unknown, class_name = 'TFOpLambda') => ({
  ...{ class_name, config: { name: 'y', trainable: true, function: called } },
  inbound_nodes: [node],
});
const layer = (class_name: string, config: object) => ({
  ...{ class_name, config: { name: 'y', trainable: true, ...config } },
  inbound_nodes: [[['x', 0, 0, {}]]],
});

function run(topology: object, x: readonly number[]): number[] {
  const graph = kerasGraph(topology, counting, 'model.keras');
  return [...evaluate(graph, Float32Array.from(x)).values].map((v) => Math.round(v * 1e5) / 1e5);
}

const X = [-2, -1, 0, 1, 2, 3];
const ellipsis = { class_name: '__ellipsis__', config: {} };
const slice = (start: number | null, stop: number | null, step: number | null = null) => ({
  class_name: '__slice__',
  config: { start, stop, step },
});

const sections = (indices_or_sections: number | number[], axis: number) => ({
  indices_or_sections,
  axis,
});

it.each<[string, object, number[]]>([
  ['x + 1.5', keras3('Add', [tensor, 1.5]), [-0.5, 0.5, 1.5, 2.5, 3.5, 4.5]],
  ['1 - x', keras3('Subtract', [1, tensor]), [3, 2, 1, 0, -1, -2]],
  ['x / 2', keras3('TrueDivide', [tensor, 2]), [-1, -0.5, 0, 0.5, 1, 1.5]],
  ['x ** 2', keras3('Power', [tensor, 2]), [4, 1, 0, 1, 4, 9]],
  ['maximum(x, 0.5)', keras3('Maximum', [tensor, 0.5]), [0.5, 0.5, 0.5, 1, 2, 3]],
  ['clip', keras3('Clip', [tensor], { x_min: -1, x_max: 2 }), [-1, -1, 0, 1, 2, 2]],
  ['mean over an axis', keras3('Mean', [tensor], { axis: [1], keepdims: false }), [-0.5, 0.5, 1.5]],
  ['sum of all, kept', keras3('Sum', [tensor], { axis: null, keepdims: true }), [3]],
  ['reshape', keras3('Reshape', [tensor], { newshape: [-1, 6] }), X],
  ['x[:, 1:]', keras3('GetItem', [tensor, [slice(null, null), slice(1, null)]]), [1, 2, 3]],
  [
    'x[:, 0, ::2]',
    keras3('GetItem', [tensor, [slice(null, null), 0, slice(null, null, 2)]]),
    [-2, 0],
  ],
  ['x[..., 1:]', keras3('GetItem', [tensor, [ellipsis, slice(1, null)]]), [-1, 0, 2, 3]],
  [
    'x[:, 1:, ...]',
    keras3('GetItem', [tensor, [slice(null, null), slice(1, null), ellipsis]]),
    [1, 2, 3],
  ],
  [
    'x[:, ..., 0, 1:]',
    keras3('GetItem', [tensor, [slice(null, null), ellipsis, 0, slice(1, null)]]),
    [-1, 0],
  ],
  [
    'pad',
    keras3('Pad', [tensor], {
      pad_width: [
        [0, 0],
        [1, 0],
        [0, 0],
      ],
      mode: 'constant',
    }),
    [0, 0, 0, ...X],
  ],
  ['concatenate', keras3('Concatenate', [[tensor, tensor]], { axis: 1 }), [...X, ...X]],
  [
    'without a module, in HDF5',
    { ...keras3('Add', [tensor, 1]), module: undefined },
    [-1, 0, 1, 2, 3, 4],
  ],
  ['tf x * 2', keras2('math.multiply', ['x', 0, 0, { y: 2, name: null }]), [-4, -2, 0, 2, 4, 6]],
  [
    'tf 1 - x',
    keras2('math.subtract', ['_CONSTANT_VALUE', -1, 1, { y: ['x', 0, 0] }]),
    [3, 2, 1, 0, -1, -2],
  ],
  ['tf relu', keras2('nn.relu', ['x', 0, 0, { name: null }]), [0, 0, 0, 1, 2, 3]],
  [
    'tf concat',
    keras2('concat', [
      ['x', 0, 0, { axis: 1 }],
      ['x', 0, 0, { axis: 1 }],
    ]),
    [...X, ...X],
  ],
  [
    'tf reduce_mean',
    keras2('math.reduce_mean', ['x', 0, 0, { axis: [1], keepdims: false }]),
    [-0.5, 0.5, 1.5],
  ],
  [
    'tf clip',
    keras2('clip_by_value', ['x', 0, 0, { clip_value_min: -1, clip_value_max: 2 }]),
    [-1, -1, 0, 1, 2, 2],
  ],
  [
    'tf x[:, 1]',
    keras2(
      '__operators__.getitem',
      ['x', 0, 0, { slice_spec: [{ start: null, stop: null, step: null }, 1] }],
      'SlicingOpLambda',
    ),
    [1, 2, 3],
  ],
])('the function %s', (_name, call, wanted) => {
  expect(run(network([2, 3], call), X)).toEqual(wanted);
});

it.each<[string, object[]]>([
  ['two axes too many', [slice(null, null), ellipsis, slice(1, 2), slice(1, 2), slice(1, 2)]],
  ['another object', [slice(null, null), { class_name: '__numpy__', config: { value: [1] } }]],
])('places of an axis are refused: %s', (_, places) => {
  const call = keras3('GetItem', [tensor, places]);
  expect(() => run(network([2, 3], call), X)).toThrow(/accepted: ranges that go forward/);
});

describe('functions with several outputs', () => {
  const output = (index: number) => ({
    class_name: '__keras_tensor__',
    config: { shape: [], keras_history: ['parts', 0, index] },
  });
  /** The network's outputs are those of the first call, in this order, joined along the first axis. */
  const joined = (call: object, indices: readonly number[]) => {
    const topology = network(
      [2, 3],
      keras3('Concatenate', [indices.map((index) => output(index))], { axis: 1 }),
    );
    topology.config.layers.push({ ...call, name: 'parts' } as never);
    return topology;
  };

  it.each<[string, object, number[], number[]]>([
    ['equal pieces', keras3('Split', [tensor], sections(2, 1)), [1, 0], [1, 2, 3, -2, -1, 0]],
    ['pieces from places on', keras3('Split', [tensor], sections([1], 2)), [0], [-2, 1]],
    ['the piece behind', keras3('Split', [tensor], sections([1], 2)), [1], [-1, 0, 2, 3]],
    ['the longer piece first', keras3('ArraySplit', [tensor], sections(2, -1)), [1], [0, 3]],
    [
      'places apart',
      keras3('Unstack', [tensor], { num: null, axis: 1 }),
      [1, 0],
      [1, 2, 3, -2, -1, 0],
    ],
    [
      'tf.split by sizes',
      keras2('split', ['x', 0, 0, { num_or_size_splits: [1, -1], axis: -1 }]),
      [1],
      [-1, 0, 2, 3],
    ],
    ['tf.unstack', keras2('unstack', ['x', 0, 0, { axis: 2 }]), [2, 0], [0, 3, -2, 1]],
  ])('%s', (_name, call, indices, wanted) => {
    expect(run(joined(call, indices), X)).toEqual(wanted);
  });

  it('are called after their place', () => {
    const graph = kerasGraph(
      joined(keras3('Split', [tensor], sections(2, 1)), [0, 1]),
      counting,
      'model.keras',
    );
    expect(graph.nodes.map(({ name }) => name)).toEqual(['x', 'parts[0]', 'parts[1]', 'y']);
  });

  it.each<[string, object, RegExp]>([
    [
      'pieces that do not fill the axis',
      keras2('split', ['x', 0, 0, { num_or_size_splits: [1, 1], axis: 2 }]),
      /num_or_size_splits \[1,1\]; accepted: pieces of an axis of 3, none of them empty/,
    ],
    [
      'pieces of the batch',
      keras3('Split', [tensor], sections(1, 0)),
      /has axis 0; accepted: axes behind the batch, 1 to 2 or -2 to -1/,
    ],
    [
      'one output of what has more in Keras',
      layer('Dense', { units: 3 }),
      /layer y takes output 1 of layer parts \(Dense\), which has 1 here/,
    ],
    [
      'a function without a row',
      keras3('Moments', [tensor], { axes: [1] }),
      /layers parts \(ops\.Moments\) are not supported/,
    ],
  ])('are refused: %s', (_name, call, message) => {
    expect(() => run(joined(call, [0, 1]), X)).toThrow(message);
  });
});

it('a function that there is no row for is named', () => {
  expect(() => run(network([2, 3], keras2('signal.fft', ['x', 0, 0, {}])), X)).toThrow(
    /layers y \(ops\.tf\.signal\.fft\) are not supported/,
  );
});

describe('layers along axes of the file, whatever the layout inside', () => {
  const statistics = { mean: [[1, 2]], variance: [[4, 4]] };
  it.each<[string, number[], object, number[]]>([
    // gamma, beta, mean and variance are 1, 2, 3: (x - c) / sqrt(c) c + c, for c the index along the axis.
    [
      'batch norm along the first axis',
      [2, 3],
      layer('BatchNormalization', { axis: 1, epsilon: 0, gamma: 1 }),
      [-2, -1, 0, 1 * Math.SQRT2 - 2 * Math.SQRT2 + 2, 2, 3 * Math.SQRT2 - 2 * Math.SQRT2 + 2],
    ],
    [
      'given statistics along the first axis',
      [2, 3],
      layer('Normalization', { axis: 1, ...statistics }),
      [-1.5, -1, -0.5, -0.5, 0, 0.5],
    ],
    [
      'slopes shared along the first axis',
      [2, 3],
      layer('PReLU', { shared_axes: [1] }),
      [-2, -2, 0, 1, 2, 3],
    ],
  ])('%s', (_name, shape, one, wanted) => {
    expect(run(network(shape, one), X)).toEqual(wanted.map((v) => Math.round(v * 1e5) / 1e5));
  });

  it.each<[string, object]>([
    ['PReLU', { shared_axes: [2, 3] }],
    ['Rescaling', { scale: 2, offset: 1 }],
    ['LayerNormalization', { axis: [1, 2, 3] }],
    ['RMSNormalization', { axis: 1 }],
    ['Softmax', { axis: 1 }],
    ['BatchNormalization', { axis: -1 }],
    ['Permute', { dims: [1, 3, 2] }],
  ])('%s keeps the channels where the file has them', (name, config) => {
    const padding = { ...layer('ZeroPadding2D', { padding: 0, data_format: 'channels_first' }) };
    const topology = network([2, 3, 4], {
      ...layer(name, config),
      inbound_nodes: [[['pad', 0, 0, {}]]],
    });
    topology.config.layers.push({ ...padding, name: 'pad' } as never);
    const { nodes } = kerasGraph(topology, counting, 'model.keras');
    expect(nodes.at(-1)?.declared.layout).toBe('channels-first');
  });
});

it('output padding adds to what a convolution to this size pads', () => {
  const config = { filters: 1, kernel_size: 3, strides: 2, padding: 'same', output_padding: 1 };
  // [k0, k1, k2 + k0, k1, k2] without its last, and bias 1.
  expect(run(network([2, 1], layer('Conv1DTranspose', config)), [1, 1])).toEqual([2, 3, 5, 3]);
});
