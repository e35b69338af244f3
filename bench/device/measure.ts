import { registerFastKernels } from '../../src/engine/kernels/index.ts';
import { predict } from '../../src/engine/explain/forward.ts';
import { tf } from '../../src/engine/tf.ts';
import { buildNetwork, type NetworkName } from '../../src/engine/train/networks.ts';
import type { LocalEngine } from '../../src/engine/local.ts';
import { createExplainer, makeOperations, medianOf, timeOf } from '../operations.ts';
import type { DeviceRequest, DeviceRow } from './messages.ts';

const CLASSES = 23;
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
  const operations = makeOperations(edge, product);
  // The product first, which the others' rates are compared with.
  const single = [operations.product, ...operations.others];
  const whole = networks.map((name, i) => ({
    name: `${TITLES[name]} forward`,
    flops: undefined,
    run: () => predict(models[i].network, input),
  }));
  const works = [...single, ...whole];
  const theirs = { none: [], operations: single, all: works }[stock];
  const before = new Map<string, number>();
  for (const { name, run } of theirs) before.set(name, await timeOf(run, runs));
  await registerFastKernels(backend);
  let peak = 0;
  for (const { name, flops, run } of works) {
    const ms = await timeOf(run, runs);
    const rate = flops && flops / ms / 1e6;
    const isPeak = name === operations.product.name;
    if (isPeak && rate) peak = rate;
    const share = rate && peak && !isPeak ? rate / peak : undefined;
    say({ name, ms, stock: before.get(name), rate, share });
  }
  await engine.selectBackend(backend);
  const values = new Float32Array(await input.data());
  for (const [i, name] of networks.entries()) {
    const ask = await createExplainer(engine, name, models[i], values);
    await ask();
    const ms = await medianOf(ask, runs);
    say({ name: `${TITLES[name]} explained, all ${CLASSES} classes at maxpool2`, ms });
  }
}
