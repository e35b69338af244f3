/** The numbers of a tensor from one place up to another. */
export type ReadNumbers = (from: number, to: number) => ArrayLike<number>;

/** Rows that are written side by side: a cache line. */
const BLOCK = 16;

/** Numbers that are read at once: 4 MiB of float32. */
const PIECE = 2 ** 20;

/**
 * A kernel `[a, b, …window]` of PyTorch or ONNX as `[…window, b, a]`: out and in channels of a convolution, in and out
 * of a transposed one, two of a linear layer. It is read some rows at a time: what is large is in memory once.
 */
export function channelsBehind(read: ReadNumbers, dims: readonly number[]): Float32Array {
  const [a, b, ...window] = dims;
  const voxels = window.reduce((n, size) => n * size, 1);
  const row = b * voxels;
  const out = new Float32Array(a * row);
  const rows = BLOCK * Math.max(1, Math.floor(PIECE / (BLOCK * row)));
  for (let top = 0; top < a; top += rows) {
    const bottom = Math.min(a, top + rows);
    const values = read(top * row, bottom * row);
    for (let first = top; first < bottom; first += BLOCK) {
      const end = Math.min(bottom, first + BLOCK);
      for (let j = 0; j < b; j++) {
        for (let v = 0; v < voxels; v++) {
          const to = (v * b + j) * a;
          let from = (first - top) * row + j * voxels + v;
          for (let i = first; i < end; i++) {
            out[to + i] = values[from];
            from += row;
          }
        }
      }
    }
  }
  return out;
}
