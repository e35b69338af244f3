/** Rate and time left of a task of `total` equal parts, of which `before` were done at the start. */
export function createEta(total: number, before = 0, now: () => number = Date.now) {
  const start = now();
  return (done: number): { readonly perSecond: number; readonly left: string } => {
    const perSecond = (done - before) / Math.max((now() - start) / 1000, 1e-3);
    return { perSecond, left: perSecond > 0 ? duration((total - done) / perSecond) : 'unknown' };
  };
}

/** A time in words: `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
