import { type Geometry, volume } from '../geometry.ts';
import { locate, range } from './conv-direct.ts';
import { binding, type Kernel } from './program.ts';

/** Depth of a step of the matrix product, in vectors of 4. */
const DEPTH = 4;
/** Row of the volume's tile with one vector of padding, so that rows start in different banks. */
const STRIDE = DEPTH + 1;
/** How the tiled convolution is cut up; part of the shader. */
export interface TiledPlan {
  /** Invocations along voxels and along groups of 4 channels. */
  readonly rows: number;
  readonly columns: number;
  /** Voxels per invocation. */
  readonly voxels: number;
}

/** Tiles as large as leave `workgroups` of them. */
export function planTiled(g: Geometry, workgroups: number): TiledPlan {
  const few = g.cout <= 16;
  const columns = few ? 4 : g.cout <= 32 ? 8 : 16;
  const rows = few ? 32 : 16;
  const count = (voxels: number) => {
    const [x, y] = tiledGroups(g, { rows, columns, voxels });
    return x * y;
  };
  const sizes = few ? [4, 2, 1] : [8, 4, 2];
  const voxels = sizes.find((size) => count(size) >= workgroups) ?? sizes[2];
  return { rows, columns, voxels };
}

export function tiledGroups(g: Geometry, plan: TiledPlan): [number, number] {
  const total = g.batch * volume(g.to);
  return [
    Math.ceil(total / (plan.rows * plan.voxels)),
    Math.ceil(Math.ceil(g.cout / 4) / plan.columns),
  ];
}

/**
 * Convolution as an implicit matrix product `[voxels, taps * cin] x [taps * cin, cout]` for graphics
 * hardware. A workgroup of 64 to 256 invocations makes a tile of up to 128 voxels by 64 channels; each
 * invocation holds `voxels` x 4 sums in registers. Per step of 16 along `taps * cin` the workgroup gathers
 * both operands into workgroup memory (at most 14 KiB) while the sums of the step before are still being
 * formed.
 *
 * ```
 *          columns * 4 channels
 *          +-----------------+     an invocation (r, q) has voxels r, r + rows, r + 2 rows, ...
 *   voxels |  r              |     and channels 4q .. 4q + 3: neighbours read neighbouring rows of
 *          |  r + rows       |     the tile, in different banks, and write neighbouring channels
 *          +-----------------+
 * ```
 * Bindings: y, x, filter `[taps * cin, cout up to a multiple of 4]`, bias `[cout]`.
 */
export function convTiled(
  g: Geometry,
  plan: TiledPlan,
  epilogue: { bias: boolean; relu: boolean },
): Kernel {
  const shape = [g.cin, g.cout, g.kernel, g.scale, g.step, g.divisor, Object.values(plan)];
  return {
    key: `convTiled ${shape.join()} ${epilogue.bias} ${epilogue.relu}`,
    workgroup: [plan.columns * plan.rows, 1, 1],
    code: () => source(g, plan, epilogue),
  };
}

function source(g: Geometry, plan: TiledPlan, epilogue: { bias: boolean; relu: boolean }): string {
  const { rows, columns, voxels } = plan;
  const invocations = rows * columns;
  const tile = rows * voxels;
  const depth = volume(g.kernel) * g.cin;
  const steps = Math.ceil(depth / (4 * DEPTH));
  const quads = Math.ceil(g.cout / 4);
  const even = g.cin % 4 === 0;
  const gathers = Math.ceil((tile * DEPTH) / invocations);
  const perRow = invocations / DEPTH;
  const partial = (tile * DEPTH) % invocations !== 0;
  const shift = range(4).map((j) => `bias[min(quad * 4 + ${j}, ${g.cout - 1})]`);
  const stores = range(voxels).map((i) => {
    const value = epilogue.bias ? `a${i} + shift` : `a${i}`;
    const end = epilogue.relu ? 'select(v, vec4<f32>(0.0), v < vec4<f32>(0.0))' : 'v';
    return `{ let at = first + row + ${i * rows}; let v = ${value}; if (at < uniforms.voxels) { store(at, quad, ${end}); } }`;
  });
  return `
${binding(0, 'y', g.cout % 4 === 0 ? 'vec4<f32>' : 'f32')}
${binding(1, 'x', even ? 'vec4<f32>' : 'f32')}
${binding(2, 'w', 'vec4<f32>')}
${epilogue.bias ? binding(3, 'bias', 'f32') : ''}
var<workgroup> left: array<vec4<f32>, ${tile * STRIDE}>;
var<workgroup> right: array<vec4<f32>, ${4 * DEPTH * columns}>;

struct Voxel { corner: vec3<i32>, batch: i32 };

fn voxelAt(at: i32) -> Voxel {
  let line = at / uniforms.to.z;
  let plane = line / uniforms.to.y;
  let batch = plane / uniforms.to.x;
  let out = vec3<i32>(plane - batch * uniforms.to.x, line - plane * uniforms.to.y, at - line * uniforms.to.z);
  return Voxel(out * vec3<i32>(${g.scale.join()}) + uniforms.offset, select(-1, batch, at < uniforms.voxels));
}

// Position of a tap's voxel in the volume, or -1 outside.
fn meet(v: Voxel, tap: i32) -> i32 {
  let kx = tap % ${g.kernel[2]};
  let ky = (tap / ${g.kernel[2]}) % ${g.kernel[1]};
  let kz = tap / ${g.kernel[1] * g.kernel[2]};
  let size = uniforms.volume;
  ${locate('z', 'v.corner.x', 'kz', g.step[0], g.divisor[0], 'size.x')}
  ${locate('y', 'v.corner.y', 'ky', g.step[1], g.divisor[1], 'size.y')}
  ${locate('x', 'v.corner.z', 'kx', g.step[2], g.divisor[2], 'size.z')}
  let at = ((v.batch * size.x + iz) * size.y + iy) * size.z + ix;
  return select(-1, at, v.batch >= 0 && okz && oky && okx);
}

${even ? gatherVector(g.cin, depth) : gatherScalar(g.cin, depth)}

fn filterRow(k: i32, quad: i32) -> vec4<f32> {
  let inside = k < ${depth} && quad < ${quads};
  return select(vec4<f32>(0.0), w[select(0, k * ${quads} + quad, inside)], inside);
}

fn main(index: i32) {
  let id = i32(localIndex);
  let first = (uniforms.start + i32(workgroupId.x)) * ${tile};
  let quad0 = i32(workgroupId.y) * ${columns};
  let row = id / ${columns};
  let column = id % ${columns};
  // What this invocation gathers: one vector of each of ${gathers} voxels, one of the filter.
  let part = id % ${DEPTH};
  let voxel = id / ${DEPTH};
  ${range(gathers)
    .map((i) => `let v${i} = voxelAt(first + voxel + ${i * perRow});`)
    .join('\n  ')}
  ${range(gathers)
    .map((i) => `var g${i} = gather(v${i}, part);`)
    .join(' ')}
  var f = filterRow(row, quad0 + column);
  ${range(voxels)
    .map((i) => `var a${i} = vec4<f32>(0.0);`)
    .join(' ')}
  for (var step = 0; step < ${steps}; step++) {
    workgroupBarrier();
    ${range(gathers)
      .map((i) => {
        const store = `left[(voxel + ${i * perRow}) * ${STRIDE} + part] = g${i};`;
        return partial ? `if (voxel + ${i * perRow} < ${tile}) { ${store} }` : store;
      })
      .join('\n    ')}
    ${rows > 4 * DEPTH ? `if (row < ${4 * DEPTH}) {` : '{'}
      right[row * ${columns} + column] = f;
    }
    workgroupBarrier();
    if (step + 1 < ${steps}) {
      let ahead = (step + 1) * ${DEPTH};
      ${range(gathers)
        .map((i) => `g${i} = gather(v${i}, ahead + part);`)
        .join(' ')}
      f = filterRow(ahead * 4 + row, quad0 + column);
    }
    for (var k = 0; k < ${DEPTH}; k++) {
      ${range(4)
        .map((i) => `let b${i} = right[(k * 4 + ${i}) * ${columns} + column];`)
        .join('\n      ')}
      ${range(voxels)
        .map((i) => {
          const terms = range(4).reduce(
            (a, j) => `fma(vec4<f32>(l${i}[${j}]), b${j}, ${a})`,
            `a${i}`,
          );
          return `let l${i} = left[(row + ${i * rows}) * ${STRIDE} + k]; a${i} = ${terms};`;
        })
        .join('\n      ')}
    }
  }
  let quad = quad0 + column;
  if (quad < ${quads}) {
    ${epilogue.bias ? `let shift = vec4<f32>(${shift.join(', ')});` : ''}
    ${stores.join('\n    ')}
  }
}

${
  g.cout % 4 === 0
    ? `fn store(at: i32, quad: i32, v: vec4<f32>) { y[at * ${quads} + quad] = v; }`
    : `fn store(at: i32, quad: i32, v: vec4<f32>) {
  for (var j = 0; j < 4; j++) {
    let c = quad * 4 + j;
    if (c < ${g.cout}) { y[at * ${g.cout} + c] = v[j]; }
  }
}`
}`;
}

/** Four channels of one tap. */
function gatherVector(cin: number, depth: number): string {
  return `
fn gather(v: Voxel, quad: i32) -> vec4<f32> {
  let tap = quad / ${cin / 4};
  let at = meet(v, tap);
  let inside = at >= 0 && quad < ${depth / 4};
  return select(vec4<f32>(0.0), x[select(0, at * ${cin / 4} + quad - tap * ${cin / 4}, inside)], inside);
}`;
}

/** Four neighbours along `taps * cin`, which may belong to different taps. */
function gatherScalar(cin: number, depth: number): string {
  return `
fn gather(v: Voxel, quad: i32) -> vec4<f32> {
  var values: vec4<f32>;
  for (var j = 0; j < 4; j++) { values[j] = pick(v, quad * 4 + j); }
  return values;
}
fn pick(v: Voxel, k: i32) -> f32 {
  let tap = k / ${cin};
  let at = meet(v, tap);
  let inside = at >= 0 && k < ${depth};
  return select(0.0, x[select(0, at * ${cin} + k - tap * ${cin}, inside)], inside);
}`;
}
