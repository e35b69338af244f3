import type { DomainFinding } from './types.ts';

/** Why an answer is worth little. */
export interface Doubt {
  /** What comes behind “The answer is one”. */
  readonly sentence: string;
  /** The same beside the answer. */
  readonly badge: string;
}

const DOUBTS: Readonly<Record<DomainFinding['code'], Doubt>> = {
  constant: {
    sentence: 'to a volume of equal values, which holds nothing to answer to',
    badge: 'equal values: means nothing',
  },
  noise: {
    sentence: 'to white noise, which holds nothing to answer to',
    badge: 'white noise: means nothing',
  },
  mean: { sentence: 'to values shifted from those of its training', badge: 'values shifted' },
  spread: { sentence: 'to values scaled unlike those of its training', badge: 'values not scaled' },
  contrast: {
    sentence: 'to a contrast opposite to that of its training',
    badge: 'opposite contrast',
  },
  unlike: {
    sentence: 'to a volume unlike those of its training, so it means little',
    badge: 'unlike training: means little',
  },
};

/** Null where nothing is known against an answer. */
export function doubtOf(findings: readonly DomainFinding[]): Doubt | null {
  const grave = findings.find(({ severity }) => severity === 'warning');
  return grave ? DOUBTS[grave.code] : null;
}
