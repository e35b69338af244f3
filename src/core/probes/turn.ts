/** Axis about which a cube is turned. */
export type Axis = 'x' | 'y' | 'z';

/** Which two axes a turn about each axis exchanges, as positions in `[z, y, x]`: the first goes to where the second was. */
const PLANES: Readonly<Record<Axis, readonly [from: number, to: number]>> = {
  x: [1, 0], // y to z
  y: [0, 2], // z to x
  z: [2, 1], // x to y
};

/**
 * A cube `[n, n, n, channels]` turned by a quarter about an axis, right-handed, exactly: voxels change places.
 *
 * @param quarters how often; -1 turns back
 */
export function turned(
  data: Float32Array,
  n: number,
  axis: Axis,
  quarters: number,
  channels = 1,
): Float32Array {
  const [from, to] = PLANES[axis];
  const times = ((quarters % 4) + 4) % 4;
  let values = data;
  for (let k = 0; k < times; k++) {
    const next = new Float32Array(values.length);
    const at = [0, 0, 0];
    for (let v = 0; v < n ** 3; v++) {
      at[0] = Math.floor(v / (n * n));
      at[1] = Math.floor(v / n) % n;
      at[2] = v % n;
      // Along `from` becomes along `to`; along `to` becomes against `from`.
      const [a, b] = [at[from], at[to]];
      at[to] = a;
      at[from] = n - 1 - b;
      const place = (at[0] * n + at[1]) * n + at[2];
      for (let c = 0; c < channels; c++) next[place * channels + c] = values[v * channels + c];
    }
    values = next;
  }
  return values === data ? data.slice() : values;
}
