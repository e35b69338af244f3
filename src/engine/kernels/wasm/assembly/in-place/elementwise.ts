/** `dx = y > 0 ? dy : slope * dy` for `count` floats: the gradient of a (leaky) ReLU from its input or output. */
export function reluGrad(dy: usize, y: usize, dx: usize, count: i32, slope: f32): void {
  const end = dx + (<usize>count << 2);
  const zero = f32x4.splat(0);
  const slopes = f32x4.splat(slope);
  for (; dx + 16 <= end; dx += 16, dy += 16, y += 16) {
    const g = v128.load(dy);
    v128.store(dx, v128.bitselect(g, f32x4.mul(g, slopes), f32x4.gt(v128.load(y), zero)));
  }
  for (; dx < end; dx += 4, dy += 4, y += 4) {
    const g = load<f32>(dy);
    store<f32>(dx, load<f32>(y) > 0 ? g : g * slope);
  }
}

/** `y = min(max(x, slope * x), most)` for `count` floats: ReLU, leaky ReLU, ReLU6. */
export function rectify(x: usize, y: usize, count: i32, slope: f32, most: f32): void {
  const end = y + (<usize>count << 2);
  const slopes = f32x4.splat(slope);
  const mosts = f32x4.splat(most);
  for (; y + 16 <= end; x += 16, y += 16) {
    const v = v128.load(x);
    v128.store(y, f32x4.min(f32x4.max(v, f32x4.mul(v, slopes)), mosts));
  }
  for (; y < end; x += 4, y += 4) {
    const v = load<f32>(x);
    store<f32>(y, min<f32>(max<f32>(v, v * slope), most));
  }
}
