import { describe, expect, it } from 'vitest';
import { kerasGraph } from './build.ts';
import type { KerasWeights } from './weights.ts';

/** Has every weight in every shape that is asked for: what is tested here is the topology. */
function anyWeights(shapes: Readonly<Record<string, readonly number[]>>): KerasWeights {
  return {
    find(path, { name }) {
      const key = `${path.at(-1)?.name}/${name}`;
      const shape = shapes[key];
      if (!shape) return undefined;
      const size = shape.reduce((a, b) => a * b, 1);
      return { name: key, shape, values: () => new Float32Array(size).fill(1) };
    },
  };
}

const NONE = anyWeights({});
const layer = (
  class_name: string,
  name: string,
  config: object,
  ...from: (string | number)[][]
) => ({
  class_name,
  name,
  config: { name, ...config },
  inbound_nodes: from.map((operands) => {
    const refs: unknown[] = [];
    for (let i = 0; i < operands.length; i += 2) refs.push([operands[i], operands[i + 1], 0, {}]);
    return refs;
  }),
});
const input = (name: string, shape: unknown[]) =>
  layer('InputLayer', name, { batch_input_shape: [null, ...shape] });
const model = (layers: object[], output: string, inputs = ['x'], call = 0, name = 'net') => ({
  class_name: 'Model',
  config: {
    name,
    layers,
    input_layers: inputs.map((one) => [one, 0, 0]),
    output_layers: [[output, call, 0]],
  },
});
const relu = (name: string, ...from: (string | number)[][]) =>
  layer('Activation', name, { activation: 'relu' }, ...from);
const graph = (topology: unknown, weights = NONE) => kerasGraph(topology, weights, 'model.json');

describe('a Keras topology that is not right', () => {
  it.each<[string, unknown, RegExp]>([
    [
      'names a layer that there is not',
      model([input('x', [4]), relu('a', ['y', 0])], 'a'),
      /layer a takes the output of layer y, which there is not/,
    ],
    [
      'uses a layer more often than it is',
      model([input('x', [4]), relu('a', ['x', 1])], 'a'),
      /output 0 of use 1 of layer x, which has 1 uses/,
    ],
    [
      'has a cycle',
      model([input('x', [4]), relu('a', ['b', 0]), relu('b', ['a', 0])], 'b'),
      /layers b and a take each other's output/,
    ],
    [
      'takes its own output',
      model([input('x', [4]), relu('a', ['a', 0])], 'a'),
      /take each other's output/,
    ],
    [
      'has two layers of a name',
      model([input('x', [4]), relu('a', ['x', 0]), relu('a', ['x', 0])], 'a'),
      /two layers are called a/,
    ],
    ['has no layers', model([], 'a'), /lists no layers/],
    [
      'has an input of negative size',
      model([input('x', [-4]), relu('a', ['x', 0])], 'a'),
      /shape \[-4\]/,
    ],
    ['has an absurd input', model([input('x', [1e9, 1e9]), relu('a', ['x', 0])], 'a'), /at most/],
    ['has words for sizes', model([input('x', ['a']), relu('a', ['x', 0])], 'a'), /batch_shape/],
    [
      'leaves its input size open',
      model([input('x', [null, 4]), relu('a', ['x', 0])], 'a'),
      /input size open, \[any,4\]/,
    ],
    [
      'has a layer without operands',
      model([input('x', [4]), layer('Activation', 'a', {}, [])], 'a'),
      /layer a takes nothing/,
    ],
    ['is a list', [], /names no model class/],
    ['is nothing', null, /names no model class/],
    ['is another model', { class_name: 'Net', config: {} }, /accepted: Sequential and functional/],
  ])('%s', (_what, topology, message) => {
    expect(() => graph(topology)).toThrow(message);
  });

  it('nests models without end', () => {
    let inner: object = { class_name: 'Sequential', config: { layers: [input('x', [4])] } };
    for (let depth = 0; depth < 200; depth++)
      inner = { class_name: 'Sequential', config: { name: `m${depth}`, layers: [inner] } };
    expect(() => graph(inner)).toThrow(/nested more than 32 deep/);
  });

  it('applies shared models ever more often', () => {
    let inner: object = model([input('x', [4]), relu('r', ['x', 0])], 'r');
    for (let depth = 0; depth < 25; depth++) {
      const twice = {
        ...inner,
        name: 'inner',
        inbound_nodes: [[['x', 0, 0, {}]], [['inner', 0, 0, {}]]],
      };
      inner = model([input('x', [4]), twice], 'inner', ['x'], 1, `m${depth}`);
    }
    expect(() => graph(inner)).toThrow(/applied too often|more than \d+ nodes/);
  });

  it.each([
    {
      module: 'keras.dtype_policies',
      class_name: 'QuantizedDTypePolicy',
      config: { mode: 'int8' },
    },
    'int8_from_float32',
  ])('names layers that were quantised', (dtype) => {
    const layers = [input('x', [4]), layer('Dense', 'd', { units: 2, dtype }, ['x', 0])];
    expect(() => graph(model(layers, 'd'))).toThrow(/a quantised network.*: layers d; accepted/);
  });

  it('names all layers that are not known, and never runs code', () => {
    const layers = [
      input('x', [4]),
      layer('Lambda', 'f', {}, ['x', 0]),
      layer('LSTM', 'l', {}, ['f', 0]),
    ];
    expect(() => graph(model(layers, 'l'))).toThrow(
      /layers f \(Lambda\), l \(LSTM\) are not supported \(the code of a Lambda layer is never run\)/,
    );
  });

  it('names layer and value of what cannot be read', () => {
    const conv = (config: object) =>
      model(
        [
          input('x', [4, 4, 1]),
          layer('Conv2D', 'c', { filters: 2, kernel_size: 3, ...config }, ['x', 0]),
        ],
        'c',
      );
    expect(() => graph(conv({ filters: 1e12 }))).toThrow(
      /layer c \(Conv2D\) has filters 1000000000000/,
    );
    expect(() => graph(conv({ padding: 'full' }))).toThrow(/padding "full"; accepted: valid, same/);
    const weights = anyWeights({ 'c/kernel': [3, 3, 1, 2], 'c/bias': [2] });
    expect(() => graph(conv({ activation: 'sparsemax' }), weights)).toThrow(
      /activation "sparsemax"/,
    );
    expect(() => graph(conv({ kernel_size: 2000 }), weights)).toThrow(
      /weight kernel of layer c has shape \[3,3,1,2\], not \[2000,2000,1,2\]/,
    );
    expect(() => graph(conv({}))).toThrow(/layer c has no weight kernel/);
  });
});

describe('a Keras network', () => {
  it('of Keras 3 is read with batch_shape, modules and inputs given by history', () => {
    const tensor = (name: string) => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 4], dtype: 'float32', keras_history: [name, 0, 0] },
    });
    const topology = {
      keras_version: '3.8.0',
      model_config: {
        module: 'keras.src.models.functional',
        class_name: 'Functional',
        config: {
          name: 'net',
          dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } },
          layers: [
            {
              class_name: 'InputLayer',
              config: { batch_shape: [null, 4], name: 'x' },
              name: 'x',
              inbound_nodes: [],
            },
            {
              ...{
                module: 'keras.layers',
                class_name: 'Activation',
                name: 'a',
                registered_name: null,
              },
              config: { name: 'a', activation: 'hard_sigmoid' },
              inbound_nodes: [{ args: [tensor('x')], kwargs: {} }],
            },
            {
              ...{ module: 'keras.layers', class_name: 'Add', name: 's', registered_name: null },
              config: { name: 's' },
              inbound_nodes: [{ args: [[tensor('x'), tensor('a')]], kwargs: {} }],
            },
          ],
          input_layers: ['x', 0, 0],
          output_layers: ['s', 0, 0],
        },
      },
    };
    const { nodes } = graph(topology);
    expect(nodes.map(({ name }) => name)).toEqual(['x', 'a', 's']);
    expect(nodes[1].attributes).toMatchObject({ slope: 1 / 6 });
    expect(nodes[2].inputs).toEqual([0, 1]);
  });

  it('has layers of nested models under both names, and second uses counted', () => {
    const inner = {
      ...model(
        [input('in', [4]), layer('Dense', 'fc', { units: 4, activation: 'relu' }, ['in', 0])],
        'fc',
        ['in'],
      ),
      name: 'encoder',
      inbound_nodes: [[['x', 0, 0, {}]], [['encoder', 0, 0, {}]]],
    };
    const topology = model([input('x', [4]), inner], 'encoder', ['x'], 1);
    const { nodes, constants } = graph(
      topology,
      anyWeights({ 'fc/kernel': [4, 4], 'fc/bias': [4] }),
    );
    expect(nodes.filter(({ partOf }) => partOf === null).map(({ name }) => name)).toEqual([
      ...['x', 'encoder/fc', 'encoder/fc:1'],
    ]);
    expect(constants.map(({ name }) => name)).toEqual(['fc/kernel', 'fc/bias']);
  });

  it('with channels first is the same network with its channels last', () => {
    const first = { data_format: 'channels_first' };
    const layers = [
      input('x', [2, 5, 6]),
      layer('Conv2D', 'c', { filters: 3, kernel_size: 2, padding: 'same', ...first }, ['x', 0]),
      layer('BatchNormalization', 'bn', { axis: [1], scale: false, center: false }, ['c', 0]),
      layer('MaxPooling2D', 'p', { pool_size: [1, 2], ...first }, ['bn', 0]),
      layer('Flatten', 'f', {}, ['p', 0]),
    ];
    const weights = anyWeights({
      ...{ 'c/kernel': [2, 2, 2, 3], 'c/bias': [3] },
      ...{ 'bn/moving_mean': [3], 'bn/moving_variance': [3] },
    });
    const { nodes } = graph(model(layers, 'f'), weights);
    const shown = nodes.filter(({ partOf }) => partOf === null);
    expect(shown.map(({ shape }) => [...shape])).toEqual([
      ...[[5, 6, 2], [5, 6, 3], [5, 6, 3], [5, 3, 3], [45]],
    ]);
    expect(shown[3].declared).toEqual({
      kind: 'MaxPooling2D',
      shape: [3, 5, 3],
      layout: 'channels-first',
    });
    // Flattened in the file's order of axes.
    expect(nodes.at(-2)).toMatchObject({ op: 'transpose', attributes: { permutation: [2, 0, 1] } });
  });
});

describe('a network of Keras 1', () => {
  const conv = (dim_ordering: string) => ({
    ...{ nb_filter: 2, nb_row: 3, nb_col: 1, border_mode: 'same', subsample: [2, 1] },
    ...{ dim_ordering, bias: true, activation: 'relu', batch_input_shape: [null, 4, 6, 1] },
  });
  const network = (order: string) => ({
    keras_version: '1.2.2',
    model_config: {
      class_name: 'Sequential',
      config: [
        { class_name: 'Convolution2D', config: { name: 'c', ...conv(order) } },
        {
          class_name: 'MaxPooling2D',
          config: { name: 'p', pool_size: [2, 2], border_mode: 'valid' },
        },
        { class_name: 'Flatten', config: { name: 'f' } },
        { class_name: 'Dense', config: { name: 'd', output_dim: 3, bias: false } },
      ],
    },
  });
  const weights = anyWeights({ 'c/kernel': [3, 1, 1, 2], 'c/bias': [2], 'd/kernel': [6, 3] });

  it('is read by the names of that time', () => {
    const { nodes } = graph(network('tf'), weights);
    expect(nodes.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['c_input', 4, 6, 1],
      ['c (part 1)', 2, 6, 2],
      ['c', 2, 6, 2],
      ['p', 1, 3, 2],
      ['f', 6],
      ['d', 3],
    ]);
  });

  it('with its channels first is refused: nobody knows whether its kernels are mirrored', () => {
    expect(() => graph(network('th'), weights)).toThrow(
      /Keras 1.*mirrored.*saved again by Keras 2/,
    );
  });
});
