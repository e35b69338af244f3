/** Child process: TensorFlow.js on wasm with this project's kernels (`own`) or its own (`stock`). */
import '@tensorflow/tfjs-backend-wasm';
import { join } from 'node:path';
import { kernelThreads } from '../../src/engine/kernels/index.ts';
import { openNetwork } from '../../src/engine/model/open.ts';
import { predict } from '../../src/engine/explain/forward.ts';
import { networkOf } from '../../src/engine/explain/network.ts';
import { placeConstants } from '../../src/engine/graph/place.ts';
import { scoreGraph } from '../../src/engine/graph/scores.ts';
import { openSource } from '../../src/engine/model/source.ts';
import { createNodeEngine, fileUrl } from '../../src/engine/node.ts';
import { readFileUrl } from '../../src/engine/node-files.ts';
import { hasRelaxedSimd } from '../../src/engine/relaxed-simd.ts';
import { tf } from '../../src/engine/tf.ts';
import { Adam } from '../../src/engine/train/adam.ts';
import { buildNetwork, NETWORKS } from '../../src/engine/train/networks.ts';
import { gradients, trainableWeights } from '../../src/engine/train/step.ts';
import { COMPARED, type Prepared, summary, type Task } from './protocol.ts';
import { type Contestant, readFloats, serve } from './serve.ts';

const own = process.argv[2] === 'own';
const engine = createNodeEngine();
let about: Prepared;
let input: Float32Array;
let run: (batch: number) => Promise<ArrayLike<number>>;

async function start(): Promise<string> {
  const stock: tf.KernelConfig[] = [];
  if (!own) {
    await tf.setBackend('wasm');
    stock.push(...tf.getKernelsForBackend('wasm'));
  }
  // The engine's kernels have threads where it starts the backend itself.
  await engine.selectBackend('wasm');
  const version = `tfjs ${tf.version_core}`;
  if (!own) {
    putBack(stock);
    return `${version}, one thread, SIMD, Node ${process.version}`;
  }
  const module = hasRelaxedSimd() ? 'relaxed SIMD' : 'SIMD without fused multiply-add';
  return `${version}, ${await kernelThreads()} threads, ${module}, Node ${process.version}`;
}

/** tfjs's own kernels in the place of those that the engine registered. */
function putBack(stock: readonly tf.KernelConfig[]): void {
  for (const kernel of tf.getKernelsForBackend('wasm')) {
    if (!stock.includes(kernel)) tf.unregisterKernel(kernel.kernelName, 'wasm');
  }
  for (const kernel of stock) {
    if (!tf.getKernel(kernel.kernelName, 'wasm')) tf.registerKernel(kernel);
  }
}

/** The network of a folder as it is, also one that nothing could be drawn on. */
async function place(folder: string) {
  const source = { kind: 'url', id: 'network', url: fileUrl(join(folder, about.file)) } as const;
  const { inputShape } = about;
  const { graph, label } = await openNetwork(openSource(source, readFileUrl), { inputShape }, {});
  return networkOf(scoreGraph(graph), placeConstants(graph, label));
}

const samples = (batch: number) => {
  const size = about.inputShape.reduce((a, b) => a * b, 1);
  return input.subarray(0, batch * size);
};

async function prepareForward(folder: string) {
  const network = await place(folder);
  return async (batch: number) => {
    const y = tf.tidy(() =>
      predict(network, tf.tensor(samples(batch), [batch, ...about.inputShape])),
    );
    const values = await y.data();
    y.dispose();
    return about.file === 'model.json' ? values.slice(0, COMPARED) : summary(values);
  };
}

const METHODS = ['respond', 'grad'] as const;

/** The product's way: the engine as the app and the command line call it, a new volume every time. */
async function prepareExplain(folder: string, task: Task) {
  const url = fileUrl(join(folder, about.file));
  await engine.loadModel({ kind: 'url', id: 'network', url, inputShape: about.inputShape });
  return async () => {
    const { layers } = await engine.explain({
      model: 'network',
      input: samples(1),
      inputShape: about.inputShape,
      layers: task === 'explain-all-layers' ? about.layers : [about.layer as string],
      classes: task === 'explain-all-classes' ? 'all' : 'top',
      methods: METHODS,
      // As PyTorch differentiates.
      ...(task === 'explain-one-class' && { statistics: 'plain' }),
    });
    const maps = layers.flatMap(({ classes }) =>
      classes.flatMap(({ methods }) => methods.grad ?? []),
    );
    return task === 'explain-one-class' ? summary(maps[0].data) : maps.map(({ sum }) => sum);
  };
}

/** The product's way: the network as `train` builds and steps it. */
function prepareTraining() {
  const name = NETWORKS.find((one) => one === about.network);
  if (!name) throw new Error(`${about.network} is not trained here`);
  const network = buildNetwork({ name, classes: COMPARED, seed: 1 });
  const adam = new Adam(trainableWeights(network));
  return async (batch: number) => {
    const y = Int32Array.from({ length: batch }, (_, i) => i % COMPARED);
    const step = await gradients(network, { x: samples(batch), y });
    adam.apply(step.gradients, 1e-4);
    tf.dispose(step.gradients);
    return [step.tally.loss / batch];
  };
}

const contestant: Contestant = {
  async load(folder: string, prepared: Prepared, task: Task) {
    about = prepared;
    input = readFloats(join(folder, 'input.f32'));
    const what = await start();
    if (task === 'forward') run = await prepareForward(folder);
    else if (task === 'train') run = prepareTraining();
    else run = await prepareExplain(folder, task);
    return what;
  },
  run: (batch) => run(batch),
  copy: copier(),
};

/** Between two arrays, as the operands of the kernels are moved. */
function copier() {
  let from = new Float32Array(0);
  let to = from;
  return (bytes: number) => {
    if (from.byteLength !== bytes)
      [from, to] = [new Float32Array(bytes / 4), new Float32Array(bytes / 4)];
    to.set(from);
  };
}

await serve(contestant);
