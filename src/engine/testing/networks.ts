import { createRandom } from '../../core/simulate/random.ts';
import { freshGraph, type Initial, KerasWriter } from '../formats/keras/writer.ts';
import type { Json } from '../formats/keras/config.ts';
import { scoreGraph } from '../graph/scores.ts';
import type { ScoreGraph } from '../graph/types.ts';
import { layersFiles } from '../model/write.ts';
import type { NamedBytes } from '../types.ts';

/** A layer of a test network, and what comes behind it. */
export type TestLayer = readonly [className: string, config: Json];

export const conv = (filters: number, more: Json = {}): TestLayer => [
  'Conv3D',
  { filters, kernel_size: [3, 3, 3], padding: 'same', ...more },
];
export const relu = (): TestLayer => ['Activation', { activation: 'relu' }];
export const norm = (): TestLayer => ['BatchNormalization', { epsilon: 1e-3 }];
export const pool = (more: Json = {}): TestLayer => [
  'MaxPooling3D',
  { pool_size: [2, 2, 2], strides: [2, 2, 2], ...more },
];
export const average = (): TestLayer => ['GlobalAveragePooling3D', {}];
export const dense = (units: number, more: Json = {}): TestLayer => ['Dense', { units, ...more }];

/** Kernels of a variance that keeps values in bounds, scales about 1, everything else small; the same for the same name. */
const random: Initial = (layer, { name, shape, index }) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const inputs = size / (shape[shape.length - 1] || 1);
  const key = [...layer].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65521, 7);
  const { normal, uniform } = createRandom(key, index);
  switch (name) {
    case 'gamma':
    case 'moving_variance':
      return Float32Array.from({ length: size }, () => 0.5 + uniform());
    case 'kernel':
      return Float32Array.from({ length: size }, () => normal() * Math.sqrt(2 / inputs));
    default:
      return Float32Array.from({ length: size }, () => (uniform() - 0.5) * 0.2);
  }
};

/** A network as `build` writes it behind the input, ending in the layer it returns. */
export function testTopology(
  shape: readonly number[],
  build: (writer: KerasWriter, input: string) => string,
): object {
  const writer = new KerasWriter('test');
  return writer.topology(build(writer, writer.input(shape)));
}

export function testGraph(...network: Parameters<typeof testTopology>): ScoreGraph {
  return scoreGraph(freshGraph(testTopology(...network), random, 'test'));
}

/** Its files, as they would be dropped on the page. */
export function testFiles(...network: Parameters<typeof testTopology>): Promise<NamedBytes[]> {
  return filesOf(testTopology(...network), random);
}

async function filesOf(topology: object, initial: Initial): Promise<NamedBytes[]> {
  const { constants } = freshGraph(topology, initial, 'test');
  const files = await layersFiles(topology, constants, {});
  return files.map(({ name, bytes }) => ({ name, bytes: bytes.slice().buffer }));
}

/** A 1x1x1 convolution over `edge`^3 voxels, the mean over them, one score per class. */
export function poolingNetwork(size: {
  readonly edge: number;
  readonly channels: number;
  readonly classes: number;
}): Promise<NamedBytes[]> {
  const { edge, channels, classes } = size;
  const topology = testTopology([edge, edge, edge, 1], (writer, input) =>
    writer.chain(
      input,
      conv(channels, { kernel_size: [1, 1, 1], activation: 'relu' }),
      average(),
      dense(classes),
    ),
  );
  return filesOf(topology, (_layer, { name, shape }) =>
    new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(name === 'kernel' ? 1 : 0),
  );
}
