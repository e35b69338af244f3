import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boxAt, windowCount, windowStart } from '../../core/picking/index.ts';
import type { Shape3 } from '../../core/volume/index.ts';
import { noise } from '../../testing/random.ts';
import { createNodeEngine } from '../node.ts';
import { average, conv, dense, norm, pool, testFiles, testGraph } from '../testing/networks.ts';
import { sharedPart } from './shared.ts';
import { planSharedTiles } from './tiles.ts';

const engine = createNodeEngine();
beforeAll(() => engine.selectBackend('wasm'));
afterAll(() => engine.dispose());

const EDGE = 14;
const shape: Shape3 = [22, 27, 30];
const whole = noise(22 * 27 * 30, 5);
/** Convolutions without padding inside the window: what is shared is exact. */
const valid = { padding: 'valid', activation: 'relu' };

function network(padded: boolean, head: 'dense' | 'average' = 'dense') {
  const more = padded ? { activation: 'relu', use_bias: false } : valid;
  return (writer: Parameters<Parameters<typeof testFiles>[1]>[0], input: string) =>
    head === 'average'
      ? writer.chain(input, conv(4, more), pool(), conv(5, more), average(), dense(3))
      : writer.chain(
          input,
          conv(4, more),
          pool(),
          norm(),
          conv(5, more),
          ['Flatten', {}],
          dense(6, { activation: 'relu' }),
          dense(3),
        );
}

async function load(id: string, head?: 'dense' | 'average') {
  const files = await testFiles([EDGE, EDGE, EDGE, 1], network(false, head));
  return engine.loadModel({ kind: 'files', id, files });
}

const size: Shape3 = [EDGE, EDGE, EDGE];

describe('windows all over a volume', () => {
  it.each([
    ['dense', 2],
    ['dense', 4],
    ['dense', 1],
    ['average', 2],
  ] as const)(
    'without padding, score as each of them does by itself: %s, %d voxels apart',
    async (head, stride) => {
      const info = await load('valid', head);
      const ask = { model: 'valid', normalization: 'none', stride } as const;
      expect(await engine.windowsApart(ask)).toBeNull();
      const { grid, scores } = await engine.windows({ ...ask, input: whole, shape });
      const inside = Array.from({ length: windowCount(grid) }, (_, i) => i).filter((i) =>
        windowStart(grid, i).every((n, axis) => n >= 0 && n + EDGE <= shape[axis]),
      );
      expect(inside.length).toBeGreaterThan(10);
      const some = inside.filter((_, k) => k % Math.ceil(inside.length / 60) === 0);
      const alone = await engine.scores({
        model: 'valid',
        inputShape: info.inputShape,
        inputs: some.map((i) => boxAt(whole, shape, windowStart(grid, i), size)),
      });
      for (const [k, i] of some.entries())
        for (const [c, of] of scores.entries())
          expect(Math.abs(of[i] - alone[k][c])).toBeLessThan(2e-4);
    },
  );

  it('with one padded layer and zeros around it, a window scores as by itself', async () => {
    const files = await testFiles([EDGE, EDGE, EDGE, 1], (writer, input) =>
      writer.chain(
        input,
        conv(4, { activation: 'relu', use_bias: false }),
        pool(),
        ['Flatten', {}],
        dense(3),
      ),
    );
    const info = await engine.loadModel({ kind: 'files', id: 'padded', files });
    const box = noise(EDGE ** 3, 9);
    const big: Shape3 = [42, 42, 42];
    const volume = new Float32Array(42 ** 3);
    const at: Shape3 = [14, 14, 14];
    for (let z = 0; z < EDGE; z++)
      for (let y = 0; y < EDGE; y++)
        volume.set(
          box.subarray((z * EDGE + y) * EDGE, (z * EDGE + y + 1) * EDGE),
          ((at[0] + z) * 42 + at[1] + y) * 42 + at[2],
        );
    const { grid, scores } = await engine.windows({
      ...{ model: 'padded', normalization: 'none', stride: 2 },
      ...{ input: volume, shape: big },
    });
    const index = Array.from({ length: windowCount(grid) }, (_, i) => i).find((i) =>
      windowStart(grid, i).every((n, axis) => n === at[axis]),
    );
    const [alone] = await engine.scores({
      ...{ model: 'padded', inputShape: info.inputShape },
      inputs: [box],
    });
    for (const [c, of] of scores.entries())
      expect(Math.abs(of[index as number] - alone[c])).toBeLessThan(2e-4);
  });

  it('says why windows cannot share', async () => {
    await load('valid');
    const why = (more: object) =>
      engine.windowsApart({ model: 'valid', normalization: 'zscore', stride: 2, ...more });
    expect(await why({ stride: 3 })).toMatch(/stride of 3 voxels is no multiple or divisor .* 2/);
    expect(await why({ normalization: 'unit' })).toMatch(/normalisation unit needs each window/);
    const instance = await testFiles([EDGE, EDGE, EDGE, 1], (writer, input) =>
      writer.chain(
        input,
        ['LayerNormalization', { axis: [-1], epsilon: 1e-3 }],
        dense(2),
        average(),
      ),
    );
    await engine.loadModel({ kind: 'files', id: 'norm', files: instance });
    const ask = { model: 'norm', normalization: 'zscore', stride: 2 } as const;
    expect(await engine.windowsApart(ask)).toMatch(/no convolutional part/);
    await expect(engine.windows({ ...ask, input: whole, shape })).rejects.toThrow(/cannot share/);
  });
});

describe('the shared part', () => {
  it('ends before what needs the window, with its stride and reach', () => {
    const graph = testGraph([EDGE, EDGE, EDGE, 1], network(false));
    const part = sharedPart(graph)!;
    expect(graph.nodes[part.cut].shape).toEqual([4, 4, 4, 5]);
    expect(part).toMatchObject({
      stride: [2, 2, 2],
      before: [0, 0, 0],
      size: [4, 4, 4],
      channels: 5,
    });
    // 3 + 1 of the pooling, then 3 at distances of 2.
    expect(part.after).toEqual([7, 7, 7]);
    const padded = sharedPart(testGraph([EDGE, EDGE, EDGE, 1], network(true)))!;
    expect(padded.before).toEqual([3, 3, 3]);
  });

  it('is cut into tiles that cover all elements and fit', () => {
    const part = sharedPart(testGraph([EDGE, EDGE, EDGE, 1], network(true)))!;
    const plan = planSharedTiles(part, [9, 40, 50], 4, 4 * 40 ** 3);
    expect(plan.voxels.reduce((a, b) => a * b, 4)).toBeLessThanOrEqual(4 * 40 ** 3);
    plan.kept.forEach((n, axis) => {
      expect(n * plan.tiles[axis]).toBeGreaterThanOrEqual(plan.elements[axis]);
      expect(n * (plan.tiles[axis] - 1)).toBeLessThan(plan.elements[axis]);
    });
  });
});
