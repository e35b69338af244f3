import { freshGraph, type Initial, KerasWriter } from '../../src/engine/formats/keras/writer.ts';
import type { Graph } from '../../src/engine/graph/types.ts';
import { heNormal } from '../../src/engine/train/initial.ts';
import { trainedTopology } from '../../src/engine/train/networks.ts';

export const CLASSES = 23;
export const NETWORKS = ['cnn-2', 'cnn-1', 'resnet-18', 'u-net'] as const;
export type NetworkId = (typeof NETWORKS)[number];

/** Those that `train` knows; the others are only explained. */
export const isTrained = (id: NetworkId) => id === 'cnn-1' || id === 'cnn-2';

/** Titles and the layer whose maps of all classes are asked for. */
export const ABOUT: Readonly<Record<NetworkId, { title: string; layer: string }>> = {
  'cnn-2': { title: 'CNN-2', layer: 'maxpool2' },
  'cnn-1': { title: 'CNN-1', layer: 'maxpool2' },
  'resnet-18': { title: '3D ResNet-18', layer: 'stage4-2' },
  'u-net': { title: '3D U-Net', layer: 'bottom-2' },
};

/** What is run: a whole network, CNN-1's convolutions at another box size, one convolution, one product. */
export type Spec =
  | { readonly kind: 'network'; readonly id: NetworkId }
  | { readonly kind: 'features'; readonly box: number }
  | { readonly kind: 'conv'; readonly box: number; readonly cin: number; readonly cout: number }
  | { readonly kind: 'product'; readonly size: number };

export function specName(spec: Spec): string {
  if (spec.kind === 'network') return spec.id;
  if (spec.kind === 'features') return `features-${spec.box}`;
  if (spec.kind === 'conv') return `conv-${spec.cin}-${spec.cout}-${spec.box}`;
  return `product-${spec.size}`;
}

/** A network with random weights; its output is the scores, without a softmax where the bench builds it. */
export function buildSpec(spec: Spec): { topology: object; graph: Graph } {
  const topology = topologyOf(spec);
  // A weight is asked for once by each format that the network is written in, and has to stay the same.
  const seeds = new Map<string, number>();
  const initial: Initial = (layer, { name, shape }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    if (name === 'kernel') {
      const seed = seeds.get(layer) ?? seeds.size + 1;
      seeds.set(layer, seed);
      return heNormal(shape, seed);
    }
    return new Float32Array(size).fill(/^(gamma|moving_variance)$/.test(name) ? 1 : 0);
  };
  return { topology, graph: freshGraph(topology, initial, specName(spec)) };
}

function topologyOf(spec: Spec): object {
  if (spec.kind === 'network' && (spec.id === 'cnn-1' || spec.id === 'cnn-2'))
    return trainedTopology({ name: spec.id, classes: CLASSES, seed: 1, box: 40, biasStart: 0 });
  const maker = new Maker(specName(spec));
  if (spec.kind === 'network')
    return maker.topology(spec.id === 'u-net' ? uNet(maker) : resnet18(maker));
  if (spec.kind === 'features') {
    const input = maker.input([spec.box, spec.box, spec.box, 1]);
    let x = maker.conv(maker.conv(input, 32, { relu: true }), 32, { relu: true });
    x = maker.conv(maker.conv(maker.halve(x), 64, { relu: true }), 64, { relu: true });
    return maker.topology(maker.halve(x));
  }
  if (spec.kind === 'conv') {
    const input = maker.input([spec.box, spec.box, spec.box, spec.cin]);
    return maker.topology(maker.conv(input, spec.cout, { relu: true }));
  }
  const input = maker.input([spec.size]);
  return maker.topology(maker.add('Dense', { units: spec.size, use_bias: false }, input));
}

/** Direct multiply-adds of a convolution or product for one sample, times two. */
export function operations(spec: Spec): number {
  if (spec.kind === 'conv') return 2 * 27 * spec.cin * spec.cout * spec.box ** 3;
  if (spec.kind === 'product') return 2 * spec.size ** 2;
  throw new Error(`${specName(spec)} is not one operation`);
}

interface ConvOptions {
  readonly relu?: boolean;
  readonly name?: string;
  readonly size?: number;
  readonly stride?: number;
  readonly bias?: boolean;
}

class Maker extends KerasWriter {
  conv(x: string, filters: number, options: ConvOptions = {}): string {
    const { relu = false, name, size = 3, stride = 1, bias = true } = options;
    const config = {
      ...{ name, filters, padding: 'same', use_bias: bias },
      kernel_size: [size, size, size],
      strides: [stride, stride, stride],
      activation: relu ? 'relu' : 'linear',
    };
    return this.add('Conv3D', config, x);
  }

  /** Convolution without bias, batch normalisation and, unless another activation is given, ReLU. */
  normalised(x: string, filters: number, options: ConvOptions = {}): string {
    const { name, relu = true } = options;
    const inner = { ...options, name: name && `${name}-conv`, relu: false, bias: false };
    const y = this.add('BatchNormalization', {}, this.conv(x, filters, inner));
    return relu ? this.relu(y, name) : y;
  }

  relu(x: string, name?: string): string {
    return this.add('Activation', { activation: 'relu', name }, x);
  }

  halve(x: string, size: 2 | 3 = 2): string {
    const padding = size === 3 ? 'same' : 'valid';
    const config = { pool_size: [size, size, size], strides: [2, 2, 2], padding };
    return this.add('MaxPooling3D', config, x);
  }

  double(x: string, filters: number): string {
    const config = { filters, kernel_size: [2, 2, 2], strides: [2, 2, 2] };
    return this.add('Conv3DTranspose', config, x);
  }

  scores(x: string): string {
    return this.add('GlobalAveragePooling3D', { name: 'average' }, x);
  }
}

/** ResNet-18 (He et al. 2016) with 3D kernels: stem 7x7x7 stride 2, four stages of two blocks, 64 to 512 channels. */
function resnet18(maker: Maker): string {
  const input = maker.input([40, 40, 40, 1]);
  let x = maker.halve(maker.normalised(input, 64, { size: 7, stride: 2, name: 'stem' }), 3);
  for (const [stage, filters] of [64, 128, 256, 512].entries()) {
    for (const block of [1, 2]) {
      const stride = stage > 0 && block === 1 ? 2 : 1;
      const inner = maker.normalised(x, filters, { stride });
      const residual = maker.normalised(inner, filters, { relu: false });
      const straight =
        stride === 1 ? x : maker.normalised(x, filters, { size: 1, stride, relu: false });
      x = maker.relu(maker.add('Add', {}, residual, straight), `stage${stage + 1}-${block}`);
    }
  }
  return maker.add('Dense', { units: CLASSES }, maker.scores(x));
}

/**
 * A small 3D U-Net (Çiçek et al. 2016): 16, 32 and 64 channels, transposed convolutions on the way up, one
 * map per class. A class's score is the mean of its map, so that it can be explained (as in Seg-Grad-CAM).
 */
function uNet(maker: Maker): string {
  const input = maker.input([40, 40, 40, 1]);
  const pair = (x: string, filters: number, name: string) =>
    maker.normalised(maker.normalised(x, filters, { name: `${name}-1` }), filters, {
      name: `${name}-2`,
    });
  const fine = pair(input, 16, 'down1');
  const middle = pair(maker.halve(fine), 32, 'down2');
  const bottom = pair(maker.halve(middle), 64, 'bottom');
  const join = (x: string, skip: string, filters: number) =>
    maker.add('Concatenate', { axis: -1 }, maker.double(x, filters), skip);
  const up = pair(join(bottom, middle, 32), 32, 'up2');
  const last = pair(join(up, fine, 16), 16, 'up1');
  const maps = maker.conv(last, CLASSES, { size: 1, name: 'maps' });
  return maker.scores(maps);
}
