import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { binding, execute, type Kernel } from './program.ts';

const WORKGROUP = 64;

const PACK: Kernel = {
  key: 'packFilter',
  workgroup: [WORKGROUP, 1, 1],
  code: () => `
${binding(0, 'packed', 'f32')}
${binding(1, 'source', 'f32')}
fn main(index: i32) {
  if (index >= uniforms.size) { return; }
  let padded = uniforms.padded;
  let row = index / padded;
  let column = index - row * padded;
  var value = 0.0;
  if (column < uniforms.columns) {
    var at = row * uniforms.columns + column;
    if (uniforms.transposed == 1) {
      let tap = row / uniforms.rows;
      at = (tap * uniforms.columns + column) * uniforms.rows + row - tap * uniforms.rows;
    }
    value = source[at];
  }
  packed[index] = value;
}`,
};

/**
 * Filter `[taps, rows, columns]` (or, transposed, `[taps, columns, rows]`) as `[taps, rows, padded]` with
 * zeros from `columns` on. Returns the filter itself where it has this layout already.
 */
export function packFilter(
  backend: WebGPUBackend,
  filter: TensorInfo,
  size: { taps: number; rows: number; columns: number; padded: number; transposed: boolean },
): TensorInfo {
  const { taps, rows, columns, padded, transposed } = size;
  if (columns === padded && !transposed) return filter;
  const packed = backend.makeTensorInfo([taps, rows, padded], 'float32');
  const groups = Math.ceil((taps * rows * padded) / WORKGROUP);
  const uniforms = { rows, columns, padded, transposed: transposed ? 1 : 0 };
  execute(backend, PACK, [filter], packed, uniforms, [groups, 1, 1]);
  return packed;
}
