/**
 * A kernel `[a, b, …window]` of PyTorch as `[…window, b, a]`: out and in channels of a convolution, in and out of a
 * transposed one, two of a linear layer.
 */
export function channelsBehind(values: Float32Array, dims: readonly number[]): Float32Array {
  const [a, b, ...window] = dims;
  const voxels = window.reduce((n, size) => n * size, 1);
  const out = new Float32Array(values.length);
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let v = 0; v < voxels; v++) out[(v * b + j) * a + i] = values[(i * b + j) * voxels + v];
  return out;
}
