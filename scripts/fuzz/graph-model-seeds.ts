const text = (value: string) => ({ s: btoa(value) });
const list = (...i: number[]) => ({ list: { i: i.map(String) } });
const node = (name: string, op: string, input: string[] = [], attr: object = {}) => ({
  ...{ name, op, input, attr },
});

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whole numbers; those of the others are 0, as only their count matters. */
  readonly values?: readonly number[];
}

const WEIGHTS: readonly Weight[] = [
  { name: 'kernel', shape: [3, 3, 1, 2] },
  { name: 'bias', shape: [2] },
  { name: 'each', shape: [2, 2, 2, 1] },
  { name: 'mean', shape: [2] },
  { name: 'shape', shape: [2], values: [-1, 128] },
  { name: 'sizes', shape: [2], values: [8, 8] },
  { name: 'dense', shape: [128, 3] },
];

export const GRAPH_WEIGHTS = new Uint8Array(
  Int32Array.from(
    WEIGHTS.flatMap(({ shape, values }) => values ?? Array(shape.reduce((a, b) => a * b)).fill(0)),
  ).buffer,
);

const window = (...strides: number[]) => ({
  strides: list(...strides),
  padding: text('SAME'),
  data_format: text('NHWC'),
});

/** A frozen graph of TensorFlow's with the operators that image networks are made of. */
export const GRAPH_MODEL = {
  format: 'graph-model',
  signature: { outputs: { y: { name: 'y:0' } } },
  modelTopology: {
    node: [
      ...WEIGHTS.map(({ name }) => node(name, 'Const')),
      node('x', 'Placeholder', [], {
        shape: { shape: { dim: [{ size: '-1' }, { size: '16' }, { size: '16' }, { size: '1' }] } },
      }),
      node('c', '_FusedConv2D', ['x', 'kernel', 'bias'], {
        ...window(1, 2, 2, 1),
        fused_ops: { list: { s: [btoa('BiasAdd'), btoa('Relu6')] } },
      }),
      node('d', 'DepthwiseConv2dNative', ['c', 'each'], window(1, 1, 1, 1)),
      node('n', 'FusedBatchNormV3', ['d', 'bias', 'bias', 'mean', 'bias'], {
        epsilon: { f: 1e-3 },
      }),
      node('p', 'MaxPool', ['n'], { ...window(1, 2, 2, 1), ksize: list(1, 2, 2, 1) }),
      node('u', 'ResizeBilinear', ['p', 'sizes'], { half_pixel_centers: { b: true } }),
      node('a', 'AddV2', ['u', 'c']),
      node('r', 'Reshape', ['a', 'shape']),
      node('m', 'MatMul', ['r', 'dense'], { transpose_a: { b: false }, transpose_b: { b: false } }),
      node('y', 'Softmax', ['m']),
    ],
  },
  weightsManifest: [
    {
      paths: ['weights.bin'],
      weights: WEIGHTS.map(({ name, shape, values }) => ({
        ...{ name, shape, dtype: values ? 'int32' : 'float32' },
      })),
    },
  ],
};
