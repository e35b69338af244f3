import { describe, expect, it } from 'vitest';
import {
  type Evaluation,
  type EvaluationItem,
  type EvaluationSetup,
  EVALUATION_METHODS,
  type EvaluationPart,
  evaluationCsv,
  mergeEvaluations,
  recordItem,
  RunningSummary,
  type SkippedVolume,
  summarise,
  topConfusions,
} from './index.ts';
import { setup, explained, item, joined, partOf } from './testing.ts';

describe('one volume', () => {
  const record = recordItem(
    { order: 4, id: 'a.mrc', class: 1 },
    explained([1, 4, -2], [0.5, 3, -2.5], [0.25, 1, 0.5]),
  );

  it('has the numbers of Table 1, calculated separately', () => {
    expect(record.methods.respond).toEqual({ l1: 2 / 3, kendallTau: 1, sums: [0.5, 3, -2.5] });
    expect(record.methods.grad).toEqual({
      l1: (1.5 + 7 + 4.5) / 3,
      kendallTau: -1,
      sums: [-0.5, -3, 2.5],
    });
    expect(record).toMatchObject({ order: 4, id: 'a.mrc', class: 1, predicted: 1 });
  });

  it('has the mean size of the three terms of its scores', () => {
    expect(record.ledger).toEqual({ heatmap: 6 / 3, bias: 1.75 / 3, residual: 0.25 / 3 });
  });

  it('has no tau when all map sums are equal', () => {
    const flat = recordItem({ order: 0, id: 'a', class: null }, explained([1, 2, 3], [1, 1, 1]));
    expect(flat.methods.respond.kendallTau).toBeNull();
    expect(flat.methods.respond.l1).toBe(1);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('cannot have a score of %d', (score) => {
    const record = () =>
      recordItem({ order: 0, id: 'a.mrc', class: 0 }, explained([0, score], [0, 0]));
    expect(record).toThrow(`a.mrc: the score of class 1 comes out as ${score}; accepted`);
  });
});

describe('the summary', () => {
  it('counts, averages and shares out what the items say', () => {
    const items = [
      recordItem({ order: 2, id: 'c', class: 2 }, explained([0, 3, 1], [0, 3, 1])),
      recordItem({ order: 0, id: 'a', class: 0 }, explained([5, 1, 0], [3, 1, 0])),
      recordItem({ order: 1, id: 'b', class: null }, explained([0, 1, 0], [2, 2, 2])),
    ];
    const skipped = [{ order: 3, id: 'd', reason: 'd: cut off' }];
    const result = summarise(setup(4), { items, skipped }, { backend: 'wasm' });
    expect(result.items.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(result).toMatchObject({ n: 3, labelled: 2, accuracy: 0.5, shard: null, skipped });
    expect(result.confusion).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
    expect(topConfusions(result.confusion)).toEqual([{ truth: 2, predicted: 1, count: 1 }]);
    const l1 = [2 / 3, (2 + 1 + 2) / 3, 0];
    const mean = (l1[0] + l1[1] + l1[2]) / 3;
    expect(result.l1.respond.mean).toBeCloseTo(mean, 14);
    expect(result.l1.respond.std).toBeCloseTo(
      Math.sqrt(l1.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3),
      14,
    );
    expect(result.kendallTau.respond).toMatchObject({ mean: 1, n: 2 });
    // |heatmap| adds up to 4 + 6 + 4, |bias| to 2 + 5 + 0
    expect(result.ledger.heatmap).toBeCloseTo(14 / 21, 14);
    expect(result.ledger.bias).toBeCloseTo(7 / 21, 14);
    expect(result.ledger.residual).toBe(0);
    expect(result.ledger.magnitude?.heatmap).toBeCloseTo(14 / 9, 14);
  });

  it('has null where nothing is known, never NaN', () => {
    const one = recordItem({ order: 0, id: 'a', class: null }, explained([0, 0, 0], [0, 0, 0]));
    const result = summarise(setup(1), { items: [one], skipped: [] }, { backend: 'cpu' });
    expect(result).toMatchObject({ accuracy: null, confusion: null, labelled: 0 });
    expect(result.kendallTau.grad).toEqual({ mean: null, std: null, n: 0 });
    expect(result.ledger).toMatchObject({ heatmap: null, bias: null, residual: null });
    const none = summarise(setup(0), { items: [], skipped: [] }, { backend: 'cpu' });
    expect(none).toMatchObject({ n: 0, accuracy: null, l1: { respond: { mean: null } } });
    expect(JSON.parse(JSON.stringify(none))).toEqual(none);
  });
});

describe('the running summary', () => {
  const records: (EvaluationItem | SkippedVolume)[] = Array.from({ length: 40 }, (_, order) =>
    order % 9 === 4 ? { order, id: `v${order}`, reason: 'cut off' } : item(order),
  );
  const split = (part: typeof records) => ({
    items: part.filter((record): record is EvaluationItem => 'scores' in record),
    skipped: part.filter((record): record is SkippedVolume => 'reason' in record),
  });

  it.each([
    ['in order', (a: number, b: number) => a - b],
    ['backwards', (a: number, b: number) => b - a],
    ['in disorder', (a: number, b: number) => ((a * 17) % 40) - ((b * 17) % 40)],
  ])('gives at every step what all records so far give, %s', (_, compare) => {
    const coming = [...records].sort((a, b) => compare(a.order, b.order));
    const running = new RunningSummary(setup(40));
    for (const [i, record] of coming.entries()) {
      running.add(record);
      const whole = summarise(setup(40), split(coming.slice(0, i + 1)), { backend: 'wasm' });
      expect(JSON.stringify(running.result({ backend: 'wasm' }))).toBe(JSON.stringify(whole));
    }
  });

  it('has means and deviations as two passes over all values give them', () => {
    const { items } = split(records);
    const result = summarise(setup(40), split(records), { backend: 'wasm' });
    for (const method of EVALUATION_METHODS) {
      const values = items.map(({ methods }) => methods[method].l1);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(result.l1[method].mean).toBeCloseTo(mean, 12);
      expect(result.l1[method].std).toBeCloseTo(Math.sqrt(square), 12);
    }
  });

  it('does not change results given before', () => {
    const running = new RunningSummary(setup(40));
    running.add(item(0));
    const before = running.result({ backend: 'wasm' });
    const text = JSON.stringify(before);
    running.add(item(3));
    expect(JSON.stringify(before)).toBe(text);
  });
});

const named = (part: EvaluationPart, change: Partial<EvaluationPart['head']>) => ({
  ...part,
  head: { ...part.head, ...change },
});

describe('shards', () => {
  const total = 11;
  const skippedOrder = 7;
  const records = Array.from({ length: total }, (_, order) =>
    order === skippedOrder ? { order, id: 'v7', reason: 'v7: cut off' } : item(order),
  );
  const evaluate = (part: readonly (EvaluationItem | SkippedVolume)[], of: Partial<Evaluation>) =>
    summarise(
      setup(total, of),
      {
        items: part.filter((record): record is EvaluationItem => 'scores' in record),
        skipped: part.filter((record): record is SkippedVolume => 'reason' in record),
      },
      { backend: 'wasm', shard: of.shard },
    );
  const whole = evaluate(records, {});
  const shard = (index: number, of: number, change: Partial<EvaluationSetup> = {}) => {
    const part = records.filter(({ order }) => order % of === index - 1).reverse();
    const json = JSON.stringify(evaluate(part, { ...change, shard: { index, of } }));
    return partOf(JSON.parse(json), `part-${index}.json`);
  };

  it.each([1, 2, 3, 4, 10, 11, 20])(
    '%d of them give what one run gives, byte for byte',
    async (of) => {
      const parts = Array.from({ length: of }, (_, i) => shard(of - i, of));
      expect(JSON.stringify(await joined(parts))).toBe(JSON.stringify(whole));
    },
  );

  it.each([
    ['one is missing', () => [shard(1, 3), shard(3, 3)], /^4 of 11 volumes .*\(shards 2\/3\)/],
    [
      'one is there twice',
      () => [shard(1, 2), named(shard(1, 2), { name: 'copy.json' }), shard(2, 2)],
      /copy.json: volume 0 \(v0\) is also in part-1.json/,
    ],
    [
      'a file is given twice',
      () => [shard(1, 2), shard(1, 2), shard(2, 2)],
      /part-1.json: this file is given twice/,
    ],
    [
      'the cuts differ',
      () => [shard(1, 2), shard(2, 3)],
      /part-2.json: volume \d .*in part-1.json/,
    ],
    [
      'the network differs',
      () => [shard(1, 2), shard(2, 2, { model: 'cnn-1-inf' })],
      /part-2.json: the network is not that of part-1.json \("cnn-1-inf", there "cnn-2-inf"\)/,
    ],
    [
      'the weights differ under one name',
      () => [shard(1, 2, { fingerprint: 'a1' }), shard(2, 2, { fingerprint: 'b2' })],
      /part-2.json: the network is not that of part-1.json \("b2", there "a1"\)/,
    ],
    [
      'the files differ under one name',
      () => [
        shard(1, 2, { data: { ...setup(0).data, fingerprint: 'a1' } }),
        shard(2, 2, { data: { ...setup(0).data, fingerprint: 'b2' } }),
      ],
      /part-2.json: the set is not that of part-1.json/,
    ],
    ['the limit differs', () => [shard(1, 2), shard(2, 2, { total: 12 })], /number of volumes/],
    [
      'the seed differs',
      () => [shard(1, 2), shard(2, 2, { data: { ...setup(0).data, seed: 5 } })],
      /the seed is not that of part-1.json \(5, there 2\)/,
    ],
    ['there are none', () => [], /nothing to join/],
  ])('are refused when %s', async (_, parts, message) => {
    await expect(mergeEvaluations(parts())).rejects.toThrow(message);
  });

  it.each<[string, unknown, RegExp]>([
    ['another document', { scores: [] }, /a.json: not an evaluation; accepted/],
    ['nothing', null, /^a.json: this is null; accepted: a JSON object/],
    ['another version', { ...whole, version: 2 }, /of version 2; accepted: version 1/],
    ['one without items', { ...whole, items: undefined }, /"items" is missing; accepted: a list/],
    [
      'one with half an item',
      { ...whole, items: [{ order: 1, id: 'a', class: 0 }] },
      /"items\[0\].predicted" is missing; accepted: a whole number from 0 to 2/,
    ],
    [
      'one of a billion volumes',
      { ...whole, total: 1e9 },
      /"total" is 1000000000; accepted: a who/,
    ],
    [
      'one with a volume too many',
      { ...whole, total: 3 },
      /"items\[3\].order" is 3; accepted: a whole number from 0 to 2/,
    ],
    [
      'one of no classes',
      { ...whole, classes: [] },
      /"classes" is an empty list; accepted: a list/,
    ],
    [
      'one with a shard that cannot be',
      { ...whole, shard: { index: 3, of: 2 } },
      /a.json: there is no shard 3\/2; accepted/,
    ],
    [
      "one with another shard's volumes",
      { ...whole, shard: { index: 1, of: 2 } },
      /a.json: volume 1 is none of shard 1\/2/,
    ],
  ])('are not %s', (_, document, message) => {
    expect(() => partOf(document, 'a.json')).toThrow(message);
  });

  const damage: [Partial<Record<keyof EvaluationItem, unknown>>, RegExp][] = [
    [{ scores: [1, 'x', 2] }, /"items\[0\].scores\[1\]" is "x"; accepted: a number$/],
    [{ scores: [1, 2, Infinity] }, /"items\[0\].scores\[2\]" is beyond all numbers; accepted/],
    [{ scores: [1, 2] }, /"items\[0\].scores" is a list of 2; accepted: a list from 3 to 3/],
    [{ class: 3 }, /"items\[0\].class" is 3; accepted: a whole number from 0 to 2/],
    [{ predicted: null }, /"items\[0\].predicted" is null; accepted/],
    [{ order: -1 }, /"items\[0\].order" is -1; accepted: a whole number from 0 to 10/],
    [{ id: {} }, /"items\[0\].id" is an object; accepted: text/],
    [{ ledger: { heatmap: 1, bias: 'x' } }, /"items\[0\].ledger.bias" is "x"; accepted: a num/],
    [{ methods: { respond: { l1: -5 } } }, /methods.respond.l1" is -5; accepted: a number from 0/],
    [
      { methods: { respond: { l1: 5, sums: [1, 2, 3] } } },
      /methods.respond.kendallTau" is missing; accepted: a number/,
    ],
  ];
  it.each(damage)('are not one with %j in an item', (change, message) => {
    const document = { ...whole, items: [{ ...item(0), ...change }] };
    expect(() => partOf(document, 'a.json')).toThrow(message);
  });

  it('of one network and set go together wherever those lie', async () => {
    const at = (path: string) => ({
      model: `${path}/net`,
      fingerprint: 'a1',
      data: { ...setup(0).data, set: `${path}/set`, fingerprint: 'b2' },
    });
    const joined = await mergeEvaluations([shard(1, 2, at('/here')), shard(2, 2, at('/there'))]);
    expect(joined.summary).toMatchObject({
      n: whole.n,
      accuracy: whole.accuracy,
      model: '/here/net',
    });
  });

  it('from two backends name both', async () => {
    const [a, b] = [shard(1, 2), shard(2, 2)];
    const other = named(b, { backend: 'webgpu' });
    expect((await mergeEvaluations([other, a])).summary.backend).toBe('wasm, webgpu');
  });
});

/** In the order of the methods: with the activation sum, with the runner-up's map, then the spread. */
function correlationsOf({ specificity, activationSpread }: EvaluationItem): string {
  const { respond, grad, hirescam } = specificity;
  const by = (term: 'activationSum' | 'runnerUp') => [respond, grad, hirescam].map((m) => m[term]);
  return [...by('activationSum'), ...by('runnerUp'), activationSpread].join(',');
}

describe('CSV', () => {
  it('has a row for each volume in order, quoted where it must be', () => {
    const items = [
      recordItem({ order: 2, id: 'b,1.mrc', class: 1 }, explained([1, 2, 0], [1, 2, 0])),
      recordItem({ order: 0, id: 'a.mrc', class: null }, explained([1, 0, 0], [2, 2, 2])),
    ];
    const skipped = [{ order: 1, id: 'c.mrc', reason: 'c.mrc: "cut"\noff' }];
    const csv = evaluationCsv(summarise(setup(3), { items, skipped }, { backend: 'cpu' }));
    expect(csv).toBe(
      [
        'order,id,class,class_name,predicted,predicted_name,correct,score,l1_respond,l1_grad,l1_hirescam,tau_respond,tau_grad,tau_hirescam,corr_activation_respond,corr_activation_grad,corr_activation_hirescam,corr_runner_up_respond,corr_runner_up_grad,corr_runner_up_hirescam,activation_spread,heatmap,bias,residual,skipped',
        'a.mrc row',
        '1,c.mrc,,,,,,,,,,,,,,,,,,,,,,,"c.mrc: ""cut""\noff"',
        '2,"b,1.mrc",1,"GroEL, ""14-mer"" (1MNF)",1,"GroEL, ""14-mer"" (1MNF)",1,2,0,2,0,1,-1,1,correlations,1,0,0,',
        '',
      ]
        .join('\n')
        .replace('correlations', correlationsOf(items[0]))
        .replace(
          'a.mrc row',
          `0,a.mrc,,,0,ribosome (4V5A),,1,${5 / 3},${7 / 3},${5 / 3},,,,${correlationsOf(items[1])},2,${5 / 3},0,`,
        ),
    );
  });
});
