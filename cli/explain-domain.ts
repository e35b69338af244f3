import type { DomainFinding, Remedy } from '../src/core/domain/index.ts';

/** What to type about a finding. */
const REMEDIES: Readonly<Record<Remedy, string>> = {
  zscore: 'try --normalize zscore',
  normalize: 'try --normalize model',
  invert: 'try --invert',
  'other-network': 'try a network trained on such volumes',
};

/** The finding with what to do, on one line. */
export function findingLine({ message, remedy }: DomainFinding): string {
  return remedy ? `${message.replace(/\.$/, '')}; ${REMEDIES[remedy]}.` : message;
}
