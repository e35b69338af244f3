/** Time given to painting in one frame, ms; what does not fit waits for the next frame. */
const BUDGET = 16;

const pending = new Map<object, () => void>();
let requested = false;

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

/** Forgets what is pending for `key`. */
export function cancelPaint(key: object): void {
  pending.delete(key);
}

function schedule(): void {
  if (requested) return;
  requested = true;
  requestAnimationFrame(flush);
}

function flush(): void {
  requested = false;
  const deadline = performance.now() + BUDGET;
  for (const [key, work] of [...pending]) {
    pending.delete(key);
    work();
    if (performance.now() > deadline) break;
  }
  if (pending.size > 0) schedule();
}
