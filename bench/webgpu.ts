import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { registerFastKernels } from '../src/engine/kernels/index.ts';
import { type Form, formOf } from '../src/engine/kernels/webgpu/form.ts';
import { installNodeGpu } from '../src/engine/node-gpu.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import { tf } from '../src/engine/tf.ts';
import { predict } from '../src/engine/explain/forward.ts';
import { buildNetwork, type NetworkName } from '../src/engine/train/networks.ts';
import { modelFiles } from '../src/engine/train/save.ts';
import { ABOUT, CLASSES } from './compare/specs.ts';
import type { Part, Row } from './rows.ts';

/**
 * tfjs's own WebGPU kernels and this project's in one run: single operations of CNN-2's size, networks,
 * explanations, the matrix product's rate as the device's measured peak. On a driver that computes on the
 * processor tfjs's own kernels would take minutes for CNN-1 and are left out there. No rows without an adapter.
 */
export async function webgpuBench(): Promise<Part> {
  const { adapter, why } = await installNodeGpu();
  if (!adapter) {
    process.stderr.write(`webgpu: no rows, no adapter (${why})\n`);
    return { rows: [], left: [`all: no adapter (${why})`] };
  }
  await import('@tensorflow/tfjs-backend-webgpu');
  await tf.setBackend('webgpu');
  await tf.ready();
  const { name: form } = formOf(tf.backend() as WebGPUBackend);
  const operations = makeOperations(form);
  const names: NetworkName[] = ['cnn-2', 'cnn-1'];
  const models = names.map((name) => buildNetwork({ name, classes: CLASSES, seed: 1 }));
  const input = tf.randomUniform([1, 40, 40, 40, 1], -1, 1, 'float32', 1);
  const forward = (i: number) => () => predict(models[i].network, input);
  const inStock = form === 'tiled' ? names.length : 1;

  const rows: Row[] = [];
  const stock = new Map<string, number>();
  for (const { name, run } of operations) stock.set(name, await time(run, form));
  for (const [i, name] of names.slice(0, inStock).entries())
    stock.set(`${ABOUT[name].title} forward`, await time(forward(i), form));
  await registerFastKernels('webgpu');
  const works = [
    ...operations,
    ...names.map((name, i) => ({
      name: `${ABOUT[name].title} forward`,
      run: forward(i),
      flops: undefined,
    })),
  ];
  for (const { name, run, flops } of works) {
    const fast = await time(run, form);
    const slow = stock.get(name);
    const own = { work: name, engine: 'own' };
    if (slow !== undefined) {
      const of = { work: name, engine: 'stock' };
      rows.push({ name: `${name}, tfjs kernels`, value: slow, unit: 'ms', of });
    }
    rows.push({ name: `${name}, this project's kernels`, value: fast, unit: 'ms', of: own });
    if (flops) {
      const rate = flops / fast / 1e6;
      rows.push({ name: `${name}, rate`, value: rate, unit: 'GFLOP/s', of: own });
    }
  }
  for (const { dispose } of operations) dispose();

  const engine = createNodeEngine();
  await engine.selectBackend('webgpu');
  const values = new Float32Array(await input.data());
  for (const [i, name] of names.entries()) {
    const files = (await modelFiles(models[i], {})).map(({ name: file, bytes }) => ({
      name: file,
      bytes: bytes.slice().buffer,
    }));
    await engine.loadModel({ kind: 'files', id: name, files });
    const ask = () =>
      engine.explain({
        model: name,
        input: values.map((value) => value + Math.random() * 1e-6), // a volume not seen before
        inputShape: [40, 40, 40, 1],
        layers: 'default',
        classes: 'all',
        methods: ['respond', 'grad'],
      });
    await ask();
    const start = performance.now();
    await ask();
    const work = `${ABOUT[name].title} explained: all ${CLASSES} classes at maxpool2`;
    const value = performance.now() - start;
    rows.push({ name: work, value, unit: 'ms', of: { work, engine: 'own' } });
  }
  await engine.dispose();
  return { rows, about: { adapter } };
}

interface Operation {
  readonly name: string;
  readonly flops: number | undefined;
  readonly run: () => tf.Tensor;
  readonly dispose: () => void;
}

function makeOperations(form: Form['name']): Operation[] {
  const edge = form === 'direct' ? 20 : 40;
  const channels = 32;
  const shape: [number, number, number, number, number] = [1, edge, edge, edge, channels];
  const x = tf.randomUniform(shape, -1, 1) as tf.Tensor5D;
  const filterShape: typeof shape = [3, 3, 3, channels, channels];
  const w = tf.randomUniform(filterShape, -1, 1) as tf.Tensor5D;
  const size = form === 'direct' ? 512 : 2048;
  const a = tf.randomUniform([size, size], -1, 1) as tf.Tensor2D;
  const attributes = { strides: [1, 1, 1], pad: 'same', dilations: [1, 1, 1] };
  const run = (kernel: string, inputs: tf.NamedTensorMap, more: object) => () =>
    tf.engine().runKernel(kernel, inputs, { ...attributes, ...more }) as tf.Tensor;
  const flops = 2 * 27 * channels * channels * edge ** 3;
  const dispose = () => tf.dispose([x, w, a]);
  const title = `${channels} to ${channels} channels at ${edge}^3`;
  return [
    { name: `Conv3D ${title}`, flops, run: () => tf.conv3d(x, w, 1, 'same'), dispose },
    {
      name: `Conv3D’s input gradient ${title}`,
      flops,
      run: run(tf.Conv3DBackpropInputV2, { dy: x, filter: w }, { inputShape: shape }),
      dispose,
    },
    {
      name: `Conv3D’s filter gradient ${title}`,
      flops,
      run: run(tf.Conv3DBackpropFilterV2, { x, dy: x }, { filterShape }),
      dispose,
    },
    {
      name: `MaxPool3D ${title}`,
      flops: undefined,
      run: () => tf.maxPool3d(x, 2, 2, 'valid'),
      dispose,
    },
    {
      name: `matMul ${size} x ${size}`,
      flops: 2 * size ** 3,
      run: () => tf.matMul(a, a),
      dispose,
    },
  ];
}

/** Once, after shaders are compiled, on a driver that computes on the processor; else the median of 9. */
async function time(run: () => tf.Tensor, form: Form['name']): Promise<number> {
  const once = async () => {
    const start = performance.now();
    const result = tf.tidy(run);
    await result.data();
    const passed = performance.now() - start;
    result.dispose();
    return passed;
  };
  await once();
  const runs = form === 'direct' ? 1 : 9;
  const times: number[] = [];
  for (let i = 0; i < runs; i++) times.push(await once());
  return times.sort((a, b) => a - b)[runs >> 1];
}
