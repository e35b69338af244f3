import { describe, expect, it } from 'vitest';
import {
  indexListing,
  inTurn,
  matchClasses,
  publishedRow,
  readShard,
  SIMULATED_PER_CLASS,
  simulatedSet,
  trainedSnr,
} from './index.ts';
import { CLASSES, setup } from './testing.ts';

describe('class names', () => {
  it.each([
    ['by id', [{ id: '1mnf' }, { id: '2BUK' }], [1, 2]],
    ['by name', [{ name: 'Capsid' }], [2]],
    ['by both, the id first', [{ id: '4V5A', name: 'capsid' }], [0]],
    ['by the whole', [{ name: 'GroEL, "14-mer" (1MNF)' }], [1]],
    ['some of them', [{ id: '1ABC' }, { id: '4V5A' }], [null, 0]],
  ])('are found %s', (_, set, index) => {
    expect(matchClasses(CLASSES, set, true)).toEqual({ index, by: 'names' });
  });

  it('that are numbers are positions', () => {
    const set = [{ name: '2' }, { name: '0' }];
    expect(matchClasses(CLASSES, set, true)).toEqual({ index: [2, 0], by: 'position' });
  });

  it('that are strange go by position only where that can be', () => {
    const set = [{ id: 'a' }, { id: 'b' }];
    const generic = ['class 0', 'class 1', 'class 2'];
    expect(matchClasses(generic, set, false)).toEqual({ index: [0, 1], by: 'position' });
    expect(matchClasses(CLASSES, set, true)).toEqual({ index: [null, null], by: 'none' });
    expect(matchClasses(['x', 'y'], set, true)).toEqual({ index: [0, 1], by: 'position' });
    expect(matchClasses(generic, [], false)).toEqual({ index: [], by: 'none' });
  });

  it('come in turn', () => {
    expect(inTurn([['a1', 'a2', 'a3'], ['b1'], [], ['c1', 'c2']])).toEqual([
      'a1',
      'b1',
      'c1',
      'a2',
      'c2',
      'a3',
    ]);
  });
});

describe('simulated volumes', () => {
  const templates = [
    { id: '2BUK', name: 'capsid' },
    { id: '1ABC', name: 'x' },
    { id: '4V5A', name: 'ribosome' },
  ];
  const read = async (index: number, item: number) => ({
    data: Float32Array.of(index, item),
    steps: [],
  });
  const draw = (limit?: number, perClass?: number) =>
    simulatedSet(
      'CNN-2',
      { classes: CLASSES, named: true, limit, perClass },
      { templates, snr: Number.POSITIVE_INFINITY, seed: 2, readAhead: 2, read },
    );

  it('are those of the classes the network knows, the first ones the same at every limit', async () => {
    const { volumes, data, notes } = draw(5);
    expect(volumes.map(({ id, class: truth }) => [id, truth])).toEqual([
      ['2BUK/0', 2],
      ['4V5A/0', 0],
      ['2BUK/1', 2],
      ['4V5A/1', 0],
      ['2BUK/2', 2],
    ]);
    expect(draw(3).volumes.map(({ id }) => id)).toEqual(['2BUK/0', '4V5A/0', '2BUK/1']);
    expect(data).toEqual({ set: 'simulated', snr: 'inf', seed: 2, labels: 'names' });
    expect(notes).toEqual(['Not drawn, because the network does not know them: 1ABC.']);
    expect([...(await volumes[3].read()).data]).toEqual([2, 1]);
    expect(draw().volumes).toHaveLength(2 * SIMULATED_PER_CLASS);
    expect(draw(undefined, 3).volumes).toHaveLength(6);
  });

  it('come to a shard by their place in the whole set', async () => {
    const orders: number[] = [];
    for await (const { order } of readShard(draw(5), { index: 2, of: 3 }, () => {}))
      orders.push(order);
    expect(orders).toEqual([1, 4]);
  });
});

describe('the published numbers', () => {
  const own = setup(460, { model: 'cnn-1-0.1' });
  const about = (change: Partial<typeof own.data>, model = 'cnn-1-0.1', layer = 'maxpool2') =>
    publishedRow({ model, layer, data: { ...own.data, snr: 0.1, ...change } });

  it("stand beside the paper's own networks, layer and data", () => {
    expect(about({})?.kendallTau.grad).toEqual({ mean: -0.116, std: 0.341 });
    expect(about({ snr: 'inf' }, 'cnn-1-inf')?.l1.respond.mean).toBe(0.601);
  });

  it.each([
    ['another set', { set: 'bundled' }],
    ['a folder', { set: 'volumes' }],
    ['another SNR', { snr: 'inf' as const }],
    ['an SNR that is not known', { snr: null }],
    ['other classes', { labels: 'position' as const }],
  ])('do not stand beside %s', (_, change) => expect(about(change)).toBeUndefined());

  it('do not stand beside another network or layer', () => {
    expect(about({}, 'toString')).toBeUndefined();
    expect(about({}, 'cnn-1-0.1', 'conv4')).toBeUndefined();
  });
});

it('reads the SNR of a recipe as number or text', () => {
  expect([{ snr: 'inf' }, { snr: '0.1' }, { snr: 0.1 }].map(trainedSnr)).toEqual([
    Number.POSITIVE_INFINITY,
    0.1,
    0.1,
  ]);
  expect([undefined, {}, { snr: 'x' }, { snr: -1 }].map(trainedSnr)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

it.each([
  [
    '../../etc/passwd',
    /i\.json: "items\[0\]\.file" is "\.\.\/\.\.\/etc\/passwd"; accepted: a path within/,
  ],
  ['/etc/passwd', /"items\[0\]\.file" is "\/etc\/passwd"; accepted: a path within its folder/],
  ['a\u001b[2J.mrc', /"items\[0\]\.file" is "a\\u001b\[2J\.mrc"; accepted: text of one line/],
  [7, /"items\[0\]\.file" is 7; accepted: text/],
])('refuses an index that lists %j', (file, message) => {
  const index = { format: 'respond-cam-dataset', classes: [], items: [{ file }] };
  expect(() => indexListing(index, 'i.json')).toThrow(message);
});
