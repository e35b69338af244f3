/** How the samples of pictures, 0 to 255, are brought to what networks of images are trained with. */
export type PictureScaling = 'unit' | 'signed' | 'imagenet' | 'caffe';

interface Scaling {
  readonly label: string;
  /** What is done to samples 0 to 255, as the end of a sentence. */
  readonly words: string;
  /** Blue first, red last. */
  readonly reversed: boolean;
  /** Subtracted from each channel of a sample, by the order of the result; a single one takes the mean of them. */
  readonly shift: readonly number[];
  /** What the difference is divided by. */
  readonly divide: readonly number[];
}

/**
 * One row each. `imagenet` is torchvision's and timm's usual, `caffe` that of VGG and ResNet in
 * keras.applications, `signed` that of MobileNet, Inception and Xception there.
 */
export const PICTURE_SCALINGS: Readonly<Record<PictureScaling, Scaling>> = {
  unit: {
    label: '0 to 1',
    words: 'from 0..255 to 0..1',
    reversed: false,
    shift: [0],
    divide: [255],
  },
  signed: {
    label: '−1 to 1',
    words: 'from 0..255 to -1..1',
    reversed: false,
    shift: [127.5],
    divide: [127.5],
  },
  imagenet: {
    label: 'ImageNet mean and σ',
    words: "from 0..255 to 0..1, then by ImageNet's mean and standard deviation",
    reversed: false,
    shift: [0.485 * 255, 0.456 * 255, 0.406 * 255],
    divide: [0.229 * 255, 0.224 * 255, 0.225 * 255],
  },
  caffe: {
    label: 'Caffe (BGR, mean subtracted)',
    words: "to blue, green, red, less ImageNet's mean",
    reversed: true,
    shift: [103.939, 116.779, 123.68],
    divide: [1],
  },
};

export function isPictureScaling(kind: string): kind is PictureScaling {
  return Object.hasOwn(PICTURE_SCALINGS, kind);
}

/** Scales values of which those of all `channels` of a voxel follow each other. */
export function scaleSamples(
  data: Float32Array,
  kind: PictureScaling,
  channels: number,
): Float32Array {
  const { reversed, shift, divide } = PICTURE_SCALINGS[kind];
  const of = (values: readonly number[], c: number): number =>
    values.length === channels ? values[c] : values.reduce((a, b) => a + b) / values.length;
  const shifts = Array.from({ length: channels }, (_, c) => of(shift, c));
  const factors = Array.from({ length: channels }, (_, c) => 1 / of(divide, c));
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      const from = reversed ? channels - 1 - c : c;
      out[i + c] = (data[i + from] - shifts[c]) * factors[c];
    }
  }
  return out;
}

/** Layers that bring samples to scale within the network. */
const SCALES_ITSELF = /^(Rescaling|Normalization|BatchNormalization|Sub|Div|Mul|Cast)$/;

/** What shows how a network of images wants its pictures, where its author does not. */
export interface ImageNetwork {
  readonly inputShape: readonly number[];
  /** Format and writer of its file. */
  readonly origin: string;
  /** Input first, in forward order. */
  readonly layers: readonly { readonly kind: string }[];
}

/** The usual scaling of pictures for a network that does not say it: none where its own layers do that. */
export function usualScaling({
  inputShape,
  origin,
  layers,
}: ImageNetwork): PictureScaling | 'none' {
  if (layers.length > 1 && SCALES_ITSELF.test(layers[1].kind)) return 'none';
  if (inputShape[inputShape.length - 1] !== 3) return 'unit';
  return /onnx|pytorch/i.test(origin) ? 'imagenet' : 'signed';
}
