import { describe, expect, it } from 'vitest';
import { aborted, AppError, isAborted } from '../errors.ts';
import {
  checkEvaluation,
  type Evaluation,
  type EvaluationItem,
  type EvaluationSetup,
  type EvaluationVolume,
  type ExplainedVolume,
  EVALUATION_METHODS,
  evaluationCsv,
  inTurn,
  matchClasses,
  mergeEvaluations,
  publishedRow,
  readShard,
  recordItem,
  runEvaluation,
  RunningSummary,
  SIMULATED_PER_CLASS,
  simulatedSet,
  type SkippedVolume,
  type SourceVolume,
  summarise,
  topConfusions,
  trainedSnr,
} from './index.ts';

const CLASSES = ['ribosome (4V5A)', 'GroEL, "14-mer" (1MNF)', 'capsid (2BUK)'];

function setup(total: number, change: Partial<EvaluationSetup> = {}): EvaluationSetup {
  return {
    model: 'cnn-2-inf',
    title: 'CNN-2',
    layer: 'maxpool2',
    classes: CLASSES,
    data: {
      set: 'simulated',
      snr: 'inf',
      seed: 2,
      labels: 'names',
      normalization: 'none',
      fit: 'none',
    },
    total,
    ...change,
  };
}

/** An explanation with the given scores, map sums and shares of the ledger. */
function explained(
  scores: readonly number[],
  sums: readonly number[],
  bias = scores.map((score, c) => score - sums[c]),
): ExplainedVolume {
  const classes = scores.map((_, index) => ({
    index,
    methods: {
      respond: { sum: sums[index] },
      grad: { sum: -sums[index] },
      hirescam: { sum: sums[index] },
    },
  }));
  const ledger = scores.map((score, index) => ({
    index,
    score,
    cam: sums[index],
    bias: bias[index],
    residual: score - sums[index] - bias[index],
  }));
  return { scores, predicted: scores.indexOf(Math.max(...scores)), layers: [{ classes, ledger }] };
}

/** Numbers without a pattern, the same for the same seed. */
function numbers(seed: number, count: number): number[] {
  let state = seed + 1;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  });
}

function item(order: number): EvaluationItem {
  const volume = { order, id: `v${order}`, class: order % 4 === 3 ? null : order % 3 };
  return recordItem(volume, explained(numbers(order, 3), numbers(order + 100, 3)));
}

describe('one volume', () => {
  const record = recordItem(
    { order: 4, id: 'a.mrc', class: 1 },
    explained([1, 4, -2], [0.5, 3, -2.5], [0.25, 1, 0.5]),
  );

  it('has the numbers of Table 1, worked out by hand', () => {
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
    return checkEvaluation(JSON.parse(json), `part-${index}.json`);
  };

  it.each([1, 2, 3, 4, 10, 11, 20])('%d of them give what one run gives, byte for byte', (of) => {
    const parts = Array.from({ length: of }, (_, i) => shard(of - i, of));
    expect(JSON.stringify(mergeEvaluations(parts))).toBe(JSON.stringify(whole));
  });

  it.each([
    ['one is missing', () => [shard(1, 3), shard(3, 3)], /^4 of 11 volumes .*\(shards 2\/3\)/],
    [
      'one is there twice',
      () => [shard(1, 2), shard(1, 2), shard(2, 2)],
      /part-1.*volume 0 \(v0\)/,
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
    ['the limit differs', () => [shard(1, 2), shard(2, 2, { total: 12 })], /number of volumes/],
    [
      'the seed differs',
      () => [shard(1, 2), shard(2, 2, { data: { ...setup(0).data, seed: 5 } })],
      /the seed is not that of part-1.json \(5, there 2\)/,
    ],
    ['there are none', () => [], /nothing to join/],
  ])('are refused when %s', (_, parts, message) => {
    expect(() => mergeEvaluations(parts())).toThrow(message);
  });

  it.each([
    ['another document', { scores: [] }, /a.json: not an evaluation; accepted/],
    ['nothing', null, /not an evaluation/],
    ['another version', { ...whole, version: 2 }, /of version 2; accepted: version 1/],
    ['one without items', { ...whole, items: undefined }, /parts missing/],
    ['one with half an item', { ...whole, items: [{ order: 1, id: 'a' }] }, /parts missing/],
  ])('are not %s', (_, document, message) => {
    expect(() => checkEvaluation(document, 'a.json')).toThrow(message);
  });

  it('from two backends name both', () => {
    const [a, b] = [shard(1, 2), shard(2, 2)];
    const other = { ...b, evaluation: { ...b.evaluation, backend: 'webgpu' } };
    expect(mergeEvaluations([other, a]).backend).toBe('wasm, webgpu');
  });
});

describe('the run', () => {
  const volume = (order: number): EvaluationVolume => ({
    order,
    id: `v${order}`,
    class: 0,
    input: Float32Array.of(order),
  });
  const gap = (order: number): SkippedVolume => ({ order, id: `v${order}`, reason: 'empty' });
  async function* source(...volumes: SourceVolume[]) {
    for (const entry of volumes) yield entry;
  }
  const answer = ({ input }: EvaluationVolume) => explained([input[0], 1], [input[0], 1]);
  const explain = async (volumes: readonly EvaluationVolume[]) => volumes.map(answer);

  it('explains every volume, skips what cannot be read, and tells as it goes', async () => {
    const told: string[][] = [];
    const { items, skipped } = await runEvaluation({
      source: source(volume(0), gap(1), volume(2)),
      batch: 1,
      explain,
      onResults: (results) => void told.push(results.map(({ id }) => id)),
    });
    expect(items.map(({ scores }) => scores[0])).toEqual([0, 2]);
    expect(skipped).toEqual([gap(1)]);
    expect(told).toEqual([['v0'], ['v1'], ['v2']]);
  });

  it('fills its batches also across volumes that cannot be read', async () => {
    const asked: number[][] = [];
    const told: number[][] = [];
    const volumes = Array.from({ length: 12 }, (_, i) =>
      [1, 5, 6, 7].includes(i) ? gap(i) : volume(i),
    );
    const { items, skipped } = await runEvaluation({
      source: source(...volumes),
      batch: 3,
      async explain(batch) {
        asked.push(batch.map(({ order }) => order));
        return explain(batch);
      },
      onResults: (results) => void told.push(results.map(({ order }) => order)),
    });
    expect(asked).toEqual([[0, 2, 3], [4], [8, 9, 10], [11]]);
    // No more than three are waited for that cannot be read, so that these are told soon as well.
    expect(told).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10], [11]]);
    expect(items.map(({ scores }) => scores[0])).toEqual([0, 2, 3, 4, 8, 9, 10, 11]);
    expect(skipped.map(({ order }) => order)).toEqual([1, 5, 6, 7]);
  });

  it('skips a volume that does not fit the network or has no finite answer, not its batch', async () => {
    const { items, skipped } = await runEvaluation({
      source: source(volume(0), volume(1), volume(2)),
      batch: 3,
      explain: async (batch) =>
        batch.map(({ order }) =>
          order === 0
            ? { reason: 'v0 has another shape' }
            : explained([order === 1 ? Number.NaN : 1], [0]),
        ),
    });
    expect(items.map(({ id }) => id)).toEqual(['v2']);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'v0 has another shape',
      expect.stringMatching(/^v1: the score of class 0 comes out as NaN/),
    ]);
  });

  it.each([
    [1, [2, 3, 4, 4]],
    [2, [4, 4]],
  ])('asks for the next %d while it explains, and for no more', async (batch, expected) => {
    let asked = 0;
    const seen: number[] = [];
    async function* counting() {
      for (let order = 0; order < 4; order++) {
        asked++;
        yield volume(order);
      }
    }
    await runEvaluation({
      source: counting(),
      batch,
      async explain(volumes) {
        await new Promise((resolve) => setTimeout(resolve));
        seen.push(asked);
        return explain(volumes);
      },
    });
    expect(seen).toEqual(expected);
  });

  it('ends on a fault of the engine, and lets the source clean up', async () => {
    let closed = false;
    async function* endless() {
      try {
        for (let order = 0; ; order++) yield volume(order);
      } finally {
        closed = true;
      }
    }
    const fault = new AppError('unsupported', 'the device was lost');
    const run = runEvaluation({
      source: endless(),
      batch: 2,
      explain: () => Promise.reject(fault),
    });
    await expect(run).rejects.toBe(fault);
    expect(closed).toBe(true);
  });

  it('ends on a fault of the source', async () => {
    async function* failing() {
      yield volume(0);
      throw aborted();
    }
    const run = runEvaluation({ source: failing(), batch: 1, explain });
    const error = await run.catch((e: unknown) => e);
    expect(isAborted(error)).toBe(true);
  });

  it('stops when cancelled', async () => {
    const control = { aborted: false };
    const told: string[] = [];
    const run = runEvaluation({
      source: source(volume(0), volume(1), volume(2)),
      batch: 1,
      explain,
      onResults(results) {
        told.push(...results.map(({ id }) => id));
        control.aborted = true;
      },
      signal: control,
    });
    const error = await run.catch((e: unknown) => e);
    expect(isAborted(error)).toBe(true);
    expect(told).toEqual(['v0']);
  });
});

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
        'order,id,class,class_name,predicted,predicted_name,correct,score,l1_respond,l1_grad,l1_hirescam,tau_respond,tau_grad,tau_hirescam,heatmap,bias,residual,skipped',
        'a.mrc row',
        '1,c.mrc,,,,,,,,,,,,,,,,"c.mrc: ""cut""\noff"',
        '2,"b,1.mrc",1,"GroEL, ""14-mer"" (1MNF)",1,"GroEL, ""14-mer"" (1MNF)",1,2,0,2,0,1,-1,1,1,0,0,',
        '',
      ]
        .join('\n')
        .replace(
          'a.mrc row',
          `0,a.mrc,,,0,ribosome (4V5A),,1,${5 / 3},${7 / 3},${5 / 3},,,,2,${5 / 3},0,`,
        ),
    );
  });
});

it('knows the published numbers by the ids of the networks', () => {
  expect(publishedRow('cnn-1-0.1')?.kendallTau.grad).toEqual({ mean: -0.116, std: 0.341 });
  expect(publishedRow('toString')).toBeUndefined();
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
