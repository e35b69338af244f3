import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, volume } from '../geometry.ts';
import { assertFits, isPacked, logicalShape, type Quads, rowLength, runPacked } from './quads.ts';

/**
 * A filter in the order in which the convolution reads it. A texel has four output channels of one tap and
 * input channel; a step has those of all taps along x and `depth` input channels:
 *
 * ```
 *   step = ((group * taps along z, y) + tap) * quads + quad     `steps` of them in one row of texels
 *   texel within it = (tap along x) * depth + channel
 * ```
 */
export interface QuadFilter extends Quads {
  /** Input channels per quad: 4, or fewer where there are fewer. */
  readonly depth: number;
  /** Texels of one step. */
  readonly stride: number;
  /** Steps in one row of texels. */
  readonly steps: number;
}

export function quadFilter(g: Geometry): QuadFilter {
  const depth = Math.min(4, g.cin);
  const stride = g.kernel[2] * depth;
  const all = Math.ceil(g.cout / 4) * g.kernel[0] * g.kernel[1] * Math.ceil(g.cin / 4);
  const steps = Math.max(1, Math.min(all, Math.floor(rowLength() / stride)));
  const made = { depth, stride, steps, width: steps * stride, height: Math.ceil(all / steps) };
  assertFits(made, `A filter of ${g.kernel.join(' x ')} taps, ${g.cin} to ${g.cout} channels`);
  return made;
}

/** Copies a filter `[…taps, cin, cout]`, or `[…taps, cout, cin]` when `transposed`. */
export function packFilter(
  backend: MathBackendWebGL,
  filter: TensorInfo,
  g: Geometry,
  to: QuadFilter,
  transposed: boolean,
): TensorInfo {
  const quads = Math.ceil(g.cin / 4);
  const lines = g.kernel[0] * g.kernel[1];
  const [rows, columns] = transposed ? [g.cout, g.cin] : [g.cin, g.cout];
  const view = { ...filter, shape: [volume(g.kernel), rows, columns] };
  const packed = isPacked(backend, filter);
  // Two output channels from o on, of input channel c.
  const two = packed
    ? `vec4 block = ${transposed ? 'getW(tap, o, c)' : 'getW(tap, c, o)'};
  vec2 both = (c & 1) == 0 ? ${transposed ? 'block.xz : block.yw' : 'block.xy : block.zw'};
  return o + 1 < ${g.cout} ? both : vec2(both.x, 0.0);`
    : `float first = ${transposed ? 'getW(tap, o, c)' : 'getW(tap, c, o)'};
  if (o + 1 >= ${g.cout}) { return vec2(first, 0.0); }
  return vec2(first, ${transposed ? 'getW(tap, o + 1, c)' : 'getW(tap, c, o + 1)'});`;
  const userCode = `
vec2 two(int tap, int c, int o) {
  if (c >= ${g.cin} || o >= ${g.cout}) { return vec2(0.0); }
  ${two}
}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  int column = at.x / ${to.stride};
  int within = at.x - column * ${to.stride};
  int kx = within / ${to.depth};
  int step = at.y * ${to.steps} + column;
  int line = step / ${quads};
  int c = (step - line * ${quads}) * 4 + within - kx * ${to.depth};
  int group = line / ${lines};
  int tap = (line - group * ${lines}) * ${g.kernel[2]} + kx;
  int o = group * 4;
  setOutput(vec4(two(tap, c, o), two(tap, c, o + 2)));
}`;
  return runPacked(backend, ['W'], [view], logicalShape(to), userCode, packed);
}
