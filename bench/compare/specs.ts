import { GlobalAveragePooling3D } from './global-pooling.ts';
import { tfl } from './layers.ts';

export const CLASSES = 23;
export const NETWORKS = ['cnn-2', 'cnn-1', 'resnet-18', 'u-net'] as const;
export type NetworkId = (typeof NETWORKS)[number];

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

type Tensor = tfl.SymbolicTensor;

/** The network with random weights; its output is the scores, without a softmax. */
export function buildSpec(spec: Spec): tfl.LayersModel {
  const maker = new Maker();
  if (spec.kind === 'network') {
    if (spec.id === 'resnet-18') return resnet18(maker);
    if (spec.id === 'u-net') return uNet(maker);
    return paperNetwork(maker, spec.id);
  }
  if (spec.kind === 'features') {
    const input = tfl.input({ shape: [spec.box, spec.box, spec.box, 1] });
    let x = maker.conv(maker.conv(input, 32, { relu: true }), 32, { relu: true });
    x = maker.conv(maker.conv(maker.halve(x), 64, { relu: true }), 64, { relu: true });
    return tfl.model({ inputs: input, outputs: maker.halve(x) });
  }
  if (spec.kind === 'conv') {
    const input = tfl.input({ shape: [spec.box, spec.box, spec.box, spec.cin] });
    return tfl.model({ inputs: input, outputs: maker.conv(input, spec.cout, { relu: true }) });
  }
  const input = tfl.input({ shape: [spec.size] });
  const output = tfl.layers
    .dense({ units: spec.size, useBias: false, kernelInitializer: maker.normal() })
    .apply(input) as Tensor;
  return tfl.model({ inputs: input, outputs: output });
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

/** Layers with weights that a seed decides. */
class Maker {
  private drawn = 0;

  normal() {
    return tfl.initializers.heNormal({ seed: ++this.drawn });
  }

  conv(x: Tensor, filters: number, options: ConvOptions = {}): Tensor {
    const { relu = false, name, size = 3, stride = 1, bias = true } = options;
    return tfl.layers
      .conv3d({
        name,
        filters,
        kernelSize: size,
        strides: stride,
        padding: 'same',
        useBias: bias,
        activation: relu ? 'relu' : 'linear',
        kernelInitializer: this.normal(),
      })
      .apply(x) as Tensor;
  }

  /** Convolution without bias, batch normalisation and, unless told otherwise, ReLU. */
  normalised(x: Tensor, filters: number, options: ConvOptions = {}): Tensor {
    const { name, relu = true } = options;
    const y = this.conv(x, filters, {
      ...options,
      name: name && `${name}-conv`,
      relu: false,
      bias: false,
    });
    const z = tfl.layers.batchNormalization().apply(y) as Tensor;
    return relu ? this.relu(z, name) : z;
  }

  relu(x: Tensor, name?: string): Tensor {
    return tfl.layers.activation({ activation: 'relu', name }).apply(x) as Tensor;
  }

  halve(x: Tensor, size: 2 | 3 = 2, name?: string): Tensor {
    return tfl.layers
      .maxPooling3d({
        name,
        poolSize: [size, size, size],
        strides: [2, 2, 2],
        padding: size === 3 ? 'same' : 'valid',
      })
      .apply(x) as Tensor;
  }

  double(x: Tensor, filters: number): Tensor {
    return tfl.layers
      .conv3dTranspose({ filters, kernelSize: 2, strides: 2, kernelInitializer: this.normal() })
      .apply(x) as Tensor;
  }

  scores(x: Tensor): Tensor {
    return new GlobalAveragePooling3D({ name: 'average' }).apply(x) as Tensor;
  }
}

/** CNN-1 or CNN-2 of the paper, without its softmax. */
function paperNetwork(maker: Maker, id: 'cnn-1' | 'cnn-2'): tfl.LayersModel {
  const input = tfl.input({ shape: [40, 40, 40, 1], name: 'input' });
  const pooled = tfl.layers.averagePooling3d({
    name: 'prepooling',
    poolSize: [2, 2, 2],
    strides: [2, 2, 2],
  });
  const conv = (x: Tensor, filters: number, name: string) =>
    maker.conv(x, filters, { relu: true, name });
  const first = id === 'cnn-2' ? (pooled.apply(input) as Tensor) : input;
  const block1 = conv(conv(first, 32, 'conv1'), 32, 'conv2');
  const block2 = conv(conv(maker.halve(block1, 2, 'maxpool1'), 64, 'conv3'), 64, 'conv4');
  let x = tfl.layers.flatten().apply(maker.halve(block2, 2, 'maxpool2')) as Tensor;
  for (const name of ['fc1', 'fc2', 'fc3']) {
    const activation = name === 'fc3' ? 'linear' : 'relu';
    const units = name === 'fc3' ? CLASSES : 512;
    const options = { name, units, kernelInitializer: maker.normal() };
    x = tfl.layers.dense({ ...options, activation }).apply(x) as Tensor;
  }
  return tfl.model({ name: id, inputs: input, outputs: x });
}

/** ResNet-18 (He et al. 2016) with 3D kernels: stem 7x7x7 stride 2, four stages of two blocks, 64 to 512 channels. */
function resnet18(maker: Maker): tfl.LayersModel {
  const input = tfl.input({ shape: [40, 40, 40, 1], name: 'input' });
  let x = maker.halve(maker.normalised(input, 64, { size: 7, stride: 2, name: 'stem' }), 3);
  for (const [stage, filters] of [64, 128, 256, 512].entries()) {
    for (const block of [1, 2]) {
      const stride = stage > 0 && block === 1 ? 2 : 1;
      const inner = maker.normalised(x, filters, { stride });
      const residual = maker.normalised(inner, filters, { relu: false });
      const straight =
        stride === 1 ? x : maker.normalised(x, filters, { size: 1, stride, relu: false });
      const sum = tfl.layers.add().apply([residual, straight]) as Tensor;
      x = maker.relu(sum, `stage${stage + 1}-${block}`);
    }
  }
  const scores = tfl.layers
    .dense({ units: CLASSES, kernelInitializer: maker.normal() })
    .apply(maker.scores(x)) as Tensor;
  return tfl.model({ name: 'resnet-18', inputs: input, outputs: scores });
}

/**
 * A small 3D U-Net (Çiçek et al. 2016): 16, 32 and 64 channels, transposed convolutions on the way up, one
 * map per class. A class's score is the mean of its map, so that it can be explained (as in Seg-Grad-CAM).
 */
function uNet(maker: Maker): tfl.LayersModel {
  const input = tfl.input({ shape: [40, 40, 40, 1], name: 'input' });
  const pair = (x: Tensor, filters: number, name: string) =>
    maker.normalised(maker.normalised(x, filters, { name: `${name}-1` }), filters, {
      name: `${name}-2`,
    });
  const fine = pair(input, 16, 'down1');
  const middle = pair(maker.halve(fine), 32, 'down2');
  const bottom = pair(maker.halve(middle), 64, 'bottom');
  const join = (x: Tensor, skip: Tensor, filters: number) =>
    tfl.layers.concatenate().apply([maker.double(x, filters), skip]) as Tensor;
  const up = pair(join(bottom, middle, 32), 32, 'up2');
  const last = pair(join(up, fine, 16), 16, 'up1');
  const maps = maker.conv(last, CLASSES, { size: 1, name: 'maps' });
  return tfl.model({ name: 'u-net', inputs: input, outputs: maker.scores(maps) });
}
