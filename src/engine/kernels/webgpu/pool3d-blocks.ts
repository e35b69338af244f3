import type { Conv3DInfo } from '../geometry.ts';
import { binding, type Kernel } from './program.ts';

/** Whether the windows lie side by side and cover the volume, as in most networks: 2 with stride 2. */
export function tilesExactly(info: Conv3DInfo): boolean {
  const axes = [
    [info.strideDepth, info.filterDepth, info.outDepth, info.inDepth],
    [info.strideHeight, info.filterHeight, info.outHeight, info.inHeight],
    [info.strideWidth, info.filterWidth, info.outWidth, info.inWidth],
  ];
  const { front, top, left } = info.padInfo;
  const unpadded = front === 0 && top === 0 && left === 0;
  return (
    unpadded && axes.every(([stride, window, n, size]) => stride === window && n * window === size)
  );
}

/** A gradient with one invocation per window, which writes the whole of it. */
function blockKernel(key: string, operands: string, before: string, value: string): Kernel {
  return {
    key,
    workgroup: [64, 1, 1],
    code: () => `
${binding(0, 'dx', 'f32')}
${binding(1, 'dy', 'f32')}
${operands}
fn main(index: i32) {
  if (index >= uniforms.windows) { return; }
  let channel = index % uniforms.channels;
  let at = index / uniforms.channels;
  let line = at / uniforms.to.z;
  let plane = line / uniforms.to.y;
  let batch = plane / uniforms.to.x;
  let size = uniforms.volume;
  let corner = vec3<i32>(plane - batch * uniforms.to.x, line - plane * uniforms.to.y, at - line * uniforms.to.z) * uniforms.window;
  let base = (((batch * size.x + corner.x) * size.y + corner.y) * size.z + corner.z) * uniforms.channels + channel;
  let g = dy[index];
  ${before}
  for (var z = 0; z < uniforms.window.x; z++) {
    for (var y = 0; y < uniforms.window.y; y++) {
      var p = base + (z * size.y + y) * size.z * uniforms.channels;
      for (var i = 0; i < uniforms.window.z; i++) {
        dx[p] = ${value};
        p += uniforms.channels;
      }
    }
  }
}`,
  };
}

/** Max-pooling: all of it to the first largest element. */
export const BLOCK_MAX_GRADIENT = blockKernel(
  'maxPool3dGradBlocks',
  binding(2, 'x', 'f32'),
  `var best = x[base];
  var winner = base;
  for (var z = 0; z < uniforms.window.x; z++) {
    for (var y = 0; y < uniforms.window.y; y++) {
      var p = base + (z * size.y + y) * size.z * uniforms.channels;
      for (var i = 0; i < uniforms.window.z; i++) {
        let v = x[p];
        if (v > best) { best = v; winner = p; }
        p += uniforms.channels;
      }
    }
  }`,
  'select(0.0, g, p == winner)',
);

/** Average pooling: an equal share to each element. */
export const BLOCK_AVERAGE_GRADIENT = blockKernel(
  'avgPool3dGradBlocks',
  '',
  'let share = g / f32(uniforms.window.x * uniforms.window.y * uniforms.window.z);',
  'share',
);
