import type { FigurePanel } from '../../../core/paper/index.ts';
import type { PaperState } from '../../../state/index.ts';

/** What a panel shows: itself, or why it cannot yet or at all. */
export type PanelStatus = 'shown' | 'reading' | 'waiting' | 'working' | 'absent' | 'failed';

export function statusOf(
  { samples, sampleErrors, answers, networks }: PaperState,
  { id, sample, map }: FigurePanel,
): PanelStatus {
  if (sampleErrors[sample]) return 'failed';
  if (map && answers[id] && samples[sample]) return 'shown';
  const network = map && (networks[map.network]?.status ?? 'waiting');
  if (network === 'absent' || network === 'failed') return network;
  if (!samples[sample]) return 'reading';
  if (!network) return 'shown';
  return network === 'working' ? 'working' : 'waiting';
}

/** Something is still to come. */
export function isPending(status: PanelStatus): boolean {
  return status === 'reading' || status === 'waiting' || status === 'working';
}
