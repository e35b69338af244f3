import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Conv3DInfo } from '../geometry.ts';
import { run, runByChannels, WINDOW_OF_OUTPUT, WINDOWS_OF_VOXEL } from './pool3d.ts';
import { BLOCK_AVERAGE_GRADIENT, tilesExactly } from './pool3d-blocks.ts';
import { binding, type Kernel } from './program.ts';

/** Of values of one channel or of 4. */
const forwardKernel = (type: 'f32' | 'vec4<f32>'): Kernel => ({
  key: `avgPool3d ${type}`,
  workgroup: [64, 1, 1],
  code: () => `
${binding(0, 'y', type)}
${binding(1, 'x', type)}
fn main(index: i32) {
  ${WINDOW_OF_OUTPUT}
  var sum = ${type}(0.0);
  for (var z = first.x; z < end.x; z++) {
    for (var y = first.y; y < end.y; y++) {
      var p = (((batch * size.x + z) * size.y + y) * size.z + first.z) * uniforms.channels + channel;
      for (var i = first.z; i < end.z; i++) {
        sum += x[p];
        p += uniforms.channels;
      }
    }
  }
  let inside = max(end - first, vec3<i32>(0));
  y[index] = sum / f32(max(inside.x * inside.y * inside.z, 1));
}`,
});

const FORWARD = forwardKernel('f32');
const FORWARD_QUADS = forwardKernel('vec4<f32>');

const GRADIENT: Kernel = {
  key: 'avgPool3dGrad',
  workgroup: [64, 1, 1],
  code: () => `
${binding(0, 'dx', 'f32')}
${binding(1, 'dy', 'f32')}
fn main(index: i32) {
  ${WINDOWS_OF_VOXEL}
  var sum = 0.0;
  for (var z = first.x; z < end.x; z++) {
    for (var y = first.y; y < end.y; y++) {
      var p = (((batch * uniforms.to.x + z) * uniforms.to.y + y) * uniforms.to.z + first.z) * uniforms.channels + channel;
      for (var i = first.z; i < end.z; i++) {
        // A voxel beyond the last window of a stride above it lies in none.
        let k = voxel - vec3<i32>(z, y, i) * uniforms.stride;
        if (all(k < uniforms.window)) { sum += dy[p]; }
        p += uniforms.channels;
      }
    }
  }
  dx[index] = sum / f32(uniforms.window.x * uniforms.window.y * uniforms.window.z);
}`,
};

/** Average pooling `[batch, d, h, w, channels]` over the voxels of a window that lie inside. */
export function avgPool3d(backend: WebGPUBackend, x: TensorInfo, info: Conv3DInfo): TensorInfo {
  const y = backend.makeTensorInfo(info.outShape, 'float32');
  runByChannels(backend, FORWARD, FORWARD_QUADS, x, y, info);
  return y;
}

/** Its gradient as tfjs has it: every window's is shared by its full size, also at the border. */
export function avgPool3dGrad(
  backend: WebGPUBackend,
  dy: TensorInfo,
  xShape: number[],
  info: Conv3DInfo,
): TensorInfo {
  const dx = backend.makeTensorInfo(xShape, 'float32');
  if (tilesExactly(info))
    run(backend, BLOCK_AVERAGE_GRADIENT, [dy], dx, info, util.sizeFromShape(dy.shape));
  else run(backend, GRADIENT, [dy], dx, info);
  return dx;
}
