/** Work on many particles that may rest between two parts of it. */
export type Steps<T> = Generator<void, T>;

/** Particles that are worked on without a rest. */
const PART = 1 << 15;

/** Whether a loop over particles is to rest before its `i`th. */
export const rests = (i: number) => i > 0 && i % PART === 0;

/** Does the work without a rest. */
export function finish<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
