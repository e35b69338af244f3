import type { Evaluation } from '../../core/evaluation/index.ts';

/** How sums and scores order the classes, to go after "X's sums". */
export function ordering(tau: number): string {
  if (tau >= 0.9) return 'order the classes as the scores do';
  if (tau >= 0.6) return 'order the classes much as the scores do';
  if (tau >= 0.25) return 'follow the order of the scores only loosely';
  if (tau > -0.25) return 'say little about the order of the scores';
  return 'order the classes against the scores';
}

/** Which volumes a result is about, in words. */
export function aboutSet({ n, total, data, layer }: Evaluation): string {
  const noise = data.snr === null ? '' : data.snr === 'inf' ? 'noise-free ' : '';
  const level = typeof data.snr === 'number' ? ` at SNR ${data.snr}` : '';
  const kind =
    data.set === 'simulated'
      ? `${noise}simulated volumes${level}`
      : data.set === 'bundled'
        ? `${noise}samples${level}`
        : `volumes of ${data.set}`;
  return `${n < total ? `${n} of ${total}` : n} ${kind}, explained at ${layer}`;
}
