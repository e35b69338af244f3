import { describe, expect, it } from 'vitest';
import { runCommandLine } from './commands.ts';
import type { ConditionTable } from './conditions-report.ts';
import { recordingIo } from './test-io.ts';

describe('conditions', () => {
  it('measures networks side by side on the same volumes', async () => {
    const { io, out } = recordingIo();
    const flags = ['--per-class', '1', '--only', 'clean,no-ctf,white', '--json'];
    await runCommandLine(['conditions', 'cnn-2-inf', 'cnn-2-0.1', ...flags], io);
    const { models, rows } = JSON.parse(out[0]) as ConditionTable;
    expect(models.map(({ id }) => id)).toEqual(['cnn-2-inf', 'cnn-2-0.1']);
    expect(rows.map(({ id, empty }) => [id, empty])).toEqual([
      ['clean', false],
      ['no-ctf', false],
      ['white', true],
    ]);
    for (const { answers } of rows) expect(answers.map(({ n }) => n)).toEqual([23, 23]);
    const [clean, noCtf] = rows.map(({ answers }) => answers.map(({ accuracy }) => accuracy));
    expect(clean[0]).toBeGreaterThan(0.95);
    expect(noCtf[1]).toBeLessThan(0.6); // the networks of the paper have never seen it
  });

  it('finds the varied network at home where that of the paper is not', async () => {
    const { io, out } = recordingIo();
    const flags = ['--per-class', '1', '--only', 'no-ctf,white', '--json'];
    await runCommandLine(['conditions', 'cnn-2-0.1', 'cnn-2-real', ...flags], io);
    const { rows } = JSON.parse(out[0]) as ConditionTable;
    for (const { id, empty, answers } of rows) {
      const [paper, varied] = answers.map((own) => (empty ? own.rejected : own.accuracy));
      expect(varied, id).toBeGreaterThan(paper + 0.2);
      if (empty) expect(varied, id).toBeGreaterThan(0.95);
    }
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
