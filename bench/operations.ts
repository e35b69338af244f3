import { tf } from '../src/engine/tf.ts';
import { modelFiles } from '../src/engine/train/save.ts';
import type { TrainableNetwork } from '../src/engine/train/networks.ts';
import type { Engine } from '../src/engine/types.ts';

/** One thing that is timed on TensorFlow.js's kernels and on this project's. */
export interface Operation {
  readonly name: string;
  /** Undefined where it is not about arithmetic. */
  readonly flops: number | undefined;
  readonly run: () => tf.Tensor;
}

export interface Operations {
  /** Of matrices, whose rate the others' are compared with. */
  readonly product: Operation;
  readonly others: readonly Operation[];
  dispose(): void;
}

const CHANNELS = 32;

/**
 * Single operations of CNN-2's size.
 *
 * @param edge voxels along an edge of the volumes
 * @param size rows and columns of the matrix product
 */
export function makeOperations(edge: number, size: number): Operations {
  const shape: [number, number, number, number, number] = [1, edge, edge, edge, CHANNELS];
  const filterShape: typeof shape = [3, 3, 3, CHANNELS, CHANNELS];
  const x = tf.randomUniform(shape, -1, 1) as tf.Tensor5D;
  const w = tf.randomUniform(filterShape, -1, 1) as tf.Tensor5D;
  const a = tf.randomUniform([size, size], -1, 1) as tf.Tensor2D;
  const attributes = { strides: [1, 1, 1], pad: 'same', dilations: [1, 1, 1] };
  const run = (kernel: string, inputs: tf.NamedTensorMap, more: object) => () =>
    tf.engine().runKernel(kernel, inputs, { ...attributes, ...more }) as tf.Tensor;
  const flops = 2 * 27 * CHANNELS * CHANNELS * edge ** 3;
  const title = `${CHANNELS} to ${CHANNELS} channels at ${edge}^3`;
  return {
    product: { name: `matMul ${size} x ${size}`, flops: 2 * size ** 3, run: () => tf.matMul(a, a) },
    others: [
      { name: `Conv3D ${title}`, flops, run: () => tf.conv3d(x, w, 1, 'same') },
      {
        name: `Conv3D’s input gradient ${title}`,
        flops,
        run: run(tf.Conv3DBackpropInputV2, { dy: x, filter: w }, { inputShape: shape }),
      },
      {
        name: `Conv3D’s filter gradient ${title}`,
        flops,
        run: run(tf.Conv3DBackpropFilterV2, { x, dy: x }, { filterShape }),
      },
      { name: `MaxPool3D ${title}`, flops: undefined, run: () => tf.maxPool3d(x, 2, 2, 'valid') },
    ],
    dispose: () => tf.dispose([x, w, a]),
  };
}

/** Median of `runs` in ms, after one that compiles shaders. */
export async function timeOf(run: () => tf.Tensor, runs: number): Promise<number> {
  const once = async () => {
    const start = performance.now();
    const result = tf.tidy(run);
    await result.data();
    const passed = performance.now() - start;
    result.dispose();
    return passed;
  };
  await once();
  return medianOf(once, runs);
}

export async function medianOf(once: () => Promise<number>, runs: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) times.push(await once());
  return times.sort((a, b) => a - b)[runs >> 1];
}

/** Opens a network in the engine; each call explains all classes of a volume not seen before, and gives ms. */
export async function createExplainer(
  engine: Engine,
  id: string,
  network: TrainableNetwork,
  values: Float32Array,
): Promise<() => Promise<number>> {
  const files = (await modelFiles(network, {})).map(({ name, bytes }) => ({
    name,
    bytes: bytes.slice().buffer,
  }));
  await engine.loadModel({ kind: 'files', id, files });
  return async () => {
    const input = values.map((value) => value + Math.random() * 1e-6);
    const start = performance.now();
    await engine.explain({
      ...{ model: id, input, inputShape: [40, 40, 40, 1] },
      layers: 'default',
      classes: 'all',
      methods: ['respond', 'grad'],
    });
    return performance.now() - start;
  };
}
