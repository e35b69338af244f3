import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalEngine } from './local.ts';
import { describeOnGpu, installNodeGpu } from '../testing/gpu.ts';
import { createNodeEngine } from './node.ts';
import { CASES, loadCase, relativeError } from './testing/fixtures.ts';
import type { BackendName, ExplainRequest } from './types.ts';

const METHODS = ['respond', 'grad', 'hirescam'] as const;

function checkExplain(backend: BackendName): void {
  let engine: LocalEngine;
  beforeAll(async () => {
    engine = createNodeEngine();
    await engine.selectBackend(backend);
  });
  afterAll(() => engine.dispose());

  it.each(CASES)(
    '%s agrees with the float64 reference',
    async (name) => {
      const { expected, input, modelUrl, values } = loadCase(name);
      const info = await engine.loadModel({ kind: 'url', url: modelUrl, id: name });
      expect(info.classes).toHaveLength(expected.classes);
      const answer = await engine.explain({
        model: name,
        input,
        inputShape: expected.input_shape,
        layers: expected.layers,
        classes: 'all',
        methods: [...METHODS, 'xgrad'],
      });
      expect(relativeError(answer.scores, expected.scores)).toBeLessThan(1e-5);
      for (const layer of answer.layers) {
        for (const { index, methods } of layer.classes) {
          for (const method of METHODS) {
            const map = methods[method]!;
            const error = relativeError(map.data, values(`${method}/${layer.name}/${index}`));
            expect(error, `${method}/${layer.name}/${index}`).toBeLessThan(1e-4);
            const sum = expected.sums[`${layer.name}/${index}`][method];
            expect(Math.abs(map.sum - sum)).toBeLessThan(1e-4 * Math.max(1, Math.abs(sum)));
          }
          expect(methods.xgrad!.data).toEqual(methods.respond!.data.map((v) => Math.max(v, 0)));
        }
        for (const row of layer.ledger) {
          expect(Math.abs(row.residual), `${layer.name} ledger ${row.index}`).toBeLessThan(1e-4);
        }
      }
      const last = answer.layers[answer.layers.length - 1];
      for (const method of ['respond', 'grad'] as const) {
        const { l1, kendallTau } = last.metrics[method]!;
        expect(l1).toBeCloseTo(expected.table1[method].l1, 4);
        expect(kendallTau).toBeCloseTo(expected.table1[method].kendall_tau, 9);
      }
    },
    300_000,
  ); // compiling shaders on a busy processor takes its time
}

describe.each(['wasm', 'cpu'] as const)('explain on %s', checkExplain);
describeOnGpu(await installNodeGpu(), 'explain on webgpu', () => checkExplain('webgpu'));

describe('an engine', () => {
  const engine = createNodeEngine();
  const { expected, input, modelUrl } = loadCase('tiny_cnn2');
  const request: ExplainRequest = {
    model: 'tiny',
    input,
    inputShape: expected.input_shape,
    layers: 'default',
    classes: 'all',
    methods: ['respond', 'grad'],
  };
  beforeAll(async () => {
    await engine.loadModel({ kind: 'url', url: modelUrl, id: 'tiny' });
  });
  afterAll(() => engine.dispose());

  it('describes its network', async () => {
    const info = await engine.loadModel({ kind: 'url', url: modelUrl, id: 'tiny' });
    expect(info.layers.map(({ name }) => name)).toEqual([
      'input',
      'prepooling',
      'conv1',
      'conv2',
      'maxpool1',
      'conv3',
      'conv4',
      'maxpool2',
    ]);
    expect(info.defaultLayer).toBe('maxpool2');
    expect(info.parameters).toBe(7139);
    expect(info.inputShape).toEqual([16, 16, 16, 1]);
  });

  it('answers follow-up questions from what it has, with the same numbers', async () => {
    const keyed = { ...request, inputKey: 'a' };
    const first = await engine.explain(keyed);
    expect(first.timing.forward).toBeGreaterThan(0);
    const again = await engine.explain({ ...keyed, layers: ['conv2'], classes: [3] });
    expect(again.timing.forward).toBe(0);
    const fresh = await engine.explain({ ...request, layers: ['conv2'], classes: [3] });
    expect(again.layers).toEqual(fresh.layers);
    const { tensors } = await engine.memory();
    const repeated = await engine.explain(keyed);
    expect(repeated.layers).toEqual(first.layers);
    expect((await engine.memory()).tensors).toBe(tensors);
  });

  it('explains the input layer itself', async () => {
    const answer = await engine.explain({ ...request, layers: ['input'], classes: [0] });
    const [layer] = answer.layers;
    expect(layer.shape).toEqual([16, 16, 16]);
    expect(layer.kappa.max).toBeGreaterThan(1);
    const { score, cam, bias } = layer.ledger[0];
    expect(cam + bias).toBeCloseTo(score, 4);
  });

  it('leaves no tensor behind after two hundred explanations', async () => {
    await engine.explain({ ...request, layers: 'all' });
    const before = await engine.memory();
    for (let i = 0; i < 200; i++) {
      await engine.explain({ ...request, layers: i % 20 ? 'default' : 'all', classes: [i % 5] });
    }
    expect(await engine.memory()).toEqual(before);
  });

  it('stops when asked, without leaving tensors', async () => {
    const before = await engine.memory();
    const cancel = new AbortController();
    const running = engine.explain(
      { ...request, layers: 'all' },
      { signal: cancel.signal, onProgress: () => cancel.abort() },
    );
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(await engine.memory()).toEqual(before);
  });

  it.each<[string, Partial<ExplainRequest>, RegExp]>([
    ['shape', { inputShape: [8, 8, 8, 1] }, /shape \[8,8,8,1\]; accepted by .*16,16,16,1/],
    ['length', { input: new Float32Array(3) }, /holds 3 values/],
    ['values', { input: input.map((v, i) => (i === 7 ? Number.NaN : v)) }, /NaN at index 7/],
    ['layer', { layers: ['conv9'] }, /unknown layer 'conv9'; accepted: input, prepooling/],
    ['class', { classes: [5] }, /unknown class 5; accepted: 0 to 4/],
    ['network', { model: 'other' }, /unknown network 'other'; accepted: tiny/],
  ])('refuses a wrong %s in a sentence', async (_, change, message) => {
    await expect(engine.explain({ ...request, ...change })).rejects.toThrow(message);
  });
});
