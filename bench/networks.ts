import '@tensorflow/tfjs-backend-wasm';
import { kernelThreads, registerFastKernels } from '../src/engine/kernels/index.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import { tf } from '../src/engine/tf.ts';
import { buildNetwork, type NetworkName } from '../src/engine/train/networks.ts';
import { modelFiles } from '../src/engine/train/save.ts';
import { median, once, type Row } from './rows.ts';

const NETWORKS: readonly NetworkName[] = ['cnn-2', 'cnn-1'];
const CLASSES = 23;

/**
 * CNN-2 and CNN-1 with random weights on wasm: forward with tfjs's own kernels and with this project's in
 * one process, then whole explanations. tfjs's own kernels run once only (half a minute for CNN-1).
 */
export async function networks(): Promise<Row[]> {
  const rows: Row[] = [];
  await tf.setBackend('wasm');
  await tf.ready();
  const input = tf.randomUniform([1, 40, 40, 40, 1], -1, 1, 'float32', 1);
  const stock = new Map<NetworkName, number>();
  const models = NETWORKS.map((name) => buildNetwork({ name, classes: CLASSES, seed: 1 }));
  const forward = (i: number) =>
    tf.tidy(() => {
      (models[i].logits.predict(input) as tf.Tensor).dataSync();
    });
  for (const [i, name] of NETWORKS.entries()) stock.set(name, await once(() => forward(i)));

  await registerFastKernels('wasm');
  rows.push({ name: 'threads of the wasm kernels', value: await kernelThreads(), unit: '' });
  for (const [i, name] of NETWORKS.entries()) {
    const fast = await median(5, () => forward(i));
    const slow = stock.get(name) as number;
    rows.push({ name: `${name} forward, tfjs kernels`, value: slow, unit: 'ms' });
    rows.push({ name: `${name} forward, this project's kernels`, value: fast, unit: 'ms' });
    rows.push({ name: `${name} forward, times faster`, value: slow / fast, unit: 'x' });
  }

  const engine = createNodeEngine();
  await engine.selectBackend('wasm');
  const values = new Float32Array(await input.data());
  for (const [i, name] of NETWORKS.entries()) {
    const files = (await modelFiles(models[i], {})).map(({ name: file, bytes }) => ({
      name: file,
      bytes: bytes.slice().buffer,
    }));
    await engine.loadModel({ kind: 'files', id: name, files });
    const ask = (layers: 'default' | 'all', classes: 'all' | 'top') =>
      engine.explain({
        model: name,
        input: values,
        inputShape: [40, 40, 40, 1],
        layers,
        classes,
        methods: ['respond', 'grad'],
      });
    rows.push({
      name: `${name} explained: all ${CLASSES} classes at maxpool2, both methods`,
      value: await median(5, () => ask('default', 'all')),
      unit: 'ms',
    });
    rows.push({
      name: `${name} explained: one class, all layers, both methods`,
      value: await median(3, () => ask('all', 'top')),
      unit: 'ms',
    });
  }
  const before = await engine.memory();
  for (let i = 0; i < 20; i++) {
    await engine.explain({
      model: 'cnn-2',
      input: values,
      inputShape: [40, 40, 40, 1],
      layers: 'default',
      classes: 'all',
      methods: ['respond', 'grad'],
    });
  }
  const after = await engine.memory();
  rows.push({
    name: 'tensors left behind by 20 explanations',
    value: after.tensors - before.tensors,
    unit: '',
  });
  await engine.dispose();
  input.dispose();
  return rows;
}
