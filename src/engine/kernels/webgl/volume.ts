import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Triple } from '../geometry.ts';
import { assertFits, isPacked, logicalShape, type Quads, rowLength, runPacked } from './quads.ts';

/**
 * A volume `[batch, …size, channels]` as quads of four channels of one voxel, cut out of a tensor's grid or
 * with zeros around it: its first voxel is the tensor's at `start`.
 *
 * ```
 *   column: (line mod lines) * nx + x        the lines of one row of texels side by side,
 *   row:    (line div lines) * quads + q     the quads of one voxel below each other
 * ```
 * Neighbours along x and the quads of one voxel are near each other in both directions, which is what
 * texture caches hold.
 */
export interface QuadVolume extends Quads {
  readonly batch: number;
  readonly start: Triple;
  readonly size: Triple;
  /** Quads of channels. */
  readonly quads: number;
  /** Lines along x in one row of texels. */
  readonly lines: number;
}

/** @throws DeviceFailure `limit` when no texture of this device is large enough */
export function quadVolume(
  batch: number,
  start: Triple,
  size: Triple,
  channels: number,
): QuadVolume {
  const quads = Math.ceil(channels / 4);
  const all = batch * size[0] * size[1];
  const lines = Math.max(1, Math.min(all, Math.floor(rowLength() / size[2])));
  const height = Math.ceil(all / lines) * quads;
  const made = { batch, start, size, quads, lines, width: lines * size[2], height };
  assertFits(made, `A volume of ${size.join(' x ')} voxels at ${batch} x ${channels} channels`);
  return made;
}

/** Copies `x [batch, d, h, w, channels]` into quads. */
export function gather(backend: MathBackendWebGL, x: TensorInfo, to: QuadVolume): TensorInfo {
  const [, depth, height, width, channels] = x.shape;
  const packed = isPacked(backend, x);
  const [dz, dy, dx] = to.start;
  const [, ny, nx] = to.size;
  const view = { ...x, shape: [to.batch * depth * height, width, channels] };
  const userCode = `
${packed ? pairs(channels) : ''}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  int band = at.y / ${to.quads};
  int c = (at.y - band * ${to.quads}) * 4;
  int column = at.x / ${nx};
  int px = at.x - column * ${nx} + ${dx};
  int line = band * ${to.lines} + column;
  int plane = line / ${ny};
  int py = line - plane * ${ny} + ${dy};
  int batch = plane / ${to.size[0]};
  int pz = plane - batch * ${to.size[0]} + ${dz};
  vec4 quad = vec4(0.0);
  if (batch < ${to.batch} && pz >= 0 && pz < ${depth} && py >= 0 && py < ${height} && px >= 0 && px < ${width}) {
    int from = (batch * ${depth} + pz) * ${height} + py;
    ${packed ? 'quad = vec4(pair(from, px, c), pair(from, px, c + 2));' : singles(channels)}
  }
  setOutput(quad);
}`;
  return runPacked(backend, ['X'], [view], logicalShape(to), userCode, packed);
}

/** From blocks of two voxels by two channels. */
function pairs(channels: number): string {
  return `
vec2 pair(int line, int x, int c) {
  if (c >= ${channels}) { return vec2(0.0); }
  vec4 block = getX(line, x, c);
  vec2 two = (x & 1) == 0 ? block.xy : block.zw;
  return c + 1 < ${channels} ? two : vec2(two.x, 0.0);
}`;
}

function singles(channels: number): string {
  return [0, 1, 2, 3]
    .map((i) => `if (c + ${i} < ${channels}) { quad[${i}] = getX(from, px, c + ${i}); }`)
    .join('\n    ');
}
