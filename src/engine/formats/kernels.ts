/** Rows that are written side by side: a cache line. */
const BLOCK = 16;

/**
 * A kernel `[a, b, …window]` of PyTorch or ONNX as `[…window, b, a]`: out and in channels of a convolution, in and out
 * of a transposed one, two of a linear layer.
 */
export function channelsBehind(values: Float32Array, dims: readonly number[]): Float32Array {
  const [a, b, ...window] = dims;
  const voxels = window.reduce((n, size) => n * size, 1);
  const out = new Float32Array(values.length);
  for (let first = 0; first < a; first += BLOCK) {
    const end = Math.min(a, first + BLOCK);
    for (let j = 0; j < b; j++) {
      for (let v = 0; v < voxels; v++) {
        const to = (v * b + j) * a;
        let from = (first * b + j) * voxels + v;
        for (let i = first; i < end; i++) {
          out[to + i] = values[from];
          from += b * voxels;
        }
      }
    }
  }
  return out;
}
