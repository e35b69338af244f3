import { isObject, type Json } from './config.ts';

/** Begins the class of a function that was called on a layer's output: `keras.ops.add` is `ops.Add`, no layer `Add`. */
const PREFIX = 'ops.';

export const isOperation = (className: string) => className.startsWith(PREFIX);

interface TensorFlowFunction {
  /** Keras' class for the same function. */
  readonly name: string;
  /** Settings that Keras knows by another name. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Where TensorFlow's default differs. */
  readonly defaults?: Json;
}

const same = (names: Readonly<Record<string, string>>) =>
  Object.entries(names).map(([key, name]) => [key, { name }] as const);

/** TensorFlow's functions as `TFOpLambda` and `SlicingOpLambda` of Keras 2 name them, without `compat.v1.`. */
const TENSORFLOW: ReadonlyMap<string, TensorFlowFunction> = new Map<string, TensorFlowFunction>([
  ...['add', 'subtract', 'multiply', 'truediv', 'divide', 'pow', 'maximum', 'minimum'].flatMap(
    (word) => {
      const name =
        { truediv: 'Divide', pow: 'Power' }[word] ?? word[0].toUpperCase() + word.slice(1);
      return ['math.', '__operators__.', ''].map((where) => [where + word, { name }] as const);
    },
  ),
  ...same({
    ...{ '__operators__.sub': 'Subtract', '__operators__.mul': 'Multiply' },
    ...{ 'nn.relu': 'Relu', 'nn.relu6': 'Relu6', 'nn.silu': 'Silu', 'nn.swish': 'Silu' },
    ...{ 'nn.sigmoid': 'Sigmoid', 'math.sigmoid': 'Sigmoid', 'nn.tanh': 'Tanh' },
    ...{ 'math.tanh': 'Tanh', 'nn.elu': 'Elu', 'nn.selu': 'Selu', 'nn.softmax': 'Softmax' },
    ...{ 'nn.log_softmax': 'LogSoftmax', 'nn.softplus': 'Softplus', 'math.softplus': 'Softplus' },
    ...{ 'nn.softsign': 'Softsign', 'math.exp': 'Exp', 'math.log': 'Log', 'math.sqrt': 'Sqrt' },
    ...{ 'math.rsqrt': 'Rsqrt', 'math.square': 'Square', 'math.abs': 'Absolute' },
    ...{ 'math.negative': 'Negative', 'math.reciprocal': 'Reciprocal', 'linalg.matmul': 'Matmul' },
    ...{ 'math.reduce_mean': 'Mean', 'math.reduce_sum': 'Sum', 'math.reduce_max': 'Max' },
    ...{ 'math.reduce_min': 'Min', concat: 'Concatenate', expand_dims: 'ExpandDims' },
    ...{ squeeze: 'Squeeze', cast: 'Cast', identity: 'Identity' },
    ...{ split: 'Split', unstack: 'Unstack' },
    '__operators__.getitem': 'GetItem',
  }),
  ['nn.gelu', { name: 'Gelu', defaults: { approximate: false } }],
  ['nn.leaky_relu', { name: 'LeakyRelu', renamed: { alpha: 'negative_slope' } }],
  [
    'clip_by_value',
    { name: 'Clip', renamed: { clip_value_min: 'x_min', clip_value_max: 'x_max' } },
  ],
  ['reshape', { name: 'Reshape', renamed: { shape: 'newshape' } }],
  ['transpose', { name: 'Transpose', renamed: { perm: 'axes' } }],
  ['pad', { name: 'Pad', renamed: { paddings: 'pad_width' } }],
  ['image.resize', { name: 'Resize', renamed: { method: 'interpolation' } }],
  ...['math', 'linalg', 'nn'].map(
    (where) => [`${where}.l2_normalize`, { name: 'Normalize' }] as const,
  ),
]);

/** A layer of the file that stands for a function; undefined for any other. */
export function operationOf(
  json: Json,
  config: Json,
): { className: string; config: Json } | undefined {
  const { module, class_name: name, inbound_nodes: nodes } = json;
  const named = typeof module === 'string' && /^keras\.(src\.)?ops\./.test(module);
  // HDF5 files of Keras 3 name no module; but layers have a type of numbers or say whether they are trained.
  const called = module === undefined && Array.isArray(nodes) && isObject(nodes[0]);
  const isLayer = 'trainable' in config || ('dtype' in config && name !== 'Cast');
  if (named || (called && !isLayer)) return { className: `${PREFIX}${String(name)}`, config };
  if (name !== 'TFOpLambda' && name !== 'SlicingOpLambda') return undefined;
  const word = String(config.function ?? '').replace(/^compat\.v1\./, '');
  const found = TENSORFLOW.get(word);
  if (!found) return { className: `${PREFIX}tf.${word}`, config };
  const { function: _, ...rest } = config;
  return {
    className: PREFIX + found.name,
    config: { ...found.defaults, ...rest, renamed: found.renamed },
  };
}

/** Settings of a call in the words of Keras' functions. */
export function inKerasWords(config: Json): Json {
  const { renamed } = config;
  if (!isObject(renamed)) return config;
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [String(renamed[key] ?? key), value]),
  );
}
