import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openVolume } from '../core/volume/index.ts';
import { createNodeEngine } from './node.ts';
import { runTwin, type Twin, type TwinWeights } from './testing/float64-twin.ts';
import { readWeights } from './testing/weights.ts';
import type { Explanation, NamedBytes } from './types.ts';

const PUBLIC = fileURLToPath(new URL('../../public/', import.meta.url));
const METHODS = ['respond', 'grad', 'hirescam', 'gradpp', 'layercam'] as const;
/** Of the largest magnitude of what is compared. */
const BOUND = 1e-5;

/** The central `edge`^3 voxels of a sample, z-scored. */
function sample(id: string, edge: number): Float32Array {
  const path = `${PUBLIC}samples/${id}.mrc`;
  const { volume } = openVolume(new Uint8Array(readFileSync(path)), path);
  const first = (40 - edge) / 2;
  const values = Float64Array.from({ length: edge ** 3 }, (_, i) => {
    const at = [Math.floor(i / edge ** 2), Math.floor(i / edge) % edge, i % edge];
    const [z, y, x] = at.map((n) => n + first);
    return volume.data[(z * 40 + y) * 40 + x];
  });
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  return Float32Array.from(values, (v) => (v - mean) / std);
}

/** CNN-1 for a box of `edge`: its own weights, of `fc1` those of the middle of `maxpool2`. */
function inSmallBox(id: string, edge: number): { files: NamedBytes[]; weights: TwinWeights } {
  const { topology, specs, weights } = readWeights(`${PUBLIC}models/${id}/`);
  const [from, to] = [10, edge / 4];
  const kernel = weights.get('fc1/kernel')!;
  const cut = new Float64Array(to ** 3 * 64 * 512);
  for (let v = 0; v < to ** 3; v++) {
    const voxel = [Math.floor(v / to ** 2), Math.floor(v / to) % to, v % to];
    const [z, y, x] = voxel.map((n) => n + (from - to) / 2);
    const row = ((z * from + y) * from + x) * 64 * 512;
    cut.set(kernel.subarray(row, row + 64 * 512), v * 64 * 512);
  }
  weights.set('fc1/kernel', cut);
  const plain = specs.map(({ name, shape }) => ({
    name,
    shape: name === 'fc1/kernel' ? [to ** 3 * 64, 512] : shape,
    dtype: 'float32',
  }));
  const all = plain.map(({ name }) => weights.get(name)!);
  const data = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of all) {
    data.set(values, at);
    at += values.length;
  }
  const model = {
    modelTopology: JSON.parse(
      JSON.stringify(topology).replace('[null,40,40,40,1]', `[null,${edge},${edge},${edge},1]`),
    ),
    weightsManifest: [{ paths: ['weights.bin'], weights: plain }],
  };
  const files = [
    { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(model)).buffer },
    { name: 'weights.bin', bytes: data.buffer },
  ];
  return { files, weights };
}

/** Tau-b by its definition: pairs in the same order less pairs in the other, over what ties leave. */
function tau(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  let pairsA = 0;
  let pairsB = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const [da, db] = [Math.sign(a[i] - a[j]), Math.sign(b[i] - b[j])];
      sum += da * db;
      pairsA += Math.abs(da);
      pairsB += Math.abs(db);
    }
  }
  return sum / Math.sqrt(pairsA * pairsB);
}

function expectClose(
  found: ArrayLike<number>,
  wanted: ArrayLike<number>,
  what: string,
  bound = BOUND,
): void {
  expect(found.length, what).toBe(wanted.length);
  let largest = 0;
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    largest = Math.max(largest, Math.abs(wanted[i]));
    worst = Math.max(worst, Math.abs(found[i] - wanted[i]));
  }
  expect(worst / largest, what).toBeLessThan(bound);
}

/**
 * The same for all but a hundredth of the voxels. Two values of a pooling window may be nearer to each other
 * than float32 resolves; the gradient then goes to the other one, and what lies under that window differs
 * by parts in 10^5 of the peak. Maps with one weight for a channel do not see it.
 */
function expectCloseButForTies(found: ArrayLike<number>, wanted: Float64Array, what: string): void {
  const peak = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const errors = Array.from(wanted, (value, i) => Math.abs(found[i] - value) / peak);
  expect(errors.filter((error) => error > BOUND).length, what).toBeLessThan(0.01 * wanted.length);
  expect(Math.max(...errors), what).toBeLessThan(100 * BOUND);
}

/** Maps, sums and ledger of some classes at every layer. */
function expectSameMaps(found: Explanation, twin: Twin, classes: readonly number[]): void {
  const wanted = new Map(classes.map((index) => [index, twin.explain(index)]));
  expect(found.layers.map(({ name }) => name)).toEqual(twin.layers);
  for (const layer of found.layers) {
    for (const [k, index] of classes.entries()) {
      const what = `${layer.name}, class ${index}`;
      const maps = wanted.get(index)!.get(layer.name)!;
      const score = Math.abs(twin.scores[index]);
      const row = layer.ledger[k];
      expect(row.index).toBe(index);
      for (const method of METHODS) {
        const map = layer.classes[k].methods[method]!;
        const byVoxel =
          method === 'hirescam' || method === 'layercam' || layer.kappa.unsafeChannels > 0;
        const weighted = method === 'grad' || method === 'gradpp';
        // The weights of Grad-CAM++ hang on single gradients, which may go to another voxel of a tie.
        const bound = method === 'gradpp' ? 10 * BOUND : BOUND;
        if (byVoxel && !weighted)
          expectCloseButForTies(map.data, maps[method], `${what}, ${method}`);
        else expectClose(map.data, maps[method], `${what}, ${method}`, bound);
        const sum = maps[method].reduce((a, b) => a + b, 0);
        const magnitude = maps[method].reduce((a, b) => a + Math.abs(b), score);
        expect(Math.abs(map.sum - sum), `${what}, sum of ${method}`).toBeLessThan(
          bound * magnitude,
        );
      }
      expect(Math.abs(row.cam - maps.cam), `${what}, cam`).toBeLessThan(BOUND * score);
      expect(Math.abs(row.bias - maps.bias), `${what}, bias`).toBeLessThan(BOUND * score);
      expect(Math.abs(row.residual), `${what}, residual`).toBeLessThan(BOUND * score);
      expect(twin.scores[index]).toBeCloseTo(maps.cam + maps.bias, 8);
    }
  }
}

/** The two numbers of Table 1 at the last layer, over all classes. */
function expectSameTable(found: Explanation, twin: Twin): void {
  const last = twin.layers[twin.layers.length - 1];
  const { metrics } = found.layers[0];
  const scores = [...twin.scores];
  const all = scores.map((_, index) => twin.explain(index, 'last').get(last)!);
  for (const method of METHODS) {
    const sums = all.map((maps) => maps[method].reduce((a, b) => a + b, 0));
    const l1 = sums.reduce((total, sum, c) => total + Math.abs(sum - scores[c]), 0) / sums.length;
    const { l1: found1, kendallTau } = metrics[method]!;
    expect(Math.abs(found1 - l1), `L1 of ${method}`).toBeLessThan(BOUND * Math.max(...scores));
    expect(Math.abs(kendallTau - tau(sums, scores)), `tau of ${method}`).toBeLessThan(BOUND);
  }
}

describe('against an independent twin in float64', () => {
  const engine = createNodeEngine();
  afterAll(() => engine.dispose());

  it.each([
    ['CNN-2, noise-free, whole', 'cnn-2-inf', '1AON-inf', 40],
    ['CNN-1, SNR 0.1, in a box of 16', 'cnn-1-0.1', '4V5A_70S-0.1', 16],
  ] as const)('%s: scores, maps, sums, tau and ledger on all layers', async (_, id, of, edge) => {
    await engine.selectBackend('wasm');
    const small = edge < 40 ? inSmallBox(id, edge) : null;
    const info = await engine.loadModel(
      small
        ? { kind: 'files', files: small.files, id }
        : { kind: 'url', url: `file://${PUBLIC}models/${id}/model.json`, id },
    );
    const input = sample(of, edge);
    const twin = runTwin(
      small?.weights ?? readWeights(`${PUBLIC}models/${id}/`).weights,
      input,
      edge,
      id.startsWith('cnn-2'),
    );
    const about = { model: id, input, inputShape: info.inputShape, methods: METHODS };
    const table = await engine.explain({ ...about, layers: ['maxpool2'], classes: 'all' });
    expectClose(table.scores, twin.scores, 'scores');
    expectSameTable(table, twin);
    const ranked = [...twin.scores.keys()].sort((a, b) => twin.scores[b] - twin.scores[a]);
    const classes = [ranked[0], ranked[ranked.length - 1]];
    expect(table.predicted).toBe(ranked[0]);
    expectSameMaps(await engine.explain({ ...about, layers: 'all', classes }), twin, classes);
  });
});
