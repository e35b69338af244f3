import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { nodeNamed } from '../../../graph/named.ts';
import { createNodeEngine } from '../../../node.ts';
import { evaluate } from '../../../testing/evaluate.ts';
import { torchFile } from '../../../testing/torch-file.ts';
import { torchNetwork } from '../index.ts';
import { inMemory } from '../../../model/stored.ts';

/** See `make_variants.py`. */
interface Variant {
  readonly name: string;
  readonly weights: readonly (readonly [string, readonly number[]])[];
  readonly input: readonly number[];
  readonly config: unknown;
  readonly settings: object | null;
  readonly shape: readonly number[];
  /** Of what PyTorch gives in float64. */
  readonly sum: number;
  readonly largest: number;
  /** `sum v[i] cos(i)` */
  readonly weighted: number;
}

const variants: readonly Variant[] = JSON.parse(
  readFileSync('fixtures/checkpoint-variants/variants.json', 'utf8'),
);

beforeAll(async () => {
  await createNodeEngine().selectBackend('wasm');
});

test('layers without weights can be asked for as the file calls those with weights', () => {
  const stored = [{ name: 'module._orig_mod.0.weight', dims: [2, 1, 3, 3, 3] }].map((one) => ({
    ...one,
    numbers: new Float32Array(54),
  }));
  const config = [{ type: 'Conv3d' }, { type: 'ReLU' }];
  const given = { config, inputShape: [4, 4, 4] };
  const { graph } = torchNetwork(inMemory(torchFile(stored)), 'wrapped.pth', given);
  for (const name of ['1', 'module._orig_mod.1'])
    expect(nodeNamed(graph.nodes, name), name).toBeGreaterThanOrEqual(0);
});

/** `filled` of the script. */
function filled(name: string, dims: readonly number[], k: number): Float32Array {
  const count = dims.reduce((a, b) => a * b, 1);
  const scale = Math.sqrt(2 / (count / dims[0]));
  const offset = name.endsWith('weight') ? 1 : 0;
  return Float32Array.from({ length: count }, (_, i) => {
    const value = Math.sin(i * 12.9898 + k * 4.1414);
    if (name.endsWith('running_var')) return 1 + 0.5 * value;
    return dims.length < 2 ? offset + 0.25 * value : scale * value;
  });
}

test.each(variants)('$name', ({ weights, input, config, settings, ...expected }) => {
  const stored = weights.map(([name, dims], k) => ({ name, dims, numbers: filled(name, dims, k) }));
  const bytes = torchFile(stored, settings ?? {});
  const { graph } = torchNetwork(inMemory(bytes), 'variant.pth', {
    config,
    inputShape: input.slice(1),
  });
  const x = filled('input', input, 0).map((value) => 3 * value);
  const { shape, values } = evaluate(graph, x);
  expect(shape).toEqual(expected.shape);
  // Modules can be asked for as the file calls them.
  for (const [name, dims] of weights)
    if (dims.length > 3)
      expect(nodeNamed(graph.nodes, name.replace(/\.\w+$/, '')), name).toBeGreaterThanOrEqual(0);
  const share = expected.largest * Math.sqrt(values.length) * 1e-5;
  const [sum, weighted] = [() => 1, Math.cos].map((by) =>
    values.reduce((total, value, i) => total + value * by(i), 0),
  );
  expect(Math.abs(sum - expected.sum)).toBeLessThan(10 * share);
  expect(Math.abs(weighted - expected.weighted)).toBeLessThan(share);
});
