import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalEngine } from './local.ts';
import { batchLimits, batchSize, type BatchLimits } from './explain/batch.ts';
import { stagesOf } from './explain/network.ts';
import type { KerasWriter } from './formats/keras/writer.ts';
import { describeOnGpu, installNodeGpu } from '../testing/gpu.ts';
import { uniform } from '../testing/random.ts';
import { createNodeEngine } from './node.ts';
import { createPlatform } from './platform.ts';
import { CASES, loadCase, relativeError } from './testing/fixtures.ts';
import {
  average,
  conv,
  dense,
  norm,
  pool,
  relu,
  testFiles,
  testGraph,
} from './testing/networks.ts';
import type { BackendName, BatchRequest, Explanation, Refusal } from './types.ts';

/**
 * Between a batch and its volumes one by one: another order of float32 sums, relative to the largest value. The
 * fixture `negative_activations` is ill-conditioned on purpose.
 */
const BOUND = 2e-5;
const ILL_CONDITIONED = 2e-4;
const METHODS = ['respond', 'grad', 'hirescam'] as const;

/** Compiling shaders for batches takes a software driver its time. */
const GPU_CASES = ['single_fc', 'residual_batchnorm'] as const;

/** Volumes unlike each other, the same for the same seed. */
function volumes(count: number, size: number, seed = 1): Float32Array[] {
  const next = uniform(seed);
  return Array.from({ length: count }, (_, v) =>
    Float32Array.from({ length: size }, () => (v + 1) * (next() - 0.3)),
  );
}

function answered(answers: readonly (Explanation | Refusal)[]): Explanation[] {
  return answers.map((answer) => {
    if ('reason' in answer) throw new Error(answer.reason);
    return answer;
  });
}

/** What depends on the volume; the rest is time. */
const content = ({ timing: _, ...rest }: Explanation) => rest;

async function expectAsOneByOne(engine: LocalEngine, request: BatchRequest, bound: number) {
  const { inputs, ...question } = request;
  const together = answered(await engine.explainBatch(request));
  expect(together).toHaveLength(inputs.length);
  for (const [v, input] of inputs.entries()) {
    const alone = await engine.explain({ ...question, input });
    const own = together[v];
    expect(own).toMatchObject({ model: alone.model, backend: alone.backend });
    expect(relativeError(own.scores, alone.scores)).toBeLessThan(bound);
    for (const [l, layer] of alone.layers.entries()) {
      expect(own.layers[l]).toMatchObject({ name: layer.name, shape: layer.shape });
      for (const [c, { index, methods }] of layer.classes.entries()) {
        const theirs = own.layers[l].classes[c];
        expect(theirs.index).toBe(index);
        for (const method of request.methods) {
          const [a, b] = [theirs.methods[method]!, methods[method]!];
          expect(relativeError(a.data, b.data), `${layer.name} ${method}`).toBeLessThan(bound);
        }
      }
    }
  }
}

function checkBatches(backend: BackendName): void {
  const cases = backend === 'webgpu' ? GPU_CASES : CASES;
  const engine = createNodeEngine();
  beforeAll(() => engine.selectBackend(backend));
  afterAll(() => engine.dispose());

  it.each(cases)(
    '%s: as volume by volume',
    async (name) => {
      const { expected, modelUrl } = loadCase(name);
      await engine.loadModel({ kind: 'url', url: modelUrl, id: name });
      const scope = { model: name, layers: expected.layers, classes: 'all' } as const;
      expect(await engine.batchSize(scope)).toBeGreaterThan(1);
      const size = expected.input_shape.reduce((a, b) => a * b, 1);
      await expectAsOneByOne(
        engine,
        {
          ...scope,
          inputs: volumes(3, size),
          inputShape: expected.input_shape,
          methods: METHODS,
        },
        name === 'negative_activations' ? ILL_CONDITIONED : BOUND,
      );
    },
    300_000,
  );
}

describe.each(['wasm', 'cpu'] as const)('batches on %s', checkBatches);
describeOnGpu(await installNodeGpu(), 'batches on webgpu', () => checkBatches('webgpu'));

const plain = (filters: number, strides = 1) =>
  conv(filters, { use_bias: false, strides: [strides, strides, strides] });
const add = ['Add', {}] as const;

const NETWORKS: [string, (net: KerasWriter, x: string) => string][] = [
  [
    'residual, batch norm, strides',
    (net, x) => {
      const stem = net.chain(x, plain(8), norm(), relu());
      const first = net.add(...add, net.chain(stem, plain(8), norm()), stem);
      const block = net.chain(first, relu());
      const short = net.chain(block, plain(16, 2));
      const long = net.chain(block, plain(16, 2), norm(), relu(), plain(16), norm());
      return net.chain(net.add(...add, long, short), relu(), average(), dense(5));
    },
  ],
  [
    'encoder and decoder with skips',
    (net, x) => {
      const high = net.chain(x, plain(8), relu());
      const low = net.chain(high, pool(), plain(16), relu());
      const up = net.chain(low, [
        'Conv3DTranspose',
        { filters: 8, kernel_size: [2, 2, 2], strides: [2, 2, 2] },
      ]);
      const both = net.add('Concatenate', { axis: -1 }, high, up);
      return net.chain(both, plain(8), relu(), average(), dense(5));
    },
  ],
  [
    'two dense layers, ELU and average pooling',
    (net, x) =>
      net.chain(
        x,
        plain(16),
        ['Activation', { activation: 'elu' }],
        ['AveragePooling3D', { pool_size: [2, 2, 2] }],
        ['Flatten', {}],
        ['Dropout', { rate: 0.5 }],
        dense(24, { activation: 'relu' }),
        dense(5),
      ),
  ],
];

describe('batches of other networks', () => {
  const engine = createNodeEngine();
  beforeAll(() => engine.selectBackend('wasm'));
  afterAll(() => engine.dispose());
  const shape = [8, 8, 8, 1];

  it.each(NETWORKS)('%s: all layers, as volume by volume', async (_, build) => {
    await engine.loadModel({ kind: 'files', id: 'net', files: await testFiles(shape, build) });
    const request = { model: 'net', classes: 'all', inputShape: shape, methods: METHODS } as const;
    const inputs = volumes(3, 512);
    await expectAsOneByOne(engine, { ...request, layers: 'all', inputs }, BOUND);
    await expectAsOneByOne(engine, { ...request, layers: 'default', inputs }, BOUND);
    const top = { ...request, layers: 'default', classes: 'top', inputs } as const;
    await expectAsOneByOne(engine, top, BOUND);
    await engine.unloadModel('net');
  });
});

it('explains volumes that only fit in slabs one after the other', async () => {
  const { drivers } = createPlatform(async () => null);
  const memory = { total: 400_000, slab: 30_000, operation: 2 ** 30, tensor: 2 ** 30 };
  const start = async () => ({ ...(await drivers.wasm.start()), memory });
  const wasm = { ...drivers.wasm, start };
  const tight = new LocalEngine({ readUrl: async () => null, drivers: { ...drivers, wasm } });
  const roomy = createNodeEngine();
  for (const engine of [roomy, tight]) await engine.selectBackend('wasm');
  const files = await testFiles([16, 8, 8, 1], (net, x) =>
    net.chain(
      x,
      ...[plain(16), ['Activation', { activation: 'elu' }] as const],
      ...[plain(16), relu(), pool({ name: 'pool' }), ['Flatten', {}] as const, dense(5)],
    ),
  );
  const request = {
    model: 'net',
    inputs: volumes(3, 1024),
    inputShape: [16, 8, 8, 1],
    layers: ['pool'],
    classes: 'all',
    methods: METHODS,
  } as const;
  for (const engine of [roomy, tight]) await engine.loadModel({ kind: 'files', id: 'net', files });
  expect(await roomy.batchSize(request)).toBeGreaterThan(2);
  expect(await tight.batchSize(request)).toBe(1);
  await expect(tight.batchSize({ ...request, layers: 'all' })).rejects.toThrow(/not kept/);
  await expectAsOneByOne(tight, request, BOUND);
  const [together, apart] = await Promise.all([roomy, tight].map((e) => e.explainBatch(request)));
  for (const [v, { scores }] of answered(together).entries())
    expect(relativeError(answered(apart)[v].scores, scores)).toBeLessThan(BOUND);
  await Promise.all([roomy.dispose(), tight.dispose()]);
});

describe('an engine asked about batches', () => {
  const engine = createNodeEngine();
  const { expected, modelUrl } = loadCase('tiny_cnn2');
  const shape = expected.input_shape;
  const scope = { model: 'tiny', layers: 'default', classes: 'all' } as const;
  const request = { ...scope, inputShape: shape, methods: METHODS };
  const size = 16 ** 3;
  beforeAll(async () => {
    await engine.selectBackend('wasm');
    await engine.loadModel({ kind: 'url', url: modelUrl, id: 'tiny' });
  });
  afterAll(() => engine.dispose());

  it('answers about a volume to the last bit whatever comes with it', async () => {
    const count = await engine.batchSize(scope);
    expect(count).toBeGreaterThan(4);
    const inputs = volumes(2 * count + 3, size);
    const whole = answered(await engine.explainBatch({ ...request, inputs }));
    const backwards = await engine.explainBatch({ ...request, inputs: [...inputs].reverse() });
    expect(answered(backwards).reverse().map(content)).toEqual(whole.map(content));
    for (const [v, input] of inputs.entries()) {
      const [alone] = answered(await engine.explainBatch({ ...request, inputs: [input] }));
      expect(content(alone)).toEqual(content(whole[v]));
    }
  });

  it('gives the scores of inputs, to the last bit whatever comes with them', async () => {
    const inputs = volumes(9, size);
    const about = { model: 'tiny', inputShape: shape };
    const whole = await engine.scores({ ...about, inputs });
    for (const [v, input] of inputs.entries()) {
      expect(await engine.scores({ ...about, inputs: [input] })).toEqual([whole[v]]);
      const { scores } = await engine.explain({ ...request, input, methods: [] });
      expect(relativeError(whole[v], scores)).toBeLessThan(1e-5);
    }
    const difference = { kind: 'difference', against: 1 } as const;
    const [less] = await engine.scores({ ...about, inputs, target: difference });
    expect(less[0]).toBeCloseTo(whole[0][0] - whole[0][1], 5);
    await expect(engine.scores({ ...about, inputs: [inputs[0].slice(1)] })).rejects.toThrow(
      /the input holds/,
    );
    expect(await engine.scores({ ...about, inputs: [] })).toEqual([]);
    const marks = { shape: [shape[0], shape[1], shape[2]], runs: [0, inputs[0].length] } as const;
    const part = { kind: 'painted', marks } as const;
    const kept = await engine.occlude({ ...about, input: inputs[0], part, only: true });
    expect(kept).toEqual({ scores: whole[0], share: 1 });
  });

  it('shuffles weights from the scores on, the same for the same seed, and forgets the copy', async () => {
    const [input] = volumes(1, size);
    const before = await engine.memory();
    const scoresOf = async (layers: number, seed: number) => {
      const found = await engine.randomise({ model: 'tiny', id: 'shuffled', layers, seed });
      const [scores] = await engine.scores({
        model: 'shuffled',
        inputShape: shape,
        inputs: [input],
      });
      return { ...found, scores };
    };
    const [own] = await engine.scores({ model: 'tiny', inputShape: shape, inputs: [input] });
    expect((await scoresOf(0, 1)).scores).toEqual(own);
    const one = await scoresOf(1, 1);
    expect(one.layers).toHaveLength(1);
    expect(one.scores).not.toEqual(own);
    expect((await scoresOf(1, 1)).scores).toEqual(one.scores);
    expect((await scoresOf(1, 2)).scores).not.toEqual(one.scores);
    const all = await scoresOf(99, 1);
    expect(all.layers).toHaveLength(all.of);
    expect(all.layers[0]).toBe(one.layers[0]);
    await engine.unloadModel('shuffled');
    expect((await engine.memory()).tensors).toBe(before.tensors);
    expect(await engine.scores({ model: 'tiny', inputShape: shape, inputs: [input] })).toEqual([
      own,
    ]);
  });

  it('refuses a volume alone, with its reason', async () => {
    const inputs = volumes(7, size);
    const whole = answered(await engine.explainBatch({ ...request, inputs }));
    const damaged = [...inputs];
    damaged[1] = new Float32Array(5);
    damaged[3] = inputs[3].map((value, i) => (i === 9 ? Number.NaN : value));
    damaged[4] = new Float32Array(size).fill(3e38);
    const answers = await engine.explainBatch({ ...request, inputs: damaged });
    const reasons = answers.map((answer) => ('reason' in answer ? answer.reason : null));
    expect(reasons).toEqual([
      null,
      expect.stringMatching(/holds 5 values; its shape \[16,16,16,1\] needs 4096/),
      null,
      expect.stringMatching(/holds NaN at index 9; accepted: finite numbers/),
      expect.stringMatching(
        /gives (NaN|-?Infinity) as the score of class \d: .*; accepted: weights/,
      ),
      null,
      null,
    ]);
    for (const v of [0, 2, 5, 6])
      expect(content(answers[v] as Explanation)).toEqual(content(whole[v]));
  });

  it('answers nothing when nothing is asked, and refuses all of them where none fits', async () => {
    expect(await engine.explainBatch({ ...request, inputs: [] })).toEqual([]);
    const answers = await engine.explainBatch({
      ...request,
      inputShape: [8, 8, 8, 1],
      inputs: volumes(2, 512),
    });
    expect(answers).toEqual(
      [0, 1].map(() => ({ reason: expect.stringMatching(/shape \[8,8,8,1\]; accepted by/) })),
    );
  });

  it('holds as many tensors after a hundred batches as after one', async () => {
    const inputs = volumes(await engine.batchSize(scope), size);
    await engine.explainBatch({ ...request, inputs });
    const before = await engine.memory();
    for (let i = 0; i < 100; i++) {
      const layers = i % 10 ? ('default' as const) : ['conv3', 'input'];
      await engine.explainBatch({ ...request, layers, inputs: inputs.slice(i % 3) });
    }
    expect(await engine.memory()).toEqual(before);
  });

  it('stops when asked, without leaving tensors', async () => {
    const inputs = volumes(20, size);
    const before = await engine.memory();
    const cancel = new AbortController();
    const running = engine.explainBatch(
      { ...request, layers: 'all', inputs },
      { signal: cancel.signal, onProgress: () => cancel.abort() },
    );
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(await engine.memory()).toEqual(before);
  });

  it('refuses a question that makes no sense', async () => {
    const inputs = volumes(1, size);
    const wrong = (change: object) => engine.explainBatch({ ...request, inputs, ...change });
    await expect(wrong({ layers: ['conv9'] })).rejects.toThrow(/unknown layer 'conv9'/);
    await expect(wrong({ classes: [7] })).rejects.toThrow(/unknown class 7; accepted: 0 to 4/);
    await expect(engine.batchSize({ ...scope, model: 'other' })).rejects.toThrow(/unknown network/);
  });
});

describe('the size of a batch', () => {
  /** Two convolutions of `edge`^3 voxels to 32 maps, each with an ELU, pooling, two dense layers. */
  function networkOf(edge: number) {
    const elu = ['Activation', { activation: 'elu' }] as const;
    const graph = testGraph([edge, edge, edge, 1], (net, x) =>
      net.chain(
        x,
        ...[plain(32), elu, plain(32), elu, pool({ name: 'pool' }), average()],
        ...[dense(16, { activation: 'relu' }), dense(10)],
      ),
    );
    const network = { graph, stages: stagesOf(graph) };
    return { network, pool: graph.nodes.findIndex(({ name }) => name === 'pool') };
  }

  it('is one where two volumes do not fit', () => {
    const limits = batchLimits('wasm', false);
    const sizes = [16, 64, 100].map((edge) => {
      const { network, pool } = networkOf(edge);
      return batchSize(network, [pool], 1, limits);
    });
    // 64^3 voxels in 32 maps take 32 MiB.
    expect(sizes).toEqual([6, 2, 1]);
  });

  it('keeps each limit, and makes use of it', () => {
    const { network, pool } = networkOf(16);
    const plenty: BatchLimits = { volumes: 1e6, bytes: 1e15, stepBytes: 1e15, operations: 1e18 };
    const size = (limit: Partial<BatchLimits>, classes = 10) =>
      batchSize(network, [pool], classes, { ...plenty, ...limit });
    const map = 16 ** 3 * 32 * 4;
    const pooled = map / 8;
    expect(size({ volumes: 5 })).toBe(5);
    // Convolution and ELU are held at a time; before the pooling nothing is kept.
    expect(size({ bytes: 7 * 2 * map })).toBe(7);
    expect(size({ stepBytes: 7 * map }, 1)).toBe(7);
    expect(size({ stepBytes: 7 * 100 * pooled }, 100)).toBe(7);
    const convolutions = 2 * 27 * (1 + 32) * 32 * 16 ** 3;
    const tail = 2 * (33 * 16 + 17 * 10);
    expect(size({ operations: 7 * (convolutions + 11 * tail) })).toBe(7);
    expect(size({ operations: 7 * (convolutions + 11 * tail) - 1 })).toBe(6);
  });

  it('is smaller the more slowly a device computes', () => {
    const { network, pool } = networkOf(40);
    const [wasm, software, cpu] = [
      batchLimits('wasm', false),
      batchLimits('webgpu', true),
      batchLimits('cpu', false),
    ].map((limits) => batchSize(network, [pool], 23, limits));
    expect(wasm).toBeGreaterThan(software);
    expect([software, cpu]).toEqual([1, 1]);
  });
});
