import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeEngine, fileUrl, readNetwork } from '../node.ts';
import { tf } from '../tf.ts';
import type { ModelArtifacts } from './artifacts.ts';
import { quantize } from './quantize.ts';
import { artifactFiles } from './write.ts';

const MODEL = new URL('../../../public/models/cnn-2-inf/model.json', import.meta.url).pathname;
const SAMPLE = new URL('../../../public/samples/', import.meta.url);
const engine = createNodeEngine();
let original: ModelArtifacts;
beforeAll(async () => {
  await engine.selectBackend('wasm');
  original = await readNetwork({ kind: 'url', url: fileUrl(MODEL), id: 'a' });
});
afterAll(() => engine.dispose());

function floats({ weightData, weightSpecs }: ModelArtifacts, name: string): Float32Array {
  const tensors = tf.io.decodeWeights(weightData, weightSpecs);
  const values = tensors[name].dataSync().slice() as Float32Array;
  tf.dispose(tensors);
  return values;
}

describe('quantize', () => {
  it.each([
    ['uint8', 8],
    ['uint16', 16],
    ['uint16', 14],
  ] as const)('%s, %d bits: no value is off by more than half a step, 0 stays 0', (dtype, bits) => {
    const { artifacts, weights } = quantize(original, { dtype, bits });
    const steps = 2 ** bits - 2;
    expect(weights.map(({ name }) => name)).toEqual(['fc1/kernel']);
    const [before, after] = [original, artifacts].map((a) => floats(a, 'fc1/kernel'));
    const low = before.reduce((a, b) => Math.min(a, b), 0);
    const high = before.reduce((a, b) => Math.max(a, b), 0);
    const worst = before.reduce((w, v, i) => Math.max(w, Math.abs(v - after[i])), 0);
    expect(worst).toBeLessThanOrEqual((0.5 * (high - low)) / steps + 2 ** -24 * (high - low));
    expect(weights[0].worst).toBe(worst);
    const spec = artifacts.weightSpecs.find(({ name }) => name === 'fc1/kernel');
    const { min, scale } = spec!.quantization as { min: number; scale: number };
    expect(Number.isInteger(Math.fround(-min / scale))).toBe(true);
    expect(floats(artifacts, 'conv1/kernel')).toEqual(floats(original, 'conv1/kernel'));
  });

  it('float16: eleven bits of every value of a layer that was asked for', () => {
    const { artifacts, weights } = quantize(original, { dtype: 'float16', layers: ['conv4'] });
    expect(weights.map(({ name }) => name)).toEqual(['conv4/kernel']);
    const [before, after] = [original, artifacts].map((a) => floats(a, 'conv4/kernel'));
    const off = before.filter((v, i) => Math.abs(v - after[i]) > Math.abs(v) / 2048 + 2 ** -25);
    expect(off).toHaveLength(0);
  });

  it('gives files a quarter of the size that load and score nearly the same', async () => {
    const { artifacts } = quantize(original, { dtype: 'uint8' });
    const files = await artifactFiles({ ...artifacts, sidecar: {} });
    const sizes = [original, artifacts].map(({ weightData }) => weightData.byteLength);
    expect(sizes[0] - sizes[1]).toBe(3 * 8000 * 512);
    await engine.loadModel({ kind: 'url', url: fileUrl(MODEL), id: 'before' });
    await engine.loadModel({
      kind: 'files',
      id: 'after',
      files: files.map(({ name, bytes }) => ({ name, bytes: bytes.slice().buffer as ArrayBuffer })),
    });
    const samples = JSON.parse(readFileSync(new URL('index.json', SAMPLE), 'utf8')) as {
      path: string;
      snr: number | 'inf';
    }[];
    const { path } = samples.find(({ snr }) => snr === 'inf')!;
    const bytes = readFileSync(new URL(`../../../public/${path}`, import.meta.url));
    const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset + 1024));
    const std = Math.sqrt(data.reduce((s, v) => s + v * v, 0) / data.length);
    const ask = async (model: string) =>
      engine.explain({
        model,
        input: data.map((v) => v / std),
        inputShape: [40, 40, 40, 1],
        layers: 'default',
        classes: 'top',
        methods: ['respond'],
      });
    const [before, after] = [await ask('before'), await ask('after')];
    expect(after.predicted).toBe(before.predicted);
    const span = Math.max(...before.scores) - Math.min(...before.scores);
    const worst = Math.max(...before.scores.map((v, i) => Math.abs(v - after.scores[i])));
    expect(worst).toBeGreaterThan(0);
    expect(worst / span).toBeLessThan(0.02);
  });

  it('refuses what cannot be done', () => {
    expect(() => quantize(original, { dtype: 'uint8', layers: ['fc9'] })).toThrow(
      /no layer 'fc9' with a float32 kernel; accepted: conv1, conv2, conv3, conv4, fc1, fc2, fc3/,
    );
    const once = quantize(original, { dtype: 'uint8' }).artifacts;
    expect(() => quantize(once, { dtype: 'uint16' })).toThrow(/fc1\/kernel is uint8 already/);
    for (const bad of [Number.NaN, Infinity]) {
      const weightData = original.weightData.slice(0);
      new Float32Array(weightData)[5] = bad;
      expect(() => quantize({ ...original, weightData }, { dtype: 'uint8' })).toThrow(
        `value 5 of conv1/kernel is ${bad}; accepted: networks whose weights are finite`,
      );
    }
    const small = {
      ...original,
      weightSpecs: original.weightSpecs.slice(0, 2),
      weightData: original.weightData.slice(0, 4 * 28 * 32),
    };
    expect(() => quantize(small, { dtype: 'uint8' })).toThrow(/no kernel has 1048576 values/);
  });
});
