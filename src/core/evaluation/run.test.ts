import { describe, expect, it } from 'vitest';
import { aborted, AppError, isAborted } from '../errors.ts';
import {
  type EvaluationVolume,
  runEvaluation,
  type SkippedVolume,
  type SourceVolume,
} from './index.ts';
import { explained } from './testing.ts';

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

  it('explains every volume, skips what cannot be read, and reports as it goes', async () => {
    const reported: string[][] = [];
    const { items, skipped } = await runEvaluation({
      source: source(volume(0), gap(1), volume(2)),
      batch: 1,
      explain,
      onResults: (results) => void reported.push(results.map(({ id }) => id)),
    });
    expect(items.map(({ scores }) => scores[0])).toEqual([0, 2]);
    expect(skipped).toEqual([gap(1)]);
    expect(reported).toEqual([['v0'], ['v1'], ['v2']]);
  });

  it('fills its batches also across volumes that cannot be read', async () => {
    const asked: number[][] = [];
    const reported: number[][] = [];
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
      onResults: (results) => void reported.push(results.map(({ order }) => order)),
    });
    expect(asked).toEqual([[0, 2, 3], [4], [8, 9, 10], [11]]);
    // No more than three are waited for that cannot be read, so that these are reported soon as well.
    expect(reported).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10], [11]]);
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
    const reported: string[] = [];
    const run = runEvaluation({
      source: source(volume(0), volume(1), volume(2)),
      batch: 1,
      explain,
      onResults(results) {
        reported.push(...results.map(({ id }) => id));
        control.aborted = true;
      },
      signal: control,
    });
    const error = await run.catch((e: unknown) => e);
    expect(isAborted(error)).toBe(true);
    expect(reported).toEqual(['v0']);
  });
});
