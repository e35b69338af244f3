import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpy } from '../../core/npy/index.ts';
import { componentAt } from '../../core/segmentation/index.ts';
import { toFloat32 } from '../../core/volume/index.ts';
import { noise } from '../../testing/random.ts';
import { readCheckpoints } from '../formats/torch/checkpoint.ts';
import { Settings } from '../formats/settings.ts';
import { inMemory } from '../model/stored.ts';
import { createNodeEngine, fileUrl } from '../node.ts';
import { conv, testFiles } from '../testing/networks.ts';
import { torchFile } from '../testing/torch-file.ts';
import type { ModelInfo, Segmentation } from '../types.ts';

const engine = createNodeEngine();
beforeAll(() => engine.selectBackend('wasm'));
afterAll(() => engine.dispose());

/** Scores of three classes by 1x1x1 convolutions: what a voxel is does not depend on its surroundings. */
const pointwise = (edge: number, activation: string) =>
  testFiles([edge, edge, edge, 1], (writer, input) =>
    writer.chain(
      input,
      conv(4, { kernel_size: [1, 1, 1], activation: 'relu' }),
      conv(3, { kernel_size: [1, 1, 1], activation }),
    ),
  );

const load = async (id: string, edge: number, activation = 'linear'): Promise<ModelInfo> =>
  engine.loadModel({ kind: 'files', id, files: await pointwise(edge, activation) });

const whole = noise(24 ** 3, 5);
const shape = [24, 24, 24] as const;

describe('a network run over a volume in tiles', () => {
  it.each(['linear', 'softmax', 'sigmoid'])(
    'gives what it gives for the whole volume at once: %s',
    async (activation) => {
      await load('at-once', 24, activation);
      await load('tiles', 10, activation);
      const ask = (model: string) =>
        engine.segment({ model, input: whole, shape, probabilities: true });
      const once = await ask('at-once');
      const tiles = await ask('tiles');
      expect(once.plan.count).toBe(1);
      expect(tiles.plan.count).toBeGreaterThan(20);
      expect(tiles.labels).toEqual(once.labels);
      expect(tiles.members).toEqual(once.members);
      expect(tiles.components.list.map(({ voxels }) => voxels)).toEqual(
        once.components.list.map(({ voxels }) => voxels),
      );
      for (const [c, values] of tiles.probabilities!.entries())
        for (const [i, value] of values.entries())
          expect(Math.abs(value - once.probabilities![c][i])).toBeLessThan(1e-5);
      expect(once.meaning.independent).toBe(activation === 'sigmoid');
    },
  );

  it('agrees with the scores that it explains', async () => {
    const info = await load('once', 24);
    const { labels, channels } = await engine.segment({
      model: 'once',
      input: whole,
      shape,
      probabilities: false,
    });
    const { target } = await engine.explain({
      model: 'once',
      input: whole,
      inputShape: info.inputShape,
      layers: 'default',
      classes: [],
      methods: [],
    });
    for (const [i, channel] of channels.entries())
      expect(labels.filter((label) => label === i + 1)).toHaveLength(target.voxels![channel]);
  });

  it('averages over copies along the axes of the network, where the volume has others', async () => {
    const n = 6;
    const nz = 4;
    // Rows and columns of the volume's sections, then the sections.
    const files = await testFiles([n, n, nz, 1], (writer, input) =>
      writer.chain(
        input,
        conv(3, { activation: 'relu', padding: 'same' }),
        conv(2, { activation: 'softmax', padding: 'same' }),
      ),
    );
    await engine.loadModel({ kind: 'files', id: 'copies', files });
    const ask = async (input: Float32Array, tiling = {}) => {
      const { probabilities } = await engine.segment({
        ...{ model: 'copies', input, shape: [nz, n, n], probabilities: true },
        tiling: { axes: [1, 2, 0], ...tiling },
      });
      return probabilities![0];
    };
    const at = (z: number, y: number, x: number) => (z * n + y) * n + x;
    const moved = (values: ArrayLike<number>, to: (y: number, x: number) => [number, number]) => {
      const out = new Float32Array(nz * n * n);
      for (let z = 0; z < nz; z++)
        for (let y = 0; y < n; y++)
          for (let x = 0; x < n; x++) out[at(z, ...to(y, x))] = values[at(z, y, x)];
      return out;
    };
    const input = noise(nz * n * n, 8);
    const last = n - 1;
    const ways: readonly [
      there: (y: number, x: number) => [number, number],
      back: (y: number, x: number) => [number, number],
    ][] = [
      [(y, x) => [y, x], (y, x) => [y, x]],
      [(y, x) => [last - y, x], (y, x) => [last - y, x]],
      [(y, x) => [y, last - x], (y, x) => [y, last - x]],
      [(y, x) => [last - y, last - x], (y, x) => [last - y, last - x]],
      [(y, x) => [x, y], (y, x) => [x, y]],
      [(y, x) => [last - x, last - y], (y, x) => [last - x, last - y]],
      [(y, x) => [x, last - y], (y, x) => [last - x, y]],
      [(y, x) => [last - x, y], (y, x) => [x, last - y]],
    ];
    const mean = new Float64Array(input.length);
    for (const [there, back] of ways) {
      const turned = moved(await ask(moved(input, there)), back);
      for (const [i, value] of turned.entries()) mean[i] += value / ways.length;
    }
    const copies = await ask(input, { mirror: [0, 1], exchange: [0, 1] });
    const single = await ask(input);
    const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
    expect(largest(copies, mean)).toBeLessThan(1e-6);
    expect(largest(copies, single)).toBeGreaterThan(1e-3);
  });

  it('says how far it is, answers other questions meanwhile, and stops', async () => {
    const info = await load('stops', 10);
    const fractions: number[] = [];
    const abort = new AbortController();
    const run = engine.segment(
      { model: 'stops', input: whole, shape, probabilities: false },
      {
        signal: abort.signal,
        onProgress: ({ fraction }) => {
          if (fraction === undefined) return;
          fractions.push(fraction);
          if (fractions.length === 4) abort.abort();
        },
      },
    );
    const question = engine.explain({
      model: 'stops',
      input: whole.slice(0, 1000),
      inputShape: info.inputShape,
      layers: 'default',
      classes: 'all',
      methods: ['respond'],
    });
    await expect(run).rejects.toThrow('Cancelled.');
    expect((await question).scores).toHaveLength(3);
    expect(fractions).toEqual([0, 1, 2, 3].map((n) => n / 27));
  });

  it('refuses a network that gives one vector', async () => {
    const files = await testFiles([8, 8, 8, 1], (writer, input) =>
      writer.chain(input, conv(2), ['Flatten', {}], ['Dense', { units: 2 }]),
    );
    await engine.loadModel({ kind: 'files', id: 'vector', files });
    const run = engine.segment({ model: 'vector', input: whole, shape, probabilities: false });
    await expect(run).rejects.toThrow(
      /has shape \[2\]; accepted: a network with an output in space/,
    );
  });
});

const checkpoint = (path: string) => {
  const full = join('fixtures/checkpoints', path);
  return { kind: 'url', id: path, url: fileUrl(join(process.cwd(), full)), label: full } as const;
};

describe('what tools do', () => {
  it.each([
    ['octopi_unet/best_model.pth', { overlap: 0.5, blending: 'average' }],
    ['membrain_seg/membrain_seg_v10.ckpt', { tile: [160, 160, 160], blending: 'gaussian' }],
    ['nnunet_plain/fold_0/checkpoint_final.pth', { overlap: 0.5, even: true }],
    ['topcup_resnet18/topcup_phantom.ckpt', { tile: [96, 96, 96], overlap: 0.21 }],
    ['deepict/full_ribo_model_IF4_D2_BN.pth', { blending: 'crop' }],
    ['deepfinder/net_weights_FINAL.h5', { overlap: 50, background: 0 }],
    ['easymode_membrain/ribosome.h5', { tile: [160, 160, 160], overlap: 96 }],
    ['ais_slab/Membrane.scnm', { standardised: false, axes: [1, 2, 0] }],
    ['tardis_unet/model.pth', { overlap: 0.125 }],
    ['deepetpicker/model.ckpt', { blending: 'crop' }],
    ['cryosiam_semantic/model.ckpt', { blending: 'crop' }],
  ])('is known of %s', async (path, expected) => {
    const info = await engine.loadModel({ ...checkpoint(path), inputShape: [32, 32, 32] });
    expect(info.sidecar.tiling).toMatchObject(expected);
    await engine.unloadModel(path);
  });

  it('of a network without its head are no classes', async () => {
    const label = 'fixtures/checkpoints/cryosiam_semantic/model.ckpt';
    const [{ state }] = readCheckpoints(
      inMemory(new Uint8Array(readFileSync(label))),
      label,
      new Settings(undefined),
    );
    const stored = [...state.tensors]
      .filter(([name]) => !name.includes('_head.'))
      .map(([name, tensor]) => ({ name, dims: tensor.dims, numbers: tensor.numbers() }));
    const files = [{ name: 'dense.ckpt', bytes: torchFile(stored).buffer as ArrayBuffer }];
    const model = 'dense';
    await engine.loadModel({ kind: 'files', id: model, files, inputShape: [32, 32, 32] });
    const volume = { input: noise(32 ** 3, 1), shape: [32, 32, 32] } as const;
    const ask = engine.segment({ model, ...volume, probabilities: false });
    await expect(ask).rejects.toThrow(
      /dense\.ckpt: its output \S*projector is an embedding of each voxel, not scores of classes; accepted: /,
    );
    await engine.unloadModel(model);
  });

  it('reads a network that takes any size for the tile of its tool', async () => {
    const open = (path: string, inputShape: readonly number[]) =>
      engine.loadModel({ ...checkpoint(path), inputShape, tiles: true });
    const membrain = 'membrain_seg/membrain_seg_v10.ckpt';
    expect((await open(membrain, [200, 170, 400])).inputShape).toEqual([160, 160, 160, 1]);
    expect((await open(membrain, [70, 400, 400])).inputShape).toEqual([96, 160, 160, 1]);
    expect((await open(membrain, [32, 64, 96])).inputShape).toEqual([32, 64, 96, 1]);
  });

  it('gives a network of Ais neighbouring sections in the boxes of its tool', async () => {
    const url = fileUrl(join(process.cwd(), 'fixtures/ais/neighbours.scnm'));
    const info = await engine.loadModel({
      ...{ kind: 'url', id: 'ais', url, inputShape: [6, 40, 40], tiles: true },
    });
    expect(info.inputShape).toEqual([16, 16, 5]);
    const { shape: stored, data } = readNpy(
      new Uint8Array(readFileSync('fixtures/ais/neighbours.npy')),
      'neighbours.npy',
    );
    const [, nz, ny, nx] = stored;
    const all = toFloat32(data);
    const { probabilities } = await engine.segment({
      model: 'ais',
      input: all.slice(0, nz * ny * nx),
      shape: [nz, ny, nx],
      probabilities: true,
    });
    for (const [i, value] of probabilities![0].entries())
      expect(Math.abs(value - all[nz * ny * nx + i])).toBeLessThan(2e-6);
  });

  it('reads a network whose tool turns volumes for the tile along its own axes', async () => {
    const path = 'ais_slab/Membrane.scnm';
    const info = await engine.loadModel({
      ...checkpoint(path),
      ...{ inputShape: [30, 40, 50], tiles: true },
    });
    expect(info.inputShape).toEqual([16, 32, 4, 1]);
  });

  it('gives TopCUP’s answer at half the resolution, its background last', async () => {
    const path = 'topcup_resnet18/topcup_phantom.ckpt';
    await engine.loadModel({ ...checkpoint(path), inputShape: [32, 32, 32] });
    const input = noise(40 * 32 * 48, 3);
    const found: Segmentation = await engine.segment({
      model: path,
      input,
      shape: [40, 32, 48],
      probabilities: false,
    });
    expect(found.shape).toEqual([20, 16, 24]);
    expect(found.meaning.background).toBe(found.meaning.channels - 1);
    const [largest] = found.components.list;
    if (largest) expect(componentAt(found.components, largest.inside)?.label).toBe(largest.label);
  });
});
