import { registerFastKernels } from '../../src/engine/kernels/index.ts';
import { predict } from '../../src/engine/explain/forward.ts';
import { tf } from '../../src/engine/tf.ts';
import { buildNetwork, type NetworkName } from '../../src/engine/train/networks.ts';
import { modelFiles } from '../../src/engine/train/save.ts';
import type { LocalEngine } from '../../src/engine/local.ts';
import type { DeviceRequest, DeviceRow } from './messages.ts';

const CLASSES = 23;
const CHANNELS = 32;
const TITLES: Readonly<Record<NetworkName, string>> = { 'cnn-2': 'CNN-2', 'cnn-1': 'CNN-1' };

/**
 * Everything that is asked of a device: single operations of CNN-2's size on TensorFlow.js's kernels and on this
 * project's with their rates, the matrix product's as the measured peak, networks, and explanations of all classes.
 *
 * @param say gets each row as soon as it is there
 */
export async function measureDevice(
  engine: LocalEngine,
  { backend, edge, product, networks, runs, stock }: DeviceRequest,
  say: (row: DeviceRow) => void,
): Promise<void> {
  const models = networks.map((name) => buildNetwork({ name, classes: CLASSES, seed: 1 }));
  const input = tf.randomUniform([1, 40, 40, 40, 1], -1, 1, 'float32', 1);
  const single = operations(edge, product);
  const whole = networks.map((name, i) => ({
    name: `${TITLES[name]} forward`,
    flops: undefined,
    run: () => predict(models[i].network, input),
  }));
  const works = [...single, ...whole];
  const theirs = { none: [], operations: single, all: works }[stock];
  const before = new Map<string, number>();
  for (const { name, run } of theirs) before.set(name, await time(run, runs));
  await registerFastKernels(backend);
  let peak = 0;
  for (const { name, flops, run } of works) {
    const ms = await time(run, runs);
    const rate = flops && flops / ms / 1e6;
    const isPeak = name.startsWith('matMul');
    if (isPeak && rate) peak = rate;
    const share = rate && peak && !isPeak ? rate / peak : undefined;
    say({ name, ms, stock: before.get(name), rate, share });
  }
  await engine.selectBackend(backend);
  const values = new Float32Array(await input.data());
  for (const [i, name] of networks.entries()) {
    const files = (await modelFiles(models[i], {})).map(({ name: file, bytes }) => ({
      name: file,
      bytes: bytes.slice().buffer,
    }));
    await engine.loadModel({ kind: 'files', id: name, files });
    const ask = async () => {
      const start = performance.now();
      await engine.explain({
        model: name,
        input: values.map((value) => value + Math.random() * 1e-6), // a volume not seen before
        inputShape: [40, 40, 40, 1],
        layers: 'default',
        classes: 'all',
        methods: ['respond', 'grad'],
      });
      return performance.now() - start;
    };
    await ask();
    const ms = await middle(ask, runs);
    say({ name: `${TITLES[name]} explained, all ${CLASSES} classes at maxpool2`, ms });
  }
}

/** The matrix product first, which the others' rates are compared with. */
function operations(edge: number, product: number) {
  const shape: [number, number, number, number, number] = [1, edge, edge, edge, CHANNELS];
  const filterShape: typeof shape = [3, 3, 3, CHANNELS, CHANNELS];
  const x = tf.randomUniform(shape, -1, 1) as tf.Tensor5D;
  const w = tf.randomUniform(filterShape, -1, 1) as tf.Tensor5D;
  const a = tf.randomUniform([product, product], -1, 1) as tf.Tensor2D;
  const attributes = { strides: [1, 1, 1], pad: 'same', dilations: [1, 1, 1] };
  const run = (kernel: string, inputs: tf.NamedTensorMap, more: object) => () =>
    tf.engine().runKernel(kernel, inputs, { ...attributes, ...more }) as tf.Tensor;
  const flops = 2 * 27 * CHANNELS * CHANNELS * edge ** 3;
  const title = `${CHANNELS} to ${CHANNELS} channels at ${edge}^3`;
  return [
    { name: `matMul ${product} x ${product}`, flops: 2 * product ** 3, run: () => tf.matMul(a, a) },
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
  ];
}

/** Median in ms, after one run that compiles shaders. */
async function time(run: () => tf.Tensor, runs: number): Promise<number> {
  const once = async () => {
    const start = performance.now();
    const result = tf.tidy(run);
    await result.data();
    const passed = performance.now() - start;
    result.dispose();
    return passed;
  };
  await once();
  return middle(once, runs);
}

async function middle(once: () => Promise<number>, runs: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) times.push(await once());
  return times.sort((a, b) => a - b)[runs >> 1];
}
