const pending = new Map<object, () => void>();
let requested = false;

/** Runs `work` before the next repaint; a later call with the same `key` replaces an earlier one. */
export function beforePaint(key: object, work: () => void): void {
  pending.set(key, work);
  if (requested) return;
  requested = true;
  requestAnimationFrame(flush);
}

/** Forgets what is pending for `key`. */
export function cancelPaint(key: object): void {
  pending.delete(key);
}

function flush(): void {
  requested = false;
  const works = [...pending.values()];
  pending.clear();
  for (const work of works) work();
}
