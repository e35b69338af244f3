/**
 * Copies `rows` rows of `bytes` bytes (a multiple of four), each `times` times one behind the other; the rows
 * begin `from` bytes apart in the source and `to` bytes apart in the target. Concatenation, slices and
 * repetition come down to this.
 */
export function copyRows(
  source: usize,
  from: usize,
  target: usize,
  to: usize,
  bytes: usize,
  rows: i32,
  times: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let at = target;
    for (let time = 0; time < times; time++) {
      let i: usize = 0;
      for (; i + 16 <= bytes; i += 16) v128.store(at + i, v128.load(source + i));
      for (; i < bytes; i += 4) store<i32>(at + i, load<i32>(source + i));
      at += bytes;
    }
    source += from;
    target += to;
  }
}
