/** Time given to painting in one frame, ms; what does not fit waits for the next frame. */
const BUDGET = 16;
/** The same for what has shown nothing yet, ms; the page stays responsive below 50. */
const FIRST_BUDGET = 40;

const pending = new Map<object, () => void>();
let requested = false;
/** Of the budget of the frame that comes next, ms. */
let spent = 0;

/**
 * Runs `work` before the next repaint, or the one after when there is much to paint; a later call
 * with the same `key` replaces an earlier one.
 */
export function beforePaint(key: object, work: () => void): void {
  // Last in the queue, so that no view starves the others.
  pending.delete(key);
  pending.set(key, work);
  schedule();
}

/**
 * Runs `work` at once while the next frame has time left, else as {@link beforePaint}: for what has
 * shown nothing yet, as a frame can take long while 3D views are drawn.
 */
export function paintNow(key: object, work: () => void): void {
  if (spent > FIRST_BUDGET) {
    beforePaint(key, work);
    return;
  }
  pending.delete(key);
  timed(work);
  schedule();
}

/** Forgets what is pending for `key`. */
export function cancelPaint(key: object): void {
  pending.delete(key);
}

function timed(work: () => void): void {
  const start = performance.now();
  work();
  spent += performance.now() - start;
}

function schedule(): void {
  if (requested) return;
  requested = true;
  requestAnimationFrame(flush);
}

function flush(): void {
  requested = false;
  for (const [key, work] of [...pending]) {
    if (spent > BUDGET) break;
    pending.delete(key);
    timed(work);
  }
  spent = 0;
  if (pending.size > 0) schedule();
}
