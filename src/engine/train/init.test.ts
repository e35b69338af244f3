import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeEngine } from '../node.ts';
import { tf } from '../tf.ts';
import type { ModelArtifacts } from '../model/artifacts.ts';
import { readArtifacts } from '../model/artifacts.ts';
import { openSource } from '../model/source.ts';
import { initialize } from './init.ts';
import { buildNetwork, type NetworkName, type TrainableNetwork } from './networks.ts';
import { modelFiles } from './save.ts';

const engine = createNodeEngine();
beforeAll(() => engine.selectBackend('cpu'));
afterAll(() => engine.dispose());

const network = (name: NetworkName, seed: number, classes = 3) =>
  buildNetwork({ name, classes, seed, box: 8 });

async function saved(from: TrainableNetwork): Promise<ModelArtifacts> {
  const files = (await modelFiles(from, {})).map(({ name, bytes }) => ({
    name,
    bytes: bytes.slice().buffer as ArrayBuffer,
  }));
  return readArtifacts(
    openSource({ kind: 'files', id: 'a', files }, async () => null),
    {},
  );
}

/** Whether kernel and bias of a layer are the same, bit by bit. */
function same(a: TrainableNetwork, b: TrainableNetwork, layer: string): boolean {
  const [own, other] = [a, b].map(({ parameters }) =>
    parameters
      .filter((parameter) => parameter.layer === layer)
      .map(({ variable }) => Buffer.from(variable.dataSync().slice().buffer)),
  );
  return own.every((bytes, i) => bytes.equals(other[i]));
}

const ALL = ['conv1', 'conv2', 'conv3', 'conv4', 'fc1', 'fc2', 'fc3'];

describe('starting from another network', () => {
  it('takes every layer of the same network and gives back every tensor', async () => {
    const from = network('cnn-2', 1);
    const to = network('cnn-2', 2);
    const artifacts = await saved(from);
    const before = tf.memory().numTensors;
    expect(same(to, from, 'conv1')).toBe(false);
    expect(initialize(to, artifacts)).toEqual({ taken: ALL, fresh: [] });
    for (const layer of ALL) expect(same(to, from, layer)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
    for (const net of [from, to]) net.dispose();
  });

  it('leaves layers of another shape as they were and says why', async () => {
    const from = network('cnn-2', 1, 4);
    const to = network('cnn-1', 2);
    const twin = network('cnn-1', 2);
    const { taken, fresh } = initialize(to, await saved(from));
    expect(taken).toEqual(['conv1', 'conv2', 'conv3', 'conv4', 'fc2']);
    expect(fresh).toEqual([
      { layer: 'fc1', why: '64x512 there, 512x512 here' },
      { layer: 'fc3', why: '512x4 there, 512x3 here' },
    ]);
    expect(same(to, from, 'conv3')).toBe(true);
    for (const { layer } of fresh) expect(same(to, twin, layer)).toBe(true);
    for (const net of [from, to, twin]) net.dispose();
  });

  it('keeps the outputs that both have and leaves further ones as they were', async () => {
    const from = network('cnn-2', 1, 3);
    const to = network('cnn-2', 2, 5);
    const twin = network('cnn-2', 2, 5);
    expect(initialize(to, await saved(from), 3)).toEqual({ taken: ALL, fresh: [] });
    for (const [i, { layer, variable }] of to.parameters.entries()) {
      if (layer !== 'fc3') continue;
      const [own, there, before] = [to, from, twin].map(({ parameters }) =>
        Array.from(parameters[i].variable.dataSync()),
      );
      expect(variable.shape.at(-1)).toBe(5);
      const column = (at: number) => [Math.floor(at / 5) * 3 + (at % 5), at] as const;
      for (const [at, value] of own.entries()) {
        const [old, drawn] = column(at);
        expect(value).toBe(at % 5 < 3 ? there[old] : before[drawn]);
      }
    }
    for (const net of [from, to, twin]) net.dispose();
  });

  it('refuses a network that shares no layer', async () => {
    const from = network('cnn-2', 1);
    const artifacts = await saved(from);
    const weightSpecs = artifacts.weightSpecs.map((spec) => ({ ...spec, name: `x${spec.name}` }));
    const other = { ...artifacts, label: 'other.json', weightSpecs };
    expect(() => initialize(from, other)).toThrow(/other\.json: none of its layers fits cnn-2/);
    from.dispose();
  });
});
