import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, multiplyAdds, type Triple } from '../geometry.ts';
import { draw, type Mode, type Pass } from './draw.ts';
import { packFilter, type QuadFilter, quadFilter } from './filter.ts';
import { assertFits, makeQuads, type Quads, rowLength, runPacked } from './quads.ts';
import { gather, type QuadVolume, quadVolume } from './volume.ts';

export interface ConvOptions extends Mode {
  readonly relu?: boolean;
  /** The filter is `[…taps, cout, cin]` instead of `[…taps, cin, cout]`. */
  readonly transposed?: boolean;
}

/**
 * The result: each pixel has `voxels` voxels of a line, `divisor` apart, at four channels; texture j has the
 * j-th of them.
 *
 * ```
 *   block  = line * perLine + residue * perResidue + m      voxel x = (m * voxels + j) * divisor + residue
 *   column = block mod width,  row = (block div width) * groups + group of four channels
 * ```
 */
interface Blocks extends Quads {
  readonly voxels: number;
  readonly perResidue: number;
  readonly perLine: number;
  readonly groups: number;
  readonly count: number;
}

/**
 * Convolution of `x [batch, d, h, w, cin]` into `y [batch, d, h, w, cout]` by the geometry `g`: x and the
 * filter are copied into quads of channels, a pass makes up to 8 voxels by 4 channels per fragment, and a
 * copy brings those into tfjs's packed form, with bias and ReLU on the way.
 */
export function convolve(
  backend: MathBackendWebGL,
  g: Geometry,
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
  outShape: number[],
  { relu = false, transposed = false, targets, mostWork }: ConvOptions,
): TensorInfo {
  const blocks = planBlocks(g, targets);
  const region = inputRegion(g);
  const from = quadVolume(g.batch, region.start, region.size, g.cin);
  const taps = quadFilter(g);
  const quads = gather(backend, x, from);
  const packed = packFilter(backend, filter, g, taps, transposed);
  const parts = Array.from({ length: blocks.voxels }, () => makeQuads(backend, blocks));
  const rows = Math.ceil((blocks.height * mostWork) / multiplyAdds(g));
  draw(backend, convPass(g, blocks, from, taps), [quads, packed], parts, blocks, rows);
  const y = collect(backend, g, blocks, parts, bias, relu);
  for (const { dataId } of [quads, packed, ...parts]) backend.disposeData(dataId);
  return { ...y, shape: outShape };
}

/** The part of the input's grid, zeros around it counted, that the taps meet. */
export function inputRegion(g: Geometry): { start: Triple; size: Triple } {
  const ends = [0, 1, 2].map((axis) => {
    const reach = (g.kernel[axis] - 1) * g.step[axis];
    const first = g.offset[axis] + Math.min(0, reach);
    const last = (g.to[axis] - 1) * g.scale[axis] + g.offset[axis] + Math.max(0, reach);
    const start = Math.floor(first / g.divisor[axis]);
    return [start, Math.floor(last / g.divisor[axis]) - start + 1];
  });
  const [z, y, x] = ends;
  return { start: [z[0], y[0], x[0]], size: [z[1], y[1], x[1]] };
}

/** As many voxels per fragment as cost least in texels fetched. */
function planBlocks(g: Geometry, most: number): Blocks {
  const perResidueVoxels = Math.ceil(g.to[2] / g.divisor[2]);
  const cost = (voxels: number) => {
    const fetches = fetchedColumns(g, voxels).length + g.kernel[2] * Math.min(4, g.cin);
    return Math.ceil(perResidueVoxels / voxels) * (fetches + 0.5 * voxels * g.kernel[2]);
  };
  const sizes = Array.from({ length: most }, (_, i) => most - i);
  const voxels = sizes.reduce((best, size) => (cost(size) < cost(best) ? size : best));
  const perResidue = Math.ceil(perResidueVoxels / voxels);
  const perLine = perResidue * g.divisor[2];
  const count = g.batch * g.to[0] * g.to[1] * perLine;
  const groups = Math.ceil(g.cout / 4);
  const width = Math.min(count, rowLength());
  const made = {
    voxels,
    perResidue,
    perLine,
    groups,
    count,
    width,
    height: Math.ceil(count / width) * groups,
  };
  assertFits(made, `A volume of ${g.to.join(' x ')} voxels at ${g.batch} x ${g.cout} channels`);
  return made;
}

/** Columns, counted from a block's first, that the taps along x meet. */
function fetchedColumns(g: Geometry, voxels: number): number[] {
  const columns = new Set<number>();
  for (let j = 0; j < voxels; j++)
    for (let k = 0; k < g.kernel[2]; k++) columns.add(j * g.scale[2] + k * g.step[2]);
  return [...columns];
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

function convPass(g: Geometry, blocks: Blocks, from: QuadVolume, taps: QuadFilter): Pass {
  const divided = g.divisor.some((d) => d > 1);
  const { voxels } = blocks;
  const across = [g.kernel[2], divided ? 0 : g.scale[2], divided ? 0 : g.step[2]];
  // Position of the first tap of output voxel 0 in the region, before it is divided.
  const corner = g.offset.map((offset, axis) => offset - from.start[axis] * g.divisor[axis]);
  return {
    key: `conv ${divided} ${voxels} ${taps.depth} ${across}`,
    targets: voxels,
    inputs: ['x', 'w'],
    uniforms: {
      outSize: g.to,
      kernel: g.kernel,
      scale: g.scale,
      corner,
      tapStep: g.step,
      divisor: g.divisor,
      inSize: from.size,
      // Lines of x in a row of texels, quads; blocks of y per residue.
      lines: [from.lines, from.quads, blocks.perResidue],
      // Blocks in a line, in a row of texels; groups of output channels.
      blocks: [blocks.perLine, blocks.width, blocks.groups],
      steps: taps.steps,
    },
    code: () => (divided ? dividedSource(voxels, taps) : rowSource(g, voxels, taps)),
  };
}

/** Where the fragment's block is: `group`, `batch`, `out` (z, y, first x), and its sums. */
const locate = (voxels: number) => `
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  int band = pixel.y / blocks.z;
  int group = pixel.y - band * blocks.z;
  int block = band * blocks.y + pixel.x;
  int line = block / blocks.x;
  int within = block - line * blocks.x;
  int residue = within / lines.z;
  int first = (within - residue * lines.z) * ${voxels};
  int plane = line / outSize.y;
  int batch = plane / outSize.x;
  ivec3 out0 = ivec3(plane - batch * outSize.x, line - plane * outSize.y, first * divisor.z + residue);
  ${range(voxels)
    .map((j) => `vec4 a${j} = vec4(0.0);`)
    .join(' ')}`;

const STORE = (voxels: number) =>
  range(voxels)
    .map((j) => `y${j} = a${j};`)
    .join(' ');

/** One tap along x: the products of the channels of texels `i…` with the filter's. */
function products(taps: QuadFilter, voxels: number, tap: string, input: (j: number) => string) {
  const rows = range(taps.depth).map(
    (c) => `vec4 f${c} = texelFetch(w, ivec2(wx + ${tap} * ${taps.depth} + ${c}, wy), 0);`,
  );
  const sums = range(voxels).map((j) => {
    const terms = range(taps.depth).map((c) => `${input(j)}.${'xyzw'[c]} * f${c}`);
    return `a${j} += ${terms.join(' + ')};`;
  });
  return `{ ${rows.join(' ')}\n        ${sums.join('\n        ')} }`;
}

/** All taps along x at once: neighbouring voxels share what they fetch. */
function rowSource(g: Geometry, voxels: number, taps: QuadFilter): string {
  const seen = new Set<number>();
  const name = (column: number) => (column < 0 ? `im${-column}` : `i${column}`);
  const fetch = (column: number) => {
    if (seen.has(column)) return '';
    seen.add(column);
    return `vec4 ${name(column)} = texelFetch(x, ivec2(cx + ${column}, cy), 0);`;
  };
  const column = (j: number, kx: number) => j * g.scale[2] + kx * g.step[2];
  return `
void main() {
  ${locate(voxels)}
  ivec3 base = out0 * scale + corner;
  int step = group * kernel.x * kernel.y * lines.y;
  int wy = step / steps;
  int wx = (step - wy * steps) * ${taps.stride};
  for (int kz = 0; kz < kernel.x; kz++) {
    for (int ky = 0; ky < kernel.y; ky++) {
      int from = (batch * inSize.x + base.x + kz * tapStep.x) * inSize.y + base.y + ky * tapStep.y;
      int row = from / lines.x;
      int cx = (from - row * lines.x) * inSize.z + base.z;
      int cy = row * lines.y;
      for (int q = 0; q < lines.y; q++) {
        ${range(g.kernel[2])
          .map(
            (kx) =>
              `${range(voxels)
                .map((j) => fetch(column(j, kx)))
                .join(' ')}
        ${products(taps, voxels, String(kx), (j) => name(column(j, kx)))}`,
          )
          .join('\n        ')}
        cy++;
        wx += ${taps.stride};
        if (wx >= steps * ${taps.stride}) { wx = 0; wy++; }
      }
    }
  }
  ${STORE(voxels)}
}`;
}

/** The gradient of a strided convolution: only taps that meet a voxel of the coarser grid. */
function dividedSource(voxels: number, taps: QuadFilter): string {
  return `
void main() {
  ${locate(voxels)}
  ivec3 base = out0 + corner;
  for (int kz = 0; kz < kernel.x; kz++) {
    int pz = base.x + kz * tapStep.x;
    if (pz % divisor.x != 0) { continue; }
    for (int ky = 0; ky < kernel.y; ky++) {
      int py = base.y + ky * tapStep.y;
      if (py % divisor.y != 0) { continue; }
      int from = (batch * inSize.x + pz / divisor.x) * inSize.y + py / divisor.y;
      int row = from / lines.x;
      int start = (from - row * lines.x) * inSize.z;
      int step = ((group * kernel.x + kz) * kernel.y + ky) * lines.y;
      for (int kx = 0; kx < kernel.z; kx++) {
        int px = base.z + kx * tapStep.z;
        if (px % divisor.z != 0) { continue; }
        int cx = start + px / divisor.z;
        for (int q = 0; q < lines.y; q++) {
          int cy = row * lines.y + q;
          int wy = (step + q) / steps;
          int wx = (step + q - wy * steps) * ${taps.stride};
          ${range(voxels)
            .map((j) => `vec4 i${j} = texelFetch(x, ivec2(cx + ${j}, cy), 0);`)
            .join('\n          ')}
          ${products(taps, voxels, 'kx', (j) => `i${j}`)}
        }
      }
    }
  }
  ${STORE(voxels)}
}`;
}

/** Brings the parts into blocks of two voxels by two channels; adds the bias, applies the ReLU. */
function collect(
  backend: MathBackendWebGL,
  g: Geometry,
  blocks: Blocks,
  parts: TensorInfo[],
  bias: TensorInfo | undefined,
  relu: boolean,
): TensorInfo {
  const { voxels, perResidue, perLine, width, groups } = blocks;
  const names = parts.map((_, j) => `part${j}`);
  const chain = names
    .slice(0, -1)
    .reduceRight(
      (rest, name, j) => `j == ${j} ? texelFetch(${name}, p, 0) : ${rest}`,
      `texelFetch(${names[voxels - 1]}, p, 0)`,
    );
  const userCode = `
vec4 voxel(int line, int x, int group) {
  int t = x / ${g.divisor[2]};
  int m = t / ${voxels};
  int j = t - m * ${voxels};
  int block = line * ${perLine} + (x - t * ${g.divisor[2]}) * ${perResidue} + m;
  int band = block / ${width};
  ivec2 p = ivec2(block - band * ${width}, band * ${groups} + group);
  return ${chain};
}
void main() {
  ivec3 at = getOutputCoords();
  vec4 one = voxel(at.x, at.y, at.z / 4);
  vec4 two = at.y + 1 < ${g.to[2]} ? voxel(at.x, at.y + 1, at.z / 4) : vec4(0.0);
  vec4 value = (at.z & 2) == 0 ? vec4(one.xy, two.xy) : vec4(one.zw, two.zw);
  ${bias ? 'value += getBias(at.z).xyxy;' : ''}
  ${relu ? 'value = mix(value, vec4(0.0), lessThan(value, vec4(0.0)));' : ''}
  ${bias && g.to[2] % 2 === 1 ? `if (at.y + 1 >= ${g.to[2]}) { value.zw = vec2(0.0); }` : ''}
  ${bias && g.cout % 2 === 1 ? `if (at.z + 1 >= ${g.cout}) { value.yw = vec2(0.0); }` : ''}
  setOutput(value);
}`;
  return runPacked(
    backend,
    bias ? [...names, 'bias'] : names,
    bias ? [...parts, bias] : parts,
    [g.batch * g.to[0] * g.to[1], g.to[2], g.cout],
    userCode,
    true,
  );
}
