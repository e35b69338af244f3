import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readNpy } from '../../core/npy/index.ts';
import { toFloat32 } from '../../core/volume/index.ts';
import { difference } from '../../testing/tensors.ts';
import { WASM_MEMORY } from '../backends/wasm.ts';
import { onnxGraph } from '../formats/onnx/index.ts';
import { torchNetwork } from '../formats/torch/index.ts';
import { placeConstants } from '../graph/place.ts';
import { scoreGraph } from '../graph/scores.ts';
import type { NodeId } from '../graph/types.ts';
import { createNodeEngine } from '../node.ts';
import { tf } from '../tf.ts';
import { backward, outputSeeds } from './backward.ts';
import { disposeAll, forward, nodeValue, type Values } from './forward.ts';
import { type Network, networkOf, stagesOf } from './network.ts';
import { KEEP_ALL, planMemory } from './slabs.ts';
import { TaskYielder } from './yielder.ts';
import { inMemory } from '../model/stored.ts';

const engine = createNodeEngine();
beforeAll(() => engine.selectBackend('wasm'));
afterAll(() => engine.dispose());

/** Networks, and the share of all values that waits for the way back. */
const CASES = [
  ['checkpoints/membrain_seg', 'membrain_seg_v10.ckpt', 0.5],
  ['checkpoints/nnunet_plain', 'fold_0/checkpoint_final.pth', 0.4],
  ['checkpoints/tardis_unet', 'model.pth', 0.7],
  // Group norms in five operators each, and slopes that are weights.
  ['import/onnx/segresnet_trilinear', 'model.onnx', 0.5],
  ['import/onnx/monai_unet_prelu', 'model.onnx', 0.6],
] as const;

async function read(name: string, file: string, space: readonly number[]) {
  const bytes = new Uint8Array(readFileSync(`fixtures/${name}/${file}`));
  if (!file.endsWith('.onnx'))
    return scoreGraph(torchNetwork(inMemory(bytes), file, { inputShape: space }).graph);
  const none = () => Promise.reject(new Error('no file beside it'));
  return scoreGraph((await onnxGraph(bytes, file, none)).graph);
}

/** Every node computed by itself, and its value kept. */
const plainly = (network: Network): Network => ({
  ...network,
  stages: network.graph.nodes.map(({ inputs }, node) => ({
    ...{ node, head: null, between: [], inputs },
  })),
  ...{ within: new Set(), stageOf: new Map(), passing: new Set(), cheap: new Set() },
});

/** Gradients of the summed output at the targets, and what does not come through them. */
async function walked(
  network: Network,
  values: Values,
  targets: ReadonlySet<NodeId>,
  statistics: 'plain' | 'frozen',
  apart: boolean,
) {
  const found = new Map<string, Float32Array>();
  const { shape } = network.graph.nodes[network.graph.scores];
  const seed = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1);
  const rules = { statistics, rectifiers: 'plain' } as const;
  const options = { rules, yielder: new TaskYielder(), apart };
  const seeds = outputSeeds(network, 1, seed);
  const shares = await backward(network, values, seeds, targets, options, async (id, dy) =>
    found.set(`gradient ${id}`, (await dy.data()) as Float32Array),
  );
  const all = [...shares].map(
    ([id, { bias, aside, bypass }]) => [id, [bias, aside, bypass]] as const,
  );
  for (const [id, parts] of all)
    found.set(
      `shares ${id}`,
      Float32Array.from(parts, ([value]) => value),
    );
  return found;
}

test.each(CASES)(
  '%s, computed together and in passing, has the same values and gradients',
  async (name, file, most) => {
    const array = readNpy(new Uint8Array(readFileSync(`fixtures/${name}/input.npy`)), '');
    const shape = array.shape.filter((n) => n > 1);
    const graph = await read(name, file, shape);
    const before = tf.memory().numTensors;
    const constants = placeConstants(graph, 'test');
    const network = networkOf(graph, constants);
    const plain = plainly(network);
    const run = (one: Network, plan = KEEP_ALL) =>
      forward(one, tf.tensor(toFloat32(array.data), [1, ...shape, 1]), new TaskYielder(), plan);
    const whole = await run(plain);
    const count = (values: Values) => values.reduce((sum, value) => sum + (value?.size ?? 0), 0);
    const nodes = network.stages.map(({ node }) => node).filter((id) => id > 0);
    const some = [1, 4, 7].map((part) => nodes[Math.floor((part * nodes.length) / 9)]);
    const inside = [...network.within].slice(0, 1);
    const counts: number[] = [];
    for (const plan of [KEEP_ALL, { ...KEEP_ALL, thin: true }]) {
      const values = await run(network, plan);
      counts.push(count(values) / count(whole));
      for (const id of graph.nodes.keys()) {
        const value = nodeValue(network, values, id);
        // Two factors in one round otherwise.
        const [found, expected] = [value, whole[id]!].map((one) => one.dataSync<'float32'>());
        expect(difference(found, expected)).toBeLessThan(1e-6);
        value.dispose();
      }
      for (const targets of plan.thin ? [some] : [some, some.slice(1, 2), inside]) {
        for (const [statistics, apart] of [
          ['plain', true],
          ['plain', false],
          ['frozen', false],
        ] as const) {
          const ask = (one: Network, own: Values) =>
            walked(one, own, new Set(targets), statistics, apart);
          const [found, expected] = [await ask(network, values), await ask(plain, whole)];
          expect([...found.keys()]).toEqual([...expected.keys()]);
          for (const [what, numbers] of found)
            expect(difference(numbers, expected.get(what)!), what).toBeLessThan(2e-5);
        }
      }
      disposeAll(values);
    }
    expect(counts[0]).toBeLessThan(most);
    expect(counts[1]).toBeLessThan(counts[0]);
    disposeAll(whole);
    constants.dispose();
    expect(tf.memory().numTensors).toBe(before);
  },
  60_000,
);

test('nnU-Net is planned at its own 128 voxels', async () => {
  const plan = async (edge: number, asked?: number[]) => {
    const graph = await read(CASES[1][0], CASES[1][1], [edge, edge, edge]);
    return planMemory({ graph, stages: stagesOf(graph) }, WASM_MEMORY, asked);
  };
  expect(await plan(128)).toEqual(KEEP_ALL);
  // Layers that are asked for stay, where there is room.
  expect(await plan(128, [3, 5])).toEqual({ ...KEEP_ALL, asked: [3, 5] });
});

test('where not all fits, what the way back reads and is computed in a moment is not kept', async () => {
  const graph = await read(CASES[0][0], CASES[0][1], [64, 64, 64]);
  const network = { graph, stages: stagesOf(graph) };
  const plans = Array.from({ length: 200 }, (_, mebibytes) => {
    try {
      return planMemory(network, { ...WASM_MEMORY, total: mebibytes * 2 ** 20 });
    } catch {
      return undefined;
    }
  });
  const [least] = plans.filter((plan) => plan !== undefined);
  expect(least).toEqual({ ...KEEP_ALL, thin: true });
  expect(plans.at(-1)).toEqual(KEEP_ALL);
});
