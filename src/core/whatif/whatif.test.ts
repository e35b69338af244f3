import { describe, expect, it } from 'vitest';
import { badInput } from '../errors.ts';
import {
  compareReplies,
  counterfactualSentence,
  counterfactualsOf,
  type Host,
  type Reading,
  type Reply,
  type Situation,
  tryReadings,
  whatIfSummary,
} from './index.ts';

const now: Reading = { invert: false, normalization: 'model', fit: 'none', voxelScale: 1 };
const situation: Situation = {
  now,
  own: 'zscore',
  voxelSize: 10,
  trained: 10,
  picture: false,
};
const ids = (change: Partial<Situation>) =>
  counterfactualsOf({ ...situation, ...change }).map(({ id }) => id);
const words = (change: Partial<Situation>) =>
  Object.fromEntries(
    counterfactualsOf({ ...situation, ...change }).map((row) => [row.id, row.words]),
  );

describe('the other readings', () => {
  const scales = [0.5, 0.9, 0.95, 1.05, 1.1, 2].map((scale) => `voxel-size-${scale}`);

  it('are contrast, voxel size and normalisation, but never the present one', () => {
    expect(ids({})).toEqual(['contrast', ...scales, 'normalization-none']);
    expect(ids({ now: { ...now, normalization: 'none' } })).toEqual([
      ...['contrast', ...scales, 'normalization-model'],
    ]);
    expect(ids({ own: 'none' })).toEqual(['contrast', ...scales, 'normalization-zscore']);
    expect(ids({ now: { ...now, voxelScale: 2 } })).toContain('voxel-size-1');
  });

  it('take the voxel size of the training volumes where the file has another', () => {
    expect(ids({ voxelSize: 13.6 })[1]).toBe('voxel-size-trained');
    expect(words({ voxelSize: 13.6 })['voxel-size-trained']).toBe(
      'Resampled from 13.6 Å to the 10 Å of the training volumes',
    );
    expect(ids({ voxelSize: 13.6, now: { ...now, fit: 'resample' } })[1]).toBe('voxel-size-file');
    expect(ids({ voxelSize: 13.6, trained: null })).not.toContain('voxel-size-trained');
  });

  it('are named by what the voxels are taken for', () => {
    expect(words({})['voxel-size-2']).toBe('With voxels taken for 20 Å, not 10 Å,');
    // Used as they are, voxels of any size stand for those of training.
    expect(words({ voxelSize: 13.6 })['voxel-size-2']).toBe(
      'With voxels taken for 20 Å, not 10 Å,',
    );
    const resampled = { ...now, fit: 'resample' } as const;
    expect(words({ voxelSize: 13.6, now: resampled })['voxel-size-2']).toBe(
      'With voxels taken for 27.2 Å, not 13.6 Å,',
    );
    expect(words({ voxelSize: null, trained: null })['voxel-size-0.5']).toBe(
      'With voxels 0.5 times as large',
    );
  });

  it('of a picture are its scalings, and no voxel size', () => {
    expect(ids({ picture: true, own: 'signed', voxelSize: null, trained: null })).toEqual([
      ...['contrast', 'normalization-none', 'normalization-zscore', 'normalization-unit'],
      ...['normalization-imagenet', 'normalization-caffe'],
    ]);
  });
});

const reply = (scores: number[], part: Partial<Reply> = {}): Reply => ({
  kind: 'class',
  scores: Float32Array.from(scores),
  probabilities: Float32Array.from(scores),
  predicted: scores.indexOf(Math.max(...scores)),
  labels: null,
  ...part,
});

describe('an answer is another one', () => {
  const compare = (a: Reply, b: Reply, embedding = false) => compareReplies(a, b, embedding);

  it('with another class, or a probability far off', () => {
    expect(compare(reply([0.7, 0.3]), reply([0.6, 0.4])).changes).toBe(false);
    expect(compare(reply([0.51, 0.49]), reply([0.49, 0.51])).changes).toBe(true);
    expect(compare(reply([0.6, 0.4]), reply([0.97, 0.03])).changes).toBe(true);
    const raw = { probabilities: null };
    expect(compare(reply([3, 1], raw), reply([30, 1], raw)).changes).toBe(false);
    expect(compare(reply([3], raw), reply([3.2], raw)).changes).toBe(false);
    expect(compare(reply([3], raw), reply([-3], raw))).toMatchObject({
      ...{ kind: 'number', changes: true },
    });
  });

  it('with other voxels, counted among those that are not background', () => {
    const labelled = (...labels: number[]) =>
      reply([0, 0], { kind: 'segmentation', labels: Uint16Array.from(labels) });
    const background = new Array<number>(90).fill(1);
    const before = labelled(...background, ...new Array<number>(10).fill(2));
    const one = labelled(...background, 1, ...new Array<number>(9).fill(2));
    const two = labelled(...background, 1, 1, ...new Array<number>(8).fill(2));
    expect(compare(before, one)).toEqual({
      ...{ kind: 'segmentation', changes: false, share: 0.01, shareOfObjects: 0.1 },
      ...{ now: [0, 90, 10], other: [0, 91, 9] },
    });
    expect(compare(before, two).changes).toBe(true);
    expect(compare(before, before)).toMatchObject({ share: 0, shareOfObjects: 0, changes: false });
  });

  it('with another direction of an embedding, or another nearest reference', () => {
    expect(compare(reply([1, 0]), reply([1, 0.1]), true).changes).toBe(false);
    expect(compare(reply([1, 0]), reply([0, 1]), true)).toMatchObject({
      ...{ kind: 'embedding', cosine: 0, changes: true },
    });
    const similar = (...scores: number[]) => reply(scores, { kind: 'similarity' });
    expect(compare(similar(0.9, 0.2), similar(0.85, 0.25)).changes).toBe(false);
    expect(compare(similar(0.5, 0.48), similar(0.48, 0.5)).changes).toBe(true);
    expect(compare(similar(0.9), similar(0.5)).changes).toBe(true);
  });

  it('is said in a sentence', () => {
    const say = (a: Reply, b: Reply, embedding = false) =>
      counterfactualSentence({ words: 'With inverted contrast' }, compare(a, b, embedding), [
        'ribosome',
        'noise',
      ]);
    expect(say(reply([0.39, 0.61]), reply([0.97, 0.03]))).toBe(
      'With inverted contrast, this network would say ribosome 0.97 (now: noise 0.61).',
    );
    const seg = { kind: 'segmentation' } as const;
    expect(
      say(
        reply([0, 0], { ...seg, labels: Uint16Array.of(0, 1, 1, 2) }),
        reply([0, 0], { ...seg, labels: Uint16Array.of(0, 0, 1, 2) }),
      ),
    ).toBe('With inverted contrast, 25% of the voxels would change class (ribosome 2 → 1).');
    const similar = (...scores: number[]) => reply(scores, { kind: 'similarity' });
    expect(say(similar(0.9, 0.1), similar(0.2, 0.3))).toBe(
      'With inverted contrast, noise would be nearest, cosine 0.30 (now: ribosome, 0.90).',
    );
    expect(say(similar(0.9, 0.1), similar(0.5, 0.1))).toMatch(/cosine with ribosome would be 0.50/);
    expect(say(reply([1, 0]), reply([0, 1]), true)).toMatch(/cosine with the present one 0.00/);
  });
});

describe('trying them', () => {
  interface Prepared {
    readonly data: Float32Array;
    readonly reading: Reading;
  }
  /** A network that answers 1 to inverted volumes, and refuses voxels twice as large. */
  const host = (batch: number, asked: number[] = []): Host<Prepared, Reply> => ({
    batch,
    names: ['plain', 'inverted'],
    isEmbedding: false,
    async prepare(reading) {
      if (reading.voxelScale === 0.5) throw badInput('too small');
      const same = reading.normalization !== 'model';
      const sign = reading.invert ? -1 : 1;
      return { reading, data: Float32Array.of(sign, same ? 1 : reading.voxelScale) };
    },
    async answer(inputs) {
      asked.push(inputs.length);
      return inputs.map(({ reading }) =>
        reading.voxelScale === 2
          ? { reason: 'not finite' }
          : reply(reading.invert ? [0.2, 0.8] : [0.9, 0.1]),
      );
    },
    inDomain: ({ reading }) => reading.invert,
    onProgress: () => undefined,
  });

  it.each([1, 3, 20])('says which change the answer, %i at a time', async (batch) => {
    const asked: number[] = [];
    const { tried, inDomain } = await tryReadings(situation, host(batch, asked));
    // 0.5 cannot be prepared, 2 has no answer, and without normalisation the input is the same.
    expect(tried.map(({ id }) => id)).toEqual([
      ...['contrast', 'voxel-size-0.9', 'voxel-size-0.95', 'voxel-size-1.05', 'voxel-size-1.1'],
    ]);
    expect(tried.filter(({ difference }) => difference.changes).map(({ id }) => id)).toEqual([
      'contrast',
    ]);
    expect([inDomain, tried[0].inDomain]).toEqual([false, true]);
    expect(Math.max(...asked)).toBeLessThanOrEqual(Math.max(1, batch));
    expect(whatIfSummary(tried)).toBe(
      '1 of 5 other readings tried (contrast, voxel size) changes the answer.',
    );
    expect(whatIfSummary(tried.slice(1))).toBe(
      'No other reading changes the answer: 4 other readings tried (voxel size).',
    );
  });

  it('fails where the present reading has no answer', async () => {
    const wrong = { ...situation, now: { ...now, voxelScale: 2 } };
    await expect(tryReadings(wrong, host(4))).rejects.toThrow('not finite');
  });
});
