import { afterAll, expect, it } from 'vitest';
import { freshGraph, KerasWriter } from './formats/keras/writer.ts';
import { layersFiles } from './model/write.ts';
import { createNodeEngine } from './node.ts';
import type { NamedBytes } from './types.ts';

const engine = createNodeEngine();
afterAll(() => engine.dispose());

/** A network of 16.8 million weights, more than are kept in memory beside those on the backend. */
async function files(shift: number): Promise<NamedBytes[]> {
  const writer = new KerasWriter('large');
  const pool = { pool_size: [2, 2, 2], strides: [2, 2, 2], padding: 'valid' };
  const halved = writer.add('MaxPooling3D', pool, writer.input([32, 32, 32, 1]));
  const wide = writer.add('Dense', { units: 4096 }, writer.add('Flatten', {}, halved));
  const topology = writer.topology(writer.add('Dense', { units: 2 }, wide));
  const initial = (_: string, { shape }: { shape: readonly number[] }) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_v, i) => (i % 7) - 3 + shift);
  const graph = freshGraph(topology, initial, 'large');
  const made = await layersFiles(topology, graph.constants, {});
  return made.map(({ name, bytes }) => ({ name, bytes: new Blob([bytes.slice()]) }));
}

const ask = async () => {
  const input = Float32Array.from({ length: 32 ** 3 }, (_, i) => (i % 5) / 5);
  const inputShape = [32, 32, 32, 1];
  const question = { layers: 'default', classes: 'all', methods: ['respond'] } as const;
  return (await engine.explain({ model: 'large', input, inputShape, ...question })).scores;
};

it('reads a large network again for another backend, and refuses one that has changed', async () => {
  await engine.selectBackend('wasm');
  const own = await files(0);
  const others = await files(1);
  // What is read of a blob changes when the file behind it does.
  let changed = false;
  const bytes = own.map(({ name, bytes: blob }, i): NamedBytes => {
    const given = blob as Blob;
    const read = () => (changed ? (others[i].bytes as Blob) : given).arrayBuffer();
    return { name, bytes: Object.assign(given.slice(), { arrayBuffer: read }) };
  });
  await engine.loadModel({ kind: 'files', id: 'large', files: bytes });
  const before = await ask();
  await engine.selectBackend('cpu');
  for (const [i, score] of (await ask()).entries())
    expect(Math.abs(score / before[i] - 1)).toBeLessThan(1e-5);
  changed = true;
  await expect(engine.selectBackend('wasm')).rejects.toThrow(/it has changed since it was opened/);
});
