import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, multiplyAdds, volume } from '../geometry.ts';
import { inputRegion } from './conv.ts';
import { draw, type Mode, type Pass } from './draw.ts';
import { assertFits, makeQuads, type Quads, rowLength, runPacked } from './quads.ts';
import { gather, type QuadVolume, quadVolume } from './volume.ts';

/** Fragments that keep a device busy; more slabs only add sums. */
const WANTED_FRAGMENTS = 32768;

/**
 * Sums over slabs of the output's lines: a fragment has those of one tap, `inputs` quads of input and four
 * output channels; texture `4 i + c` has input channel c of its i-th quad.
 *
 * ```
 *   e = (tap * input groups + input group) * output quads + output quad
 *   column = e mod width,  row = slab * rows + e div width
 * ```
 */
interface Slabs extends Quads {
  readonly inputs: number;
  readonly groups: number;
  readonly quads: number;
  readonly rows: number;
  readonly count: number;
  /** Lines along x in one slab. */
  readonly lines: number;
}

/**
 * `dW [kd, kh, kw, cin, cout]` from `x [batch, d, h, w, cin]` and `dy [batch, d, h, w, cout]` for the forward
 * geometry `g`. The slabs' sums are added in a fixed order.
 */
export function filterGradient(
  backend: MathBackendWebGL,
  g: Geometry,
  x: TensorInfo,
  dy: TensorInfo,
  filterShape: number[],
  { targets, mostWork }: Mode,
): TensorInfo {
  const slabs = planSlabs(g, targets);
  const region = inputRegion(g);
  const from = quadVolume(g.batch, region.start, region.size, g.cin);
  const onto = quadVolume(g.batch, [0, 0, 0], g.to, g.cout);
  const operands = [gather(backend, x, from), gather(backend, dy, onto)];
  const parts = Array.from({ length: slabs.inputs * 4 }, () => makeQuads(backend, slabs));
  const rows = Math.ceil((slabs.height * mostWork) / multiplyAdds(g));
  draw(backend, slabPass(g, slabs, from, onto), operands, parts, slabs, rows);
  const dw = total(backend, g, slabs, parts);
  for (const { dataId } of [...operands, ...parts]) backend.disposeData(dataId);
  return { ...dw, shape: filterShape };
}

function planSlabs(g: Geometry, targets: number): Slabs {
  const inputQuads = Math.ceil(g.cin / 4);
  const inputs = targets >= 8 && inputQuads % 2 === 0 ? 2 : 1;
  const groups = inputQuads / inputs;
  const quads = Math.ceil(g.cout / 4);
  const fragments = volume(g.kernel) * groups * quads;
  const width = Math.min(fragments, rowLength());
  const rows = Math.ceil(fragments / width);
  const all = g.batch * g.to[0] * g.to[1];
  const lines = Math.ceil(all / Math.min(all, Math.ceil(WANTED_FRAGMENTS / fragments)));
  const count = Math.ceil(all / lines);
  const made = { inputs, groups, quads, rows, count, lines, width, height: rows * count };
  assertFits(made, `The gradient of a filter of ${g.cin} to ${g.cout} channels`);
  return made;
}

function slabPass(g: Geometry, slabs: Slabs, from: QuadVolume, onto: QuadVolume): Pass {
  return {
    key: `filter gradient ${slabs.inputs}`,
    targets: slabs.inputs * 4,
    inputs: ['x', 'dy'],
    uniforms: {
      outSize: g.to,
      inSize: from.size,
      kernel: g.kernel,
      scale: g.scale,
      tapStep: g.step,
      corner: g.offset.map((offset, axis) => offset - from.start[axis]),
      // Lines in a row of texels, quads.
      inLayout: [from.lines, from.quads, 0],
      outLayout: [onto.lines, onto.quads, 0],
      // Width, rows of a slab, lines of a slab.
      slabs: [slabs.width, slabs.rows, slabs.lines],
      groups: slabs.groups,
      allLines: g.batch * g.to[0] * g.to[1],
    },
    code: () => source(slabs.inputs),
  };
}

function source(inputs: number): string {
  const each = [...Array(inputs).keys()];
  const sums = each.flatMap((i) => [0, 1, 2, 3].map((c) => 4 * i + c));
  return `
void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  int slab = pixel.y / slabs.y;
  int e = (pixel.y - slab * slabs.y) * slabs.x + pixel.x;
  int pair = e / outLayout.y;
  int outQuad = e - pair * outLayout.y;
  int tap = pair / groups;
  int inQuad = (pair - tap * groups) * ${inputs};
  int ky = tap / kernel.z;
  int kx = tap - ky * kernel.z;
  int kz = ky / kernel.y;
  ky -= kz * kernel.y;
  ivec3 base = corner + ivec3(kz, ky, kx) * tapStep;
  ${sums.map((i) => `vec4 a${i} = vec4(0.0);`).join(' ')}
  int first = slab * slabs.z;
  int end = min(first + slabs.z, allLines);
  if (kz >= kernel.x) { end = first; }
  for (int line = first; line < end; line++) {
    int plane = line / outSize.y;
    int batch = plane / outSize.x;
    int z = (plane - batch * outSize.x) * scale.x + base.x;
    int from = (batch * inSize.x + z) * inSize.y + (line - plane * outSize.y) * scale.y + base.y;
    int row = from / inLayout.x;
    ivec2 px = ivec2((from - row * inLayout.x) * inSize.z + base.z, row * inLayout.y + inQuad);
    row = line / outLayout.x;
    ivec2 py = ivec2((line - row * outLayout.x) * outSize.z, row * outLayout.y + outQuad);
    for (int i = 0; i < outSize.z; i++) {
      vec4 d = texelFetch(dy, py, 0);
      ${each
        .map(
          (i) => `vec4 v${i} = texelFetch(x, px + ivec2(0, ${i}), 0);
      ${[0, 1, 2, 3].map((c) => `a${4 * i + c} += v${i}.${'xyzw'[c]} * d;`).join(' ')}`,
        )
        .join('\n      ')}
      px.x += scale.z;
      py.x++;
    }
  }
  ${sums.map((i) => `y${i} = a${i};`).join(' ')}
}`;
}

/** The sum of all slabs as blocks of two input by two output channels. */
function total(
  backend: MathBackendWebGL,
  g: Geometry,
  slabs: Slabs,
  parts: TensorInfo[],
): TensorInfo {
  const names = parts.map((_, i) => `part${i}`);
  const pick = (odd: number) =>
    names
      .filter((_, i) => i % 2 === odd)
      .reduceRight((rest, name, i) => {
        const one = `texelFetch(${name}, p, 0)`;
        return rest === '' ? one : `which == ${i} ? ${one} : ${rest}`;
      }, '');
  const userCode = `
void main() {
  ivec3 at = getOutputCoords();
  int quad = at.y / 4;
  int group = quad / ${slabs.inputs};
  int which = (at.y - group * ${slabs.inputs * 4}) / 2;
  int e = (at.x * ${slabs.groups} + group) * ${slabs.quads} + at.z / 4;
  int row = e / ${slabs.width};
  ivec2 p = ivec2(e - row * ${slabs.width}, row);
  vec4 even = vec4(0.0);
  vec4 odd = vec4(0.0);
  for (int slab = 0; slab < ${slabs.count}; slab++) {
    even += ${pick(0)};
    odd += ${pick(1)};
    p.y += ${slabs.rows};
  }
  setOutput((at.z & 2) == 0 ? vec4(even.xy, odd.xy) : vec4(even.zw, odd.zw));
}`;
  return runPacked(backend, names, parts, [volume(g.kernel), g.cin, g.cout], userCode, true);
}
