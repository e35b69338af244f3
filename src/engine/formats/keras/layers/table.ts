import {
  activation,
  elu,
  leakyRelu,
  prelu,
  relu,
  softmaxOf,
  thresholdedRelu,
} from './activations.ts';
import {
  convolution,
  dense,
  depthwiseConvolution,
  separableConvolution,
  transposedConvolution,
} from './convolutions.ts';
import {
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  normalization,
  rescaling,
  rmsNormalization,
  unitNormalization,
} from './normalization.ts';
import { globalPooling, pooling } from './pooling.ts';
import type { LayerRow, SplittingRow } from './row.ts';
import { OPERATIONS } from './operations.ts';
import {
  centerCrop,
  concatenate,
  cropping,
  flatten,
  merge,
  nothing,
  permute,
  repeatVector,
  reshape,
  resizing,
  upsampling,
  zeroPadding,
} from './shapes.ts';

/** Layers that come in one, two and three dimensions. */
const RANKED: Readonly<Record<string, (rank: number) => LayerRow>> = {
  Conv: convolution,
  Convolution: convolution,
  AtrousConvolution: convolution,
  Deconvolution: transposedConvolution,
  DepthwiseConv: depthwiseConvolution,
  SeparableConv: separableConvolution,
  SeparableConvolution: separableConvolution,
  MaxPooling: (rank) => pooling('maxPool', rank),
  MaxPool: (rank) => pooling('maxPool', rank),
  AveragePooling: (rank) => pooling('averagePool', rank),
  AvgPool: (rank) => pooling('averagePool', rank),
  GlobalAveragePooling: (rank) => globalPooling('mean', rank),
  GlobalAvgPool: (rank) => globalPooling('mean', rank),
  GlobalMaxPooling: (rank) => globalPooling('max', rank),
  GlobalMaxPool: (rank) => globalPooling('max', rank),
  ZeroPadding: zeroPadding,
  Cropping: cropping,
  UpSampling: upsampling,
  SpatialDropout: () => nothing,
};

/** Random only in training. */
const WITHOUT_EFFECT = [
  ...['Dropout', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise', 'ActivityRegularization'],
  ...['RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomContrast', 'RandomTranslation'],
  ...[
    'RandomBrightness',
    'RandomHeight',
    'RandomWidth',
    'Identity',
    'DropBlock2D',
    'StochasticDepth',
  ],
];

type Row = LayerRow | SplittingRow;

const LAYERS: ReadonlyMap<string, Row> = new Map<string, Row>([
  ...Object.entries(RANKED).flatMap(([name, row]) =>
    [1, 2, 3].map((rank) => [`${name}${rank}D`, row(rank)] as const),
  ),
  ...['Conv', 'Convolution'].flatMap((name) =>
    [1, 2, 3].map((rank) => [`${name}${rank}DTranspose`, transposedConvolution(rank)] as const),
  ),
  ...WITHOUT_EFFECT.map((name) => [name, nothing] as const),
  ['Dense', dense],
  ['BatchNormalization', batchNormalization],
  ['BatchNormalizationV1', batchNormalization],
  ['BatchNormalizationV2', batchNormalization],
  ['BatchNormalization3D', batchNormalization],
  ['SyncBatchNormalization', batchNormalization],
  ['GroupNormalization', groupNormalization],
  ['InstanceNormalization', instanceNormalization],
  ['LayerNormalization', layerNormalization],
  ['RMSNormalization', rmsNormalization],
  ['UnitNormalization', unitNormalization],
  ['Rescaling', rescaling],
  ['Normalization', normalization],
  ['Activation', activation],
  ['ReLU', relu],
  ['LeakyReLU', leakyRelu],
  ['ELU', elu],
  ['ThresholdedReLU', thresholdedRelu],
  ['PReLU', prelu],
  ['Softmax', softmaxOf(false)],
  ['Flatten', flatten],
  ['Reshape', reshape],
  ['Permute', permute],
  ['RepeatVector', repeatVector],
  ['Add', merge('add')],
  ['Subtract', merge('subtract')],
  ['Multiply', merge('multiply')],
  ['Average', merge('average')],
  ['Maximum', merge('maximum')],
  ['Minimum', merge('minimum')],
  ['Concatenate', concatenate],
  ['CenterCrop', centerCrop],
  ['Resizing', resizing],
  ...Object.entries(OPERATIONS).map(([name, row]) => [`ops.${name}`, row] as const),
]);

/** `tfmini>Layer` and the like: registered under a package. */
export function layerRow(className: string): Row | undefined {
  return LAYERS.get(className) ?? LAYERS.get(className.slice(className.lastIndexOf('>') + 1));
}
