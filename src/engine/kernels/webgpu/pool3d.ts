import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Conv3DInfo } from '../geometry.ts';
import { BLOCK_MAX_GRADIENT, tilesExactly } from './pool3d-blocks.ts';
import { binding, execute, type Kernel, type Uniforms } from './program.ts';

const WORKGROUP = 64;

/** WGSL: the part `first` to `end` of the window of output element `index` that lies in the volume. */
export const WINDOW_OF_OUTPUT = `if (index >= uniforms.elements) { return; }
  let channel = index % uniforms.channels;
  let at = index / uniforms.channels;
  let line = at / uniforms.to.z;
  let plane = line / uniforms.to.y;
  let batch = plane / uniforms.to.x;
  let corner = vec3<i32>(plane % uniforms.to.x, line % uniforms.to.y, at % uniforms.to.z) * uniforms.stride - uniforms.pad;
  let size = uniforms.volume;
  let first = max(corner, vec3<i32>(0));
  let end = min(corner + uniforms.window, size);`;

/** WGSL: the outputs `first` to `end` whose windows may hold input element `index`, at `voxel` when padded. */
export const WINDOWS_OF_VOXEL = `if (index >= uniforms.size) { return; }
  let channel = index % uniforms.channels;
  let at = index / uniforms.channels;
  let line = at / uniforms.volume.z;
  let plane = line / uniforms.volume.y;
  let batch = plane / uniforms.volume.x;
  let voxel = vec3<i32>(plane % uniforms.volume.x, line % uniforms.volume.y, at % uniforms.volume.z) + uniforms.pad;
  // Windows that hold this voxel start at most their size before it.
  let first = max((voxel - uniforms.window + uniforms.stride) / uniforms.stride, vec3<i32>(0));
  let end = min(voxel / uniforms.stride + 1, uniforms.to);`;

/** Max-pooling of 4 channels at a time, as many as lie in a vector. */
const FORWARD_QUADS: Kernel = {
  key: 'maxPool3d quads',
  workgroup: [WORKGROUP, 1, 1],
  code: () => `
${binding(0, 'y', 'vec4<f32>')}
${binding(1, 'x', 'vec4<f32>')}
fn main(index: i32) {
  ${WINDOW_OF_OUTPUT}
  var best = vec4<f32>(0.0);
  var found = false;
  for (var z = first.x; z < end.x; z++) {
    for (var y = first.y; y < end.y; y++) {
      var p = (((batch * size.x + z) * size.y + y) * size.z + first.z) * uniforms.channels + channel;
      for (var i = first.z; i < end.z; i++) {
        let v = x[p];
        best = select(best, v, (v > best) | vec4<bool>(!found));
        found = true;
        p += uniforms.channels;
      }
    }
  }
  y[index] = best;
}`,
};

/** Max-pooling, or (`winners`) the index within the window of its first largest element. */
function maxPoolKernel(winners: boolean): Kernel {
  return {
    key: `maxPool3d ${winners}`,
    workgroup: [WORKGROUP, 1, 1],
    code: () => `
${binding(0, 'y', winners ? 'i32' : 'f32')}
${binding(1, 'x', 'f32')}
fn main(index: i32) {
  ${WINDOW_OF_OUTPUT}
  var best = 0.0;
  var winner = -1;
  for (var z = first.x; z < end.x; z++) {
    for (var y = first.y; y < end.y; y++) {
      for (var i = first.z; i < end.z; i++) {
        let v = x[(((batch * size.x + z) * size.y + y) * size.z + i) * uniforms.channels + channel];
        if (winner < 0 || v > best) {
          best = v;
          winner = ((z - corner.x) * uniforms.window.y + y - corner.y) * uniforms.window.z + i - corner.z;
        }
      }
    }
  }
  y[index] = ${winners ? 'winner' : 'best'};
}`,
  };
}

const GRADIENT: Kernel = {
  key: 'maxPool3dGrad',
  workgroup: [WORKGROUP, 1, 1],
  code: () => `
${binding(0, 'dx', 'f32')}
${binding(1, 'dy', 'f32')}
${binding(2, 'winner', 'i32')}
fn main(index: i32) {
  ${WINDOWS_OF_VOXEL}
  var sum = 0.0;
  for (var z = first.x; z < end.x; z++) {
    for (var y = first.y; y < end.y; y++) {
      for (var i = first.z; i < end.z; i++) {
        let k = voxel - vec3<i32>(z, y, i) * uniforms.stride;
        let out = (((batch * uniforms.to.x + z) * uniforms.to.y + y) * uniforms.to.z + i) * uniforms.channels + channel;
        if (winner[out] == (k.x * uniforms.window.y + k.y) * uniforms.window.z + k.z) { sum += dy[out]; }
      }
    }
  }
  dx[index] = sum;
}`,
};

const FORWARD = maxPoolKernel(false);
const WINNERS = maxPoolKernel(true);

/** Max-pooling `[batch, d, h, w, channels]`. */
export function maxPool3d(backend: WebGPUBackend, x: TensorInfo, info: Conv3DInfo): TensorInfo {
  const y = backend.makeTensorInfo(info.outShape, 'float32');
  runByChannels(backend, FORWARD, FORWARD_QUADS, x, y, info);
  return y;
}

/** Its gradient; each window's goes to its first largest element alone, also where several tie. */
export function maxPool3dGrad(
  backend: WebGPUBackend,
  dy: TensorInfo,
  x: TensorInfo,
  info: Conv3DInfo,
): TensorInfo {
  if (tilesExactly(info)) {
    const dx = backend.makeTensorInfo(x.shape, 'float32');
    run(backend, BLOCK_MAX_GRADIENT, [dy, x], dx, info, util.sizeFromShape(dy.shape));
    return dx;
  }
  const winners = backend.makeTensorInfo(info.outShape, 'int32');
  run(backend, WINNERS, [x], winners, info);
  const dx = backend.makeTensorInfo(x.shape, 'float32');
  run(backend, GRADIENT, [dy, winners], dx, info);
  backend.disposeData(winners.dataId);
  return dx;
}

/** Runs the one of two kernels for an output that takes `quads` of channels where there are such. */
export function runByChannels(
  backend: WebGPUBackend,
  single: Kernel,
  quads: Kernel,
  x: TensorInfo,
  y: TensorInfo,
  info: Conv3DInfo,
): void {
  if (info.inChannels % 4 === 0) {
    const elements = util.sizeFromShape(y.shape) / 4;
    run(backend, quads, [x], y, { ...info, inChannels: info.inChannels / 4 }, elements);
  } else {
    run(backend, single, [x], y, info);
  }
}

/** Runs a pooling kernel with one invocation for each of `elements`, by default of the output's. */
export function run(
  backend: WebGPUBackend,
  kernel: Kernel,
  operands: TensorInfo[],
  output: TensorInfo,
  info: Conv3DInfo,
  elements = util.sizeFromShape(output.shape),
): void {
  const { front, top, left } = info.padInfo;
  const uniforms: Uniforms = {
    to: [info.outDepth, info.outHeight, info.outWidth],
    volume: [info.inDepth, info.inHeight, info.inWidth],
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    window: [info.filterDepth, info.filterHeight, info.filterWidth],
    pad: [front, top, left],
    channels: info.inChannels,
    windows: util.sizeFromShape(info.outShape),
    elements,
  };
  execute(backend, kernel, operands, output, uniforms, [Math.ceil(elements / WORKGROUP), 1, 1]);
}
