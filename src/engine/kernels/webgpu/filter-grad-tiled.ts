import { type Geometry, volume } from '../geometry.ts';
import { range } from './conv-direct.ts';
import type { FilterGradKernel } from './filter-grad.ts';
import { binding } from './program.ts';

/** Voxels per step. */
const DEPTH = 16;
/** Invocations along rows `taps * cin`, and vectors of 4 rows for each. */
const ROWS = 16;

/**
 * The filter's gradient as the matrix product `[taps * cin, voxels] x [voxels, cout]` for graphics
 * hardware; slabs are steps of 16 voxels. A workgroup makes a tile of 128 rows by 32 or 64 channels from
 * operands in workgroup memory (at most 12 KiB), 8 x 4 sums per invocation.
 *
 * Bindings: sums `[slabs, taps * cin, cout]`, x, dy.
 */
export function filterGradTiled(g: Geometry): FilterGradKernel {
  const depth = volume(g.kernel) * g.cin;
  const vectors = depth > 4 * ROWS ? 2 : 1;
  const columns = g.cout <= 32 ? 8 : 16;
  return {
    key: `filterGradTiled ${[g.cin, g.cout, g.kernel, g.scale, g.step].join()}`,
    workgroup: [ROWS * columns, 1, 1],
    groups: [Math.ceil(depth / (4 * ROWS * vectors)), Math.ceil(g.cout / (4 * columns))],
    units: Math.ceil((g.batch * volume(g.to)) / DEPTH),
    code: () => source(g, depth, vectors, columns),
  };
}

function source(g: Geometry, depth: number, vectors: number, columns: number): string {
  const invocations = ROWS * columns;
  const width = ROWS * vectors;
  const gathers = (width * DEPTH) / invocations;
  const apart = invocations / width;
  const [, kh, kw] = g.kernel;
  const evenIn = g.cin % 4 === 0;
  const evenOut = g.cout % 4 === 0;
  return `
${binding(0, 'sums', 'f32')}
${binding(1, 'x', evenIn ? 'vec4<f32>' : 'f32')}
${binding(2, 'dy', evenOut ? 'vec4<f32>' : 'f32')}
var<workgroup> left: array<vec4<f32>, ${DEPTH * width}>;
var<workgroup> right: array<vec4<f32>, ${DEPTH * columns}>;

struct Tap { shift: vec3<i32>, channel: i32 };

// The tap and input channel of a row of the result.
fn tapOf(row: i32) -> Tap {
  let tap = row / ${g.cin};
  let k = vec3<i32>(tap / ${kh * kw}, (tap / ${kw}) % ${kh}, tap % ${kw});
  return Tap(k * vec3<i32>(${g.step.join()}) + uniforms.offset, select(-1, row - tap * ${g.cin}, row < ${depth}));
}

struct Place { corner: vec3<i32>, batch: i32 };

fn placeOf(at: i32) -> Place {
  let line = at / uniforms.to.z;
  let plane = line / uniforms.to.y;
  let batch = plane / uniforms.to.x;
  let out = vec3<i32>(plane - batch * uniforms.to.x, line - plane * uniforms.to.y, at - line * uniforms.to.z);
  return Place(out * vec3<i32>(${g.scale.join()}), select(-1, batch, at < uniforms.voxels));
}

// Index of the value that a row of the result meets at a place, or -1 outside.
fn meet(t: Tap, p: Place) -> i32 {
  let corner = p.corner + t.shift;
  let size = uniforms.volume;
  let inside = p.batch >= 0 && t.channel >= 0 && all(corner >= vec3<i32>(0)) && all(corner < size);
  let at = ((p.batch * size.x + corner.x) * size.y + corner.y) * size.z + corner.z;
  return select(-1, at * ${g.cin} + t.channel, inside);
}

fn gather(t: ${evenIn ? 'Tap' : 'array<Tap, 4>'}, at: i32) -> vec4<f32> {
  let place = placeOf(at);
  ${
    evenIn
      ? `let i = meet(t, place);
  return select(vec4<f32>(0.0), x[max(i, 0) / 4], i >= 0);`
      : `var taps = t;
  var values: vec4<f32>;
  for (var j = 0; j < 4; j++) {
    let i = meet(taps[j], place);
    values[j] = select(0.0, x[max(i, 0)], i >= 0);
  }
  return values;`
  }
}

fn slope(at: i32, quad: i32) -> vec4<f32> {
  let inside = at < uniforms.voxels;
  ${
    evenOut
      ? `let ok = inside && quad < ${g.cout / 4};
  return select(vec4<f32>(0.0), dy[select(0, at * ${g.cout / 4} + quad, ok)], ok);`
      : `var v = vec4<f32>(0.0);
  for (var j = 0; j < 4; j++) {
    let c = quad * 4 + j;
    if (inside && c < ${g.cout}) { v[j] = dy[at * ${g.cout} + c]; }
  }
  return v;`
  }
}

fn main(index: i32) {
  let id = i32(localIndex);
  let vector0 = i32(workgroupId.x) * ${width};
  let quad0 = i32(workgroupId.y) * ${columns};
  let slab = uniforms.start + i32(workgroupId.z);
  let row = id / ${columns};
  let column = id % ${columns};
  let mine = id % ${width};
  let voxel = id / ${width};
  let mineRow = (vector0 + mine) * 4;
  let tap = ${evenIn ? 'tapOf(mineRow)' : 'array<Tap, 4>(tapOf(mineRow), tapOf(mineRow + 1), tapOf(mineRow + 2), tapOf(mineRow + 3))'};
  ${range(vectors)
    .flatMap((i) => range(4).map((j) => `var a${i}_${j} = vec4<f32>(0.0);`))
    .join(' ')}
  // The same count in every slab, as barriers ask; steps past the last voxel add zeros.
  for (var step = 0; step < uniforms.slab; step++) {
    let at = (slab * uniforms.slab + step) * ${DEPTH};
    ${range(gathers)
      .map((i) => `let g${i} = gather(tap, at + voxel + ${i * apart});`)
      .join('\n    ')}
    let f = slope(at + row, quad0 + column);
    workgroupBarrier();
    ${range(gathers)
      .map((i) => `left[(voxel + ${i * apart}) * ${width} + mine] = g${i};`)
      .join(' ')}
    right[id] = f;
    workgroupBarrier();
    for (var k = 0; k < ${DEPTH}; k++) {
      let b = right[k * ${columns} + column];
      ${range(vectors)
        .map(
          (i) =>
            `let l${i} = left[k * ${width} + row + ${i * ROWS}]; ${range(4)
              .map((j) => `a${i}_${j} = fma(vec4<f32>(l${i}[${j}]), b, a${i}_${j});`)
              .join(' ')}`,
        )
        .join('\n      ')}
    }
  }
  ${range(vectors)
    .flatMap((i) =>
      range(4).map(
        (j) => `store(slab, (vector0 + row + ${i * ROWS}) * 4 + ${j}, quad0 + column, a${i}_${j});`,
      ),
    )
    .join('\n  ')}
}

fn store(slab: i32, row: i32, quad: i32, v: vec4<f32>) {
  if (row >= ${depth}) { return; }
  for (var j = 0; j < 4; j++) {
    let c = quad * 4 + j;
    if (c < ${g.cout}) { sums[(slab * ${depth} + row) * ${g.cout} + c] = v[j]; }
  }
}`;
}
