import type { Finding } from '../src/core/volume/index.ts';
import type { Io } from './command.ts';

/**
 * Writes what a reader found about a file to stderr, one line each: `FILE: warning: ...`. Notes of
 * severity `info` are left to `inspect`.
 */
export function noteFindings(
  io: Pick<Io, 'note'>,
  file: string,
  findings: readonly Finding[],
): void {
  for (const { severity, message } of serious(findings)) {
    io.note(`${file}: ${severity}: ${message}`);
  }
}

/**
 * The same for many files: each kind of finding is written once, with the first file that has it, and
 * `summary` says how often it came again.
 */
export function collectFindings(io: Pick<Io, 'note'>) {
  const times = new Map<string, number>();
  return {
    add(file: string, findings: readonly Finding[]): void {
      for (const finding of serious(findings)) {
        const before = times.get(finding.code) ?? 0;
        if (before === 0) noteFindings(io, file, [finding]);
        times.set(finding.code, before + 1);
      }
    },
    summary(): void {
      for (const [code, count] of times) {
        if (count < 2) continue;
        io.note(`${code}: the same in ${count - 1} more volume${count > 2 ? 's' : ''}.`);
      }
    },
  };
}

function serious(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ severity }) => severity !== 'info');
}
