type TypedArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array;

/**
 * Writes `of(value, index)` of each value to `out` and returns it. `out.constructor.from(values, of)` does the same
 * through an iterator and a list: about 140 ns for each value where this takes 5 to 20.
 */
export function mapTo<T extends TypedArray, V>(
  out: T,
  values: ArrayLike<V>,
  of: (value: V, index: number) => number,
): T {
  for (let i = 0; i < values.length; i++) out[i] = of(values[i], i);
  return out;
}
