import { type Network, networkOf } from '../explain/network.ts';
import { freshGraph, KerasWriter } from '../formats/keras/writer.ts';
import { scoreGraph } from '../graph/scores.ts';
import type { Constant } from '../graph/types.ts';
import { tf } from '../tf.ts';
import { glorotUniform } from './initial.ts';

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

/** A weight that is trained, as it is saved. */
export interface Parameter extends Pick<Constant, 'name' | 'shape'> {
  /** The layer it belongs to. */
  readonly layer: string;
  readonly variable: tf.Variable;
}

/** A network to train: `network` ends before the softmax with which `topology` ends. */
export interface TrainableNetwork {
  readonly options: Required<NetworkOptions>;
  /** As it is saved. */
  readonly topology: object;
  readonly network: Network;
  readonly parameters: readonly Parameter[];
  dispose(): void;
}

/** Puts the initial weights on the current backend. */
export function buildNetwork(given: NetworkOptions): TrainableNetwork {
  const options = { box: 40, biasStart: 0, ...given };
  const topology = trainedTopology(options);
  const seeds = kernelSeeds(options.seed);
  const initial = (
    layer: string,
    { name, shape }: Parameters<Parameters<typeof freshGraph>[1]>[1],
  ) => {
    if (name === 'kernel') return glorotUniform(shape, seeds[layer]);
    const start = /^fc\d$/.test(layer) ? options.biasStart : 0;
    return new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(start);
  };
  const graph = scoreGraph(freshGraph(topology, initial, options.name));
  const variables = graph.constants.map(({ shape, values }) =>
    tf.tidy(() => tf.variable(tf.tensor(values(), [...shape]))),
  );
  const dispose = () => tf.dispose(variables);
  const network = networkOf(graph, { tensors: new Map(variables.entries()), dispose });
  const parameters = graph.constants.map(({ name, shape }, id) => ({
    ...{ name, shape, variable: variables[id] },
    layer: name.slice(0, name.lastIndexOf('/')),
  }));
  return { options, topology, network, parameters, dispose };
}

const KERNELS = ['conv1', 'conv2', 'conv3', 'conv4', 'fc1', 'fc2', 'fc3'] as const;

function kernelSeeds(seed: number): Readonly<Record<string, number>> {
  return Object.fromEntries(KERNELS.map((layer, drawn) => [layer, seed * 1000 + drawn]));
}

/**
 * CNN-1 and CNN-2 of the Respond-CAM paper, layers named as there: 3x3x3 convolutions of 32, 32, 64 and
 * 64 filters in two blocks with max-pooling, two dense layers of 512, Glorot uniform weights. CNN-2
 * averages its input over 2x2x2 voxels first.
 */
export function trainedTopology({
  name,
  classes,
  seed,
  box,
  biasStart,
}: Required<NetworkOptions>): object {
  const seeds = kernelSeeds(seed);
  const glorot = (layer: string) => ({
    class_name: 'VarianceScaling',
    config: { scale: 1, mode: 'fan_avg', distribution: 'uniform', seed: seeds[layer] },
  });
  const zeros = { class_name: 'Zeros', config: {} };
  const conv = (layer: string, filters: number) =>
    [
      'Conv3D',
      {
        filters,
        kernel_initializer: glorot(layer),
        kernel_regularizer: null,
        kernel_constraint: null,
        kernel_size: [3, 3, 3],
        strides: [1, 1, 1],
        padding: 'same',
        data_format: 'channels_last',
        dilation_rate: [1, 1, 1],
        activation: 'relu',
        use_bias: true,
        bias_initializer: zeros,
        bias_regularizer: null,
        activity_regularizer: null,
        bias_constraint: null,
        name: layer,
      },
    ] as const;
  const pool = (className: string, layer: string) =>
    [
      className,
      {
        pool_size: [2, 2, 2],
        padding: 'valid',
        strides: [2, 2, 2],
        data_format: 'channels_last',
        name: layer,
      },
    ] as const;
  const start = { class_name: 'Constant', config: { value: biasStart } };
  const dense = (layer: string, units: number, activation: 'relu' | 'linear') =>
    [
      'Dense',
      {
        units,
        activation,
        use_bias: true,
        kernel_initializer: glorot(layer),
        bias_initializer: biasStart === 0 ? zeros : start,
        kernel_regularizer: null,
        bias_regularizer: null,
        activity_regularizer: null,
        kernel_constraint: null,
        bias_constraint: null,
        name: layer,
      },
    ] as const;
  const writer = new KerasWriter(name);
  const output = writer.chain(
    writer.input([box, box, box, 1]),
    ...(name === 'cnn-2' ? [pool('AveragePooling3D', 'prepooling')] : []),
    conv('conv1', 32),
    conv('conv2', 32),
    pool('MaxPooling3D', 'maxpool1'),
    conv('conv3', 64),
    conv('conv4', 64),
    pool('MaxPooling3D', 'maxpool2'),
    ['Flatten', { name: 'flatten' }],
    dense('fc1', 512, 'relu'),
    dense('fc2', 512, 'relu'),
    dense('fc3', classes, 'linear'),
    ['Activation', { activation: 'softmax', name: 'softmax' }],
  );
  return writer.topology(output);
}

/** Numbers that are trained. */
export function parameterCount({ parameters }: TrainableNetwork): number {
  return parameters.reduce((sum, { variable }) => sum + variable.size, 0);
}
