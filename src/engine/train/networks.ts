import { tfl } from '../tf.ts';

export const NETWORKS = ['cnn-1', 'cnn-2'] as const;
export type NetworkName = (typeof NETWORKS)[number];

export interface NetworkOptions {
  readonly name: NetworkName;
  readonly classes: number;
  /** Decides the initial weights. */
  readonly seed: number;
  /** Voxels along each edge of the input; 40 in the paper. */
  readonly box?: number;
  /** Where the biases of the dense layers start; 0 by default. */
  readonly biasStart?: number;
}

/** A network to train: `model` ends in the softmax, `logits` shares its layers and ends before it. */
export interface TrainableNetwork {
  readonly options: Required<Omit<NetworkOptions, 'biasStart'>>;
  readonly model: tfl.LayersModel;
  readonly logits: tfl.LayersModel;
}

/**
 * CNN-1 and CNN-2 of the Respond-CAM paper, layers named as there: 3x3x3 convolutions of 32, 32, 64 and
 * 64 filters in two blocks with max-pooling, two dense layers of 512, Glorot uniform weights. CNN-2
 * averages its input over 2x2x2 voxels first.
 */
export function buildNetwork(options: NetworkOptions): TrainableNetwork {
  const { name, classes, seed, box = 40, biasStart = 0 } = options;
  let drawn = 0;
  const glorot = () => tfl.initializers.glorotUniform({ seed: seed * 1000 + drawn++ });
  const conv = (layer: string, filters: number) =>
    tfl.layers.conv3d({
      name: layer,
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: glorot(),
    });
  const pool = (layer: string) =>
    tfl.layers.maxPooling3d({ name: layer, poolSize: [2, 2, 2], strides: [2, 2, 2] });
  const dense = (layer: string, units: number, activation: 'relu' | 'linear') =>
    tfl.layers.dense({
      name: layer,
      units,
      activation,
      kernelInitializer: glorot(),
      biasInitializer: tfl.initializers.constant({ value: biasStart }),
    });

  const input = tfl.input({ shape: [box, box, box, 1], name: 'input' });
  const averaged = tfl.layers.averagePooling3d({
    name: 'prepooling',
    poolSize: [2, 2, 2],
    strides: [2, 2, 2],
  });
  const layers = [
    ...(name === 'cnn-2' ? [averaged] : []),
    conv('conv1', 32),
    conv('conv2', 32),
    pool('maxpool1'),
    conv('conv3', 64),
    conv('conv4', 64),
    pool('maxpool2'),
    tfl.layers.flatten({ name: 'flatten' }),
    dense('fc1', 512, 'relu'),
    dense('fc2', 512, 'relu'),
    dense('fc3', classes, 'linear'),
  ];
  const scores = layers.reduce((x, layer) => layer.apply(x) as tfl.SymbolicTensor, input);
  const softmax = tfl.layers.activation({ name: 'softmax', activation: 'softmax' });
  return {
    options: { name, classes, seed, box },
    model: tfl.model({ name, inputs: input, outputs: softmax.apply(scores) as tfl.SymbolicTensor }),
    logits: tfl.model({ name: `${name}-logits`, inputs: input, outputs: scores }),
  };
}
