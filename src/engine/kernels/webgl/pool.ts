import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv3DInfo } from '../geometry.ts';
import { runPacked } from './quads.ts';

/** Max-pooling `[batch, d, h, w, channels]`. */
export function maxPool3d(backend: MathBackendWebGL, x: TensorInfo, info: Conv3DInfo): TensorInfo {
  return pool(backend, x, info, MAX, 'best');
}

/** Its gradient; each window's goes to its first largest element alone, also where several tie. */
export function maxPool3dGrad(
  backend: MathBackendWebGL,
  dy: TensorInfo,
  x: TensorInfo,
  info: Conv3DInfo,
): TensorInfo {
  const winner = pool(backend, x, info, MAX, 'winner');
  const add = `if (all(lessThan(k, ivec3(${windowOf(info)})))) {
          float own = float((k.x * ${info.filterHeight} + k.y) * ${info.filterWidth} + k.z);
          sum += mix(vec2(0.0), two(getDy(line, x, c), x), equal(two(getWinner(line, x, c), x), vec2(own)));
        }`;
  const dx = spread(backend, ['Dy', 'Winner'], [dy, winner], info, add, 'sum');
  backend.disposeData(winner.dataId);
  return { ...dx, shape: x.shape };
}

/** Average pooling over the voxels of a window that lie inside. */
export function avgPool3d(backend: MathBackendWebGL, x: TensorInfo, info: Conv3DInfo): TensorInfo {
  const mean = 'best / float(max(inside.x * inside.y * inside.z, 1))';
  return pool(backend, x, info, 'best += value;', mean);
}

/** Its gradient as tfjs has it: every window's is shared by its full size, also at the border. */
export function avgPool3dGrad(
  backend: MathBackendWebGL,
  dy: TensorInfo,
  xShape: number[],
  info: Conv3DInfo,
): TensorInfo {
  // A voxel beyond the last window of a stride above it lies in none.
  const add = `if (all(lessThan(k, ivec3(${windowOf(info)})))) { sum += two(getDy(line, x, c), x); }`;
  const share = `sum / ${info.filterDepth * info.filterHeight * info.filterWidth}.0`;
  const dx = spread(backend, ['Dy'], [dy], info, add, share);
  return { ...dx, shape: xShape };
}

/** `value` is met in the order of the window, at place `place`. */
const MAX = `
          bvec2 larger = first ? bvec2(true) : greaterThan(value, best);
          best = mix(best, value, larger);
          winner = mix(winner, vec2(place), larger);
          first = false;`;

const windowOf = (info: Conv3DInfo) =>
  `${info.filterDepth}, ${info.filterHeight}, ${info.filterWidth}`;
const strideOf = (info: Conv3DInfo) =>
  `${info.strideDepth}, ${info.strideHeight}, ${info.strideWidth}`;
const padOf = ({ padInfo }: Conv3DInfo) => `${padInfo.front}, ${padInfo.top}, ${padInfo.left}`;
const insideOf = (info: Conv3DInfo) => `${info.inDepth}, ${info.inHeight}, ${info.inWidth}`;
const outsideOf = (info: Conv3DInfo) => `${info.outDepth}, ${info.outHeight}, ${info.outWidth}`;

const TWO = `
// Two channels of voxel x from its block of two voxels by two channels.
vec2 two(vec4 block, int x) { return (x & 1) == 0 ? block.xy : block.zw; }`;

/** One value for each window of `x`, from what `update` gathers. */
function pool(
  backend: MathBackendWebGL,
  x: TensorInfo,
  info: Conv3DInfo,
  update: string,
  value: string,
): TensorInfo {
  const userCode = `${TWO}
vec2 window(int outLine, int outX, int c) {
  int plane = outLine / ${info.outHeight};
  int batch = plane / ${info.outDepth};
  ivec3 at = ivec3(plane - batch * ${info.outDepth}, outLine - plane * ${info.outHeight}, outX);
  ivec3 corner = at * ivec3(${strideOf(info)}) - ivec3(${padOf(info)});
  ivec3 from = max(corner, ivec3(0));
  ivec3 end = min(corner + ivec3(${windowOf(info)}), ivec3(${insideOf(info)}));
  ivec3 inside = max(end - from, ivec3(0));
  vec2 best = vec2(0.0);
  vec2 winner = vec2(-1.0);
  bool first = true;
  for (int z = from.x; z < end.x; z++) {
    for (int y = from.y; y < end.y; y++) {
      int line = (batch * ${info.inDepth} + z) * ${info.inHeight} + y;
      for (int x = from.z; x < end.z; x++) {
        ivec3 k = ivec3(z, y, x) - corner;
        float place = float((k.x * ${info.filterHeight} + k.y) * ${info.filterWidth} + k.z);
        vec2 value = two(getX(line, x, c), x);
        ${update}
      }
    }
  }
  return ${value};
}
${outputs('window', info.outWidth, info.inChannels)}`;
  const lines = info.batchSize * info.outDepth * info.outHeight;
  const shape = [lines, info.outWidth, info.inChannels];
  const view = lineView(x, info.batchSize * info.inDepth * info.inHeight);
  const y = runPacked(backend, ['X'], [view], shape, userCode, true);
  return { ...y, shape: info.outShape };
}

/** One value for each voxel from the windows that hold it; `k` is its place within one. */
function spread(
  backend: MathBackendWebGL,
  names: string[],
  operands: TensorInfo[],
  info: Conv3DInfo,
  add: string,
  value: string,
): TensorInfo {
  const stride = `ivec3(${strideOf(info)})`;
  const userCode = `${TWO}
vec2 voxel(int inLine, int inX, int c) {
  int plane = inLine / ${info.inHeight};
  int batch = plane / ${info.inDepth};
  ivec3 at = ivec3(plane - batch * ${info.inDepth}, inLine - plane * ${info.inHeight}, inX) + ivec3(${padOf(info)});
  // Windows that hold this voxel start at most their size before it.
  ivec3 from = max((at - ivec3(${windowOf(info)}) + ${stride}) / ${stride}, ivec3(0));
  ivec3 end = min(at / ${stride} + 1, ivec3(${outsideOf(info)}));
  vec2 sum = vec2(0.0);
  for (int z = from.x; z < end.x; z++) {
    for (int y = from.y; y < end.y; y++) {
      int line = (batch * ${info.outDepth} + z) * ${info.outHeight} + y;
      for (int x = from.z; x < end.z; x++) {
        ivec3 k = at - ivec3(z, y, x) * ${stride};
        ${add}
      }
    }
  }
  return ${value};
}
${outputs('voxel', info.inWidth, info.inChannels)}`;
  const views = operands.map((t) => lineView(t, info.batchSize * info.outDepth * info.outHeight));
  const shape = [info.batchSize * info.inDepth * info.inHeight, info.inWidth, info.inChannels];
  return runPacked(backend, names, views, shape, userCode, true);
}

/** Two voxels by two channels; what is beyond the edge is zero, as tfjs expects. */
function outputs(make: string, width: number, channels: number): string {
  return `
void main() {
  ivec3 at = getOutputCoords();
  vec2 one = ${make}(at.x, at.y, at.z);
  vec2 other = at.y + 1 < ${width} ? ${make}(at.x, at.y + 1, at.z) : vec2(0.0);
  vec4 value = vec4(one, other);
  ${channels % 2 === 1 ? `if (at.z + 1 >= ${channels}) { value.yw = vec2(0.0); }` : ''}
  setOutput(value);
}`;
}

function lineView(x: TensorInfo, lines: number): TensorInfo {
  return { ...x, shape: [lines, x.shape[3], x.shape[4]] };
}
