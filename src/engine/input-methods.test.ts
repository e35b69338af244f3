import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hidden,
  INPUT_METHODS,
  type InputMethod,
  NOISY,
  occlusions,
  PATH,
} from '../core/cam/index.ts';
import { resample } from '../core/volume/index.ts';
import { describeOnGpu, installNodeGpu } from '../testing/gpu.ts';
import type { LocalEngine } from './local.ts';
import { createNodeEngine } from './node.ts';
import { loadCase, relativeError } from './testing/fixtures.ts';
import { runTwin } from './testing/float64-twin.ts';
import { conv, dense, testFiles, type TestLayer } from './testing/networks.ts';
import { readWeights } from './testing/weights.ts';
import type { BackendName, Explanation, ExplainRequest } from './types.ts';

const EDGE = 16;
const INDEX = 3;
const { expected, input, modelUrl } = loadCase('tiny_cnn2');
const { weights } = readWeights(new URL('.', modelUrl).pathname);
const twinOf = (x: ArrayLike<number>) => runTwin(weights, x, EDGE, true);
const request: ExplainRequest = {
  model: 'tiny',
  input,
  inputShape: expected.input_shape,
  layers: 'default',
  classes: [INDEX],
  methods: INPUT_METHODS,
};

function mapOf({ layers }: Explanation, method: InputMethod | 'hirescam' | 'guided-grad' | 'grad') {
  for (const { classes } of layers) {
    const found = classes[0].methods[method];
    if (found) return found;
  }
  throw new Error(`no map by ${method}`);
}

/**
 * Sum of the differences over that of the magnitudes. At one of many points a hidden unit may be nearer to 0 than
 * float32 resolves; its part of that point's gradient (seven percent, seen) is then there or not.
 */
function meanError(found: ArrayLike<number>, wanted: Float64Array): number {
  const difference = wanted.reduce((sum, value, i) => sum + Math.abs(found[i] - value), 0);
  return difference / wanted.reduce((sum, value) => sum + Math.abs(value), 0);
}

/** The mean over points of the twin's gradient for the input. */
function meanGradient(points: typeof PATH): Float64Array {
  const sum = new Float64Array(input.length);
  for (let k = 0; k < points.count; k++) {
    const { gradient } = twinOf(points.at(input, k)).explain(INDEX).get('input')!;
    for (let i = 0; i < sum.length; i++) sum[i] += gradient[i] / points.count;
  }
  return sum;
}

function checkMethods(backend: BackendName): void {
  let engine: LocalEngine;
  let answer: Explanation;
  beforeAll(async () => {
    engine = createNodeEngine();
    await engine.selectBackend(backend);
    await engine.loadModel({ kind: 'url', url: modelUrl, id: 'tiny' });
    answer = await engine.explain({
      ...request,
      layers: ['conv3'],
      methods: [...INPUT_METHODS, 'guided-grad', 'grad'],
    });
  }, 300_000);
  afterAll(() => engine.dispose());

  it('stands at the input, on its grid', () => {
    expect(answer.layers.map(({ name }) => name)).toEqual(['conv3', 'input']);
    expect(Object.keys(answer.layers[1].classes[0].methods)).toEqual([...INPUT_METHODS]);
    for (const method of INPUT_METHODS)
      expect(mapOf(answer, method).shape).toEqual([EDGE, EDGE, EDGE]);
    expect(mapOf(answer, 'guided-grad').shape).toEqual([EDGE, EDGE, EDGE]);
    expect(mapOf(answer, 'grad').shape).toEqual([4, 4, 4]);
  });

  it.each(['plain', 'guided', 'deconvnet'] as const)('%s gradients agree with the twin', (rule) => {
    const { gradient } = twinOf(input).explain(INDEX, undefined, rule).get('input')!;
    const method = rule === 'plain' ? 'gradient' : rule;
    expect(relativeError(mapOf(answer, method).data, gradient)).toBeLessThan(1e-5);
  });

  it('integrated gradients and SmoothGrad are means of the gradients of the twin', () => {
    const path = meanGradient(PATH).map((value, i) => value * input[i]);
    expect(meanError(mapOf(answer, 'integrated').data, path)).toBeLessThan(3e-3);
    const noisy = meanGradient(NOISY);
    expect(meanError(mapOf(answer, 'smoothgrad').data, noisy)).toBeLessThan(3e-3);
  });

  it('gradient times input is HiResCAM at the input, and adds up with the biases', async () => {
    const own = await engine.explain({ ...request, layers: ['input'], methods: ['hirescam'] });
    const product = mapOf(answer, 'gradient-input');
    expect(relativeError(product.data, mapOf(own, 'hirescam').data)).toBeLessThan(1e-6);
    const [{ score, bias }] = own.layers[0].ledger;
    expect(Math.abs(product.sum + bias - score)).toBeLessThan(1e-4);
  });

  it('integrated gradients add up to the score less that of zeros', () => {
    const difference =
      twinOf(input).scores[INDEX] - twinOf(new Float64Array(input.length)).scores[INDEX];
    const { sum } = mapOf(answer, 'integrated');
    expect(Math.abs(sum - difference)).toBeLessThan(0.01 * Math.abs(difference));
    // Not what gradient times input gives.
    expect(Math.abs(mapOf(answer, 'gradient-input').sum - difference)).toBeGreaterThan(
      0.1 * Math.abs(difference),
    );
  });

  it('guided Grad-CAM is the product of the two', () => {
    const coarse = mapOf(answer, 'grad').data.map((value) => Math.max(value, 0));
    const wide = resample(coarse, [4, 4, 4], [EDGE, EDGE, EDGE]);
    const wanted = mapOf(answer, 'guided').data.map((value, i) => value * wide[i]);
    expect(relativeError(mapOf(answer, 'guided-grad').data, wanted)).toBeLessThan(1e-5);
  });

  it('occlusion is the mean loss of score over the boxes around a voxel', () => {
    const space = [EDGE, EDGE, EDGE];
    const whole = twinOf(input).scores[INDEX];
    for (const at of [
      [0, 0, 0],
      [7, 8, 9],
    ]) {
      const around = occlusions(space).filter(({ from, to }) =>
        at.every((n, axis) => from[axis] <= n && n < to[axis]),
      );
      const drops = around.map((box) => whole - twinOf(hidden(input, space, 1, box)).scores[INDEX]);
      const mean = drops.reduce((a, b) => a + b, 0) / drops.length;
      const found = mapOf(answer, 'occlusion').data[(at[0] * EDGE + at[1]) * EDGE + at[2]];
      expect(Math.abs(found - mean)).toBeLessThan(1e-4 * Math.abs(whole));
    }
  });
}

describe('methods of the input on wasm', () => checkMethods('wasm'));
describeOnGpu(await installNodeGpu(), 'methods of the input on webgpu', () =>
  checkMethods('webgpu'),
);

describe('a linear network', () => {
  const engine = createNodeEngine();
  const space = [6, 5, 4];
  const shape = [...space, 2];
  const flatten: TestLayer = ['Flatten', {}];
  const x = Float32Array.from({ length: 240 }, (_, i) => Math.sin(3 * i) + 0.3);
  let answer: Explanation;
  beforeAll(async () => {
    const files = await testFiles(shape, (net, from) =>
      net.chain(from, conv(3), flatten, dense(2)),
    );
    await engine.loadModel({ kind: 'files', files, id: 'linear' });
    const about = { model: 'linear', input: x, inputShape: shape, classes: [1], layers: 'default' };
    answer = await engine.explain({ ...about, methods: INPUT_METHODS } as ExplainRequest);
  });
  afterAll(() => engine.dispose());

  it.each<[InputMethod, InputMethod]>([
    ['integrated', 'gradient-input'],
    ['smoothgrad', 'gradient'],
    ['guided', 'gradient'],
    ['deconvnet', 'gradient'],
  ])('%s is %s', (one, other) => {
    expect(relativeError(mapOf(answer, one).data, mapOf(answer, other).data)).toBeLessThan(1e-5);
  });

  it('loses by occlusion what the weights make of the difference to the mean', async () => {
    // The gradient of one channel from that of the sum: two inputs that differ in it.
    const boxes = occlusions(space);
    const about = { model: 'linear', inputShape: shape, classes: [1] as const };
    const scoreOf = async (input: Float32Array) =>
      (await engine.explain({ ...about, input, layers: 'default', methods: ['grad'] })).scores[1];
    const sum = new Float64Array(120);
    const count = new Float64Array(120);
    const whole = await scoreOf(x);
    for (const box of boxes) {
      const drop = whole - (await scoreOf(hidden(x, space, 2, box)));
      for (let v = 0; v < 120; v++) {
        const at = [Math.floor(v / 20), Math.floor(v / 4) % 5, v % 4];
        if (!at.every((n, axis) => box.from[axis] <= n && n < box.to[axis])) continue;
        sum[v] += drop;
        count[v]++;
      }
    }
    const wanted = sum.map((value, v) => value / count[v]);
    expect(relativeError(mapOf(answer, 'occlusion').data, wanted)).toBeLessThan(1e-5);
  });
});

describe('tasks of many passes', () => {
  const engine = createNodeEngine();
  beforeAll(async () => {
    await engine.loadModel({ kind: 'url', url: modelUrl, id: 'tiny' });
  });
  afterAll(() => engine.dispose());

  it('says how far it is, and stops when asked without leaving tensors', async () => {
    const before = await engine.memory();
    const cancel = new AbortController();
    const seen: string[] = [];
    const running = engine.explain(
      { ...request, methods: ['occlusion'] },
      {
        signal: cancel.signal,
        onProgress({ stage, fraction }) {
          seen.push(`${stage} ${fraction}`);
          if (stage === 'Occlusion sensitivity' && fraction! > 0.3) cancel.abort();
        },
      },
    );
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(seen.filter((text) => text.startsWith('Occlusion')).length).toBeGreaterThan(5);
    expect(await engine.memory()).toEqual(before);
  });

  it('does not compute again what it knows', async () => {
    const keyed = { ...request, inputKey: 'a', methods: ['integrated'] } as const;
    const first = await engine.explain(keyed);
    const { tensors } = await engine.memory();
    const stages: string[] = [];
    const again = await engine.explain(keyed, { onProgress: ({ stage }) => stages.push(stage) });
    expect(stages).toEqual([]);
    expect(again.layers).toEqual(first.layers);
    expect((await engine.memory()).tensors).toBe(tensors);
  });

  it('refuses CAM where a hidden layer follows', async () => {
    await expect(engine.explain({ ...request, methods: ['cam'] })).rejects.toThrow(
      /CAM is not defined at layer maxpool2: .* ends at flatten.*; accepted: respond, grad/,
    );
  });
});
