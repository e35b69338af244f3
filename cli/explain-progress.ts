import type { Progress } from '../src/engine/types.ts';
import type { Io } from './command.ts';
import { createEta } from './progress.ts';

const EVERY_MS = 5000;

/** Says on stderr how far a stage of many passes is, every few seconds. */
export function noteProgress({ note }: Pick<Io, 'note'>, now: () => number = Date.now) {
  let stage: string | undefined;
  let eta = createEta(1, 0, now);
  let last = now();
  return (progress: Progress): void => {
    if (progress.stage !== stage) {
      stage = progress.stage;
      eta = createEta(1, 0, now);
      last = now();
    }
    if (progress.fraction === undefined || now() - last < EVERY_MS) return;
    last = now();
    note(`${stage}: ${Math.round(100 * progress.fraction)}%, ${eta(progress.fraction).left} left`);
  };
}
