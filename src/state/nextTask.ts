import { finish, type Steps } from '../core/steps.ts';

/** Lets the page draw and answer between two pieces of work. */
export const nextTask = (): Promise<void> => new Promise((resume) => setTimeout(resume));

/** Milliseconds of a task; the page stays responsive below 50. */
const TASK = 15;
/** Particles that a task is enough for. */
const MANY = 1e5;

/**
 * Does work on `count` particles in tasks between which the page draws and answers, that on few at once, and hands its
 * result to `then`. What it returns ends the work.
 */
export function inTasks<T>(count: number, steps: Steps<T>, then: (result: T) => void): () => void {
  if (count <= MANY) {
    then(finish(steps));
    return () => undefined;
  }
  let timer: ReturnType<typeof setTimeout>;
  const task = () => {
    const until = performance.now() + TASK;
    let step = steps.next();
    while (!step.done && performance.now() < until) step = steps.next();
    if (step.done) then(step.value);
    else timer = setTimeout(task);
  };
  timer = setTimeout(task);
  return () => clearTimeout(timer);
}
