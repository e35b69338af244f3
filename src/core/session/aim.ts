import { type Target, targetKey } from '../target/index.ts';

/** Which of a network's numbers is explained; null is the network's own default. */
export interface Aim {
  /** Name of an output. */
  readonly output: string | null;
  readonly target: Target | null;
  /** How normalisations that look at their input are differentiated. */
  readonly statistics: 'plain' | 'frozen' | null;
}

export const DEFAULT_AIM: Aim = { output: null, target: null, statistics: null };

/** Same key, same aim. */
export const aimKey = ({ output, target, statistics }: Aim) =>
  [output ?? '', target ? targetKey(target) : '', statistics ?? ''].join('|');
