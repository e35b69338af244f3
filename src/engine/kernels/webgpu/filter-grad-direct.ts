import { type Geometry, volume } from '../geometry.ts';
import { locate, range } from './conv-direct.ts';
import type { FilterGradKernel } from './filter-grad.ts';
import { binding } from './program.ts';

const LANES = 4;
/** Input channels per invocation. */
const ROWS = 8;
/** Invocations along taps and groups of input channels. */
const HEIGHT = 2;

/**
 * The filter's gradient without workgroup memory; slabs are lines along x of the output. The 4 lanes of
 * a SIMD group take neighbouring output channels (see `convDirect`); an invocation sums up to 8 input
 * channels of one tap by up to 8 groups of output channels over its slab.
 *
 * Bindings: sums `[slabs, taps, cin, cout]`, x, dy.
 */
export function filterGradDirect(g: Geometry): FilterGradKernel {
  const parts = Math.ceil(g.cin / ROWS);
  const channelQuads = Math.ceil(g.cout / LANES);
  const blocks = Math.ceil(channelQuads / 8);
  return {
    key: `filterGradDirect ${[g.cin, g.cout, g.kernel, g.scale, g.step].join()}`,
    workgroup: [LANES, HEIGHT, 1],
    groups: [Math.ceil((volume(g.kernel) * parts) / HEIGHT), blocks],
    units: g.batch * g.to[0] * g.to[1],
    code: () => source(g, parts, Math.ceil(channelQuads / blocks)),
  };
}

function source(g: Geometry, parts: number, quads: number): string {
  const rows = range(Math.ceil(g.cin / parts));
  const [, kh, kw] = g.kernel;
  return `
${binding(0, 'sums', 'f32')}
${binding(1, 'x', 'f32')}
${binding(2, 'dy', 'f32')}
fn main(index: i32) {
  let unit = i32(workgroupId.x) * ${HEIGHT} + i32(localId.y);
  let tap = unit / ${parts};
  if (tap >= ${volume(g.kernel)}) { return; }
  let k = vec3<i32>(tap / ${kh * kw}, (tap / ${kw}) % ${kh}, tap % ${kw});
  let row = (unit - tap * ${parts}) * ${rows.length};
  let channel = i32(workgroupId.y) * ${4 * quads} + i32(localId.x);
  let slab = uniforms.start + i32(workgroupId.z);
  let size = uniforms.volume;
  ${rows.map((r) => `let c${r} = min(row + ${r}, ${g.cin - 1});`).join(' ')}
  ${range(quads)
    .map((j) => `let o${j} = min(channel + ${4 * j}, ${g.cout - 1});`)
    .join(' ')}
  ${range(quads)
    .flatMap((j) => rows.map((r) => `var a${j}_${r} = 0.0;`))
    .join(' ')}
  let end = min((slab + 1) * uniforms.slab, uniforms.units);
  for (var line = slab * uniforms.slab; line < end; line++) {
    let plane = line / uniforms.to.y;
    let batch = plane / uniforms.to.x;
    let corner = vec3<i32>(plane % uniforms.to.x, line % uniforms.to.y, 0) * vec3<i32>(${g.scale.join()}) + uniforms.offset;
    ${locate('z', 'corner.x', 'k.x', g.step[0], 1, 'size.x')}
    ${locate('y', 'corner.y', 'k.y', g.step[1], 1, 'size.y')}
    if (!okz || !oky) { continue; }
    let start = ((batch * size.x + iz) * size.y + iy) * size.z;
    let shift = corner.z + k.z * ${g.step[2]};
    for (var i = 0; i < uniforms.to.z; i++) {
      let ix = shift + i * ${g.scale[2]};
      if (ix < 0 || ix >= size.z) { continue; }
      let at = (start + ix) * ${g.cin};
      let out = (line * uniforms.to.z + i) * ${g.cout};
      ${range(quads)
        .map((j) => `let d${j} = dy[out + o${j}];`)
        .join(' ')}
      ${rows
        .map(
          (r) =>
            `let v${r} = x[at + c${r}]; ${range(quads)
              .map((j) => `a${j}_${r} += v${r} * d${j};`)
              .join(' ')}`,
        )
        .join('\n      ')}
    }
  }
  ${range(quads)
    .map(
      (
        j,
      ) => `var s${j}: array<f32, ${rows.length}>; ${rows.map((r) => `s${j}[${r}] = a${j}_${r};`).join(' ')}
  if (channel + ${4 * j} < ${g.cout}) {
    for (var r = 0; r < min(${rows.length}, ${g.cin} - row); r++) {
      sums[((slab * ${volume(g.kernel)} + tap) * ${g.cin} + row + r) * ${g.cout} + channel + ${4 * j}] = s${j}[r];
    }
  }`,
    )
    .join('\n  ')}
}`;
}
