/** `dx = y > 0 ? dy : 0` for `count` floats: the gradient of a ReLU from its output. */
export function reluGrad(dy: usize, y: usize, dx: usize, count: i32): void {
  const end = dx + (<usize>count << 2);
  const zero = f32x4.splat(0);
  for (; dx + 16 <= end; dx += 16, dy += 16, y += 16) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero)));
  }
  for (; dx < end; dx += 4, dy += 4, y += 4) {
    store<f32>(dx, load<f32>(y) > 0 ? load<f32>(dy) : 0);
  }
}

/** `y = x * scale + shift` for `rows` rows of `channels`. */
export function scaleShift(
  x: usize,
  y: usize,
  scale: usize,
  shift: usize,
  rows: i32,
  channels: i32,
): void {
  const bytes = <usize>channels << 2;
  for (let row = 0; row < rows; row++) {
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const scaled = f32x4.mul(v128.load(x + c), v128.load(scale + c));
      v128.store(y + c, f32x4.add(scaled, v128.load(shift + c)));
    }
    for (; c < bytes; c += 4) {
      store<f32>(y + c, load<f32>(x + c) * load<f32>(scale + c) + load<f32>(shift + c));
    }
    x += bytes;
    y += bytes;
  }
}
