import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inMemory } from '../../model/stored.ts';
import { onnxGraph } from './index.ts';
import { skeletonOf } from './skeleton.ts';

const folder = new URL('../../../../fixtures/import/onnx/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.onnx'),
);
const bytesOf = (name: string) =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(name, folder))));

const inputShape = [16, 16, 16];

const beside = (name: string) => async (path: string) =>
  bytesOf(name.replace(/[^/]*$/, encodeURIComponent(path)));

describe('a file without its large weights', () => {
  it.each(files)('%s has the same network', async (name) => {
    const bytes = bytesOf(name);
    const own = inMemory(bytes);
    const skeleton = skeletonOf(own, 16);
    if (!skeleton) return; // its weights lie elsewhere
    expect(skeleton.length).toBeLessThan(bytes.length / 2);
    const [whole, parts] = await Promise.all([
      onnxGraph(bytes, name, beside(name), { inputShape }),
      onnxGraph(skeleton, name, beside(name), { own, inputShape }),
    ]);
    expect(parts.graph.nodes).toEqual(whole.graph.nodes);
    const numbers = ({ graph }: typeof whole) => graph.constants.map(({ values }) => values());
    expect(numbers(parts)).toEqual(numbers(whole));
  });

  it('is there for most of them', () => {
    const made = files.filter((name) => skeletonOf(inMemory(bytesOf(name)), 16));
    expect(made.length).toBeGreaterThan(files.length / 2);
  });

  it('is not made of what is damaged or something else', () => {
    const bytes = bytesOf(files[0]);
    expect(skeletonOf(inMemory(bytes.subarray(0, bytes.length - 100)), 16)).toBeNull();
    expect(skeletonOf(inMemory(new Uint8Array(100)))).toBeNull();
    expect(skeletonOf(inMemory(new Uint8Array(0)))).toBeNull();
  });
});
