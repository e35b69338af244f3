import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { registerFastKernels } from '../src/engine/kernels/index.ts';
import { formOf } from '../src/engine/kernels/webgpu/form.ts';
import { installNodeGpu } from '../src/engine/node-gpu.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import { tf } from '../src/engine/tf.ts';
import { predict } from '../src/engine/explain/forward.ts';
import { buildNetwork, type NetworkName } from '../src/engine/train/networks.ts';
import { ABOUT, CLASSES } from './compare/specs.ts';
import { createExplainer, makeOperations, timeOf } from './operations.ts';
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
  const single = form === 'direct' ? makeOperations(20, 512) : makeOperations(40, 2048);
  const operations = [...single.others, single.product];
  // Once, after shaders are compiled, on a driver that computes on the processor.
  const runs = form === 'direct' ? 1 : 9;
  const names: NetworkName[] = ['cnn-2', 'cnn-1'];
  const models = names.map((name) => buildNetwork({ name, classes: CLASSES, seed: 1 }));
  const input = tf.randomUniform([1, 40, 40, 40, 1], -1, 1, 'float32', 1);
  const forward = (i: number) => () => predict(models[i].network, input);
  const inStock = form === 'tiled' ? names.length : 1;

  const rows: Row[] = [];
  const stock = new Map<string, number>();
  for (const { name, run } of operations) stock.set(name, await timeOf(run, runs));
  for (const [i, name] of names.slice(0, inStock).entries())
    stock.set(`${ABOUT[name].title} forward`, await timeOf(forward(i), runs));
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
    const fast = await timeOf(run, runs);
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
  single.dispose();

  const engine = createNodeEngine();
  await engine.selectBackend('webgpu');
  const values = new Float32Array(await input.data());
  for (const [i, name] of names.entries()) {
    const ask = await createExplainer(engine, name, models[i], values);
    await ask();
    const value = await ask();
    const work = `${ABOUT[name].title} explained: all ${CLASSES} classes at maxpool2`;
    rows.push({ name: work, value, unit: 'ms', of: { work, engine: 'own' } });
  }
  await engine.dispose();
  return { rows, about: { adapter } };
}
