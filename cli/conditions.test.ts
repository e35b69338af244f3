import { describe, expect, it } from 'vitest';
import { runCommandLine } from './commands.ts';
import type { ConditionTable } from './conditions-report.ts';
import { recordingIo } from './test-io.ts';

describe('conditions', () => {
  it('measures networks side by side on the same volumes, each at home where it was trained', async () => {
    const { io, out } = recordingIo();
    const ids = ['cnn-2-inf', 'cnn-2-0.1', 'cnn-2-real'];
    const flags = ['--per-class', '1', '--only', 'clean,no-ctf,white', '--json'];
    await runCommandLine(['conditions', ...ids, ...flags], io);
    const { models, rows } = JSON.parse(out[0]) as ConditionTable;
    expect(models.map(({ id }) => id)).toEqual(ids);
    expect(rows.map(({ id, empty }) => [id, empty])).toEqual([
      ['clean', false],
      ['no-ctf', false],
      ['white', true],
    ]);
    for (const { answers } of rows) expect(answers.map(({ n }) => n)).toEqual([23, 23, 23]);
    const [clean, noCtf, white] = rows.map(({ answers, empty }) =>
      answers.map(({ accuracy, rejected }) => (empty ? rejected : accuracy)),
    );
    expect(clean[0]).toBeGreaterThan(0.95);
    // The networks of the paper have never seen volumes without contrast transfer, nor of no complex.
    expect(noCtf[1]).toBeLessThan(0.6);
    for (const [, paper, varied] of [noCtf, white]) expect(varied).toBeGreaterThan(paper + 0.2);
    expect(white[2]).toBeGreaterThan(0.95);
  });

  it.each([
    [['--only', 'rain'], /--only rain; accepted: usual, clean/],
    [['--average', '0'], /--average 0; accepted: a whole number from 1 up/],
    [['--snr', '0.1'], /--snr goes with --average alone/],
    [['--per-class', 'x'], /--per-class x; accepted/],
  ])('refuses %j', async (flags, message) => {
    await expect(
      runCommandLine(['conditions', 'cnn-2-inf', ...flags], recordingIo().io),
    ).rejects.toThrow(message);
  });
});
