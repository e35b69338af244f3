/** `out = a + b` for `count` floats; out may be one of them. */
export function add(a: usize, b: usize, out: usize, count: i32): void {
  const end = out + (<usize>count << 2);
  for (; out + 16 <= end; out += 16, a += 16, b += 16) {
    v128.store(out, f32x4.add(v128.load(a), v128.load(b)));
  }
  for (; out < end; out += 4, a += 4, b += 4) store<f32>(out, load<f32>(a) + load<f32>(b));
}

/** Writes a value to `count` floats. */
export function fill(x: usize, count: i32, value: f32): void {
  const end = x + (<usize>count << 2);
  const values = f32x4.splat(value);
  for (; x + 16 <= end; x += 16) v128.store(x, values);
  for (; x < end; x += 4) store<f32>(x, value);
}

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
