import { type Geometry, volume } from '../geometry.ts';
import { locate, range } from './conv-direct.ts';
import { binding, type Kernel } from './program.ts';

/** Depth of a step of the matrix product, in vectors of 4. */
const DEPTH = 4;
/** Row of the volume's tile with one vector of padding, so that rows start in different banks. */
const STRIDE = DEPTH + 1;
/** Fewer workgroups than this leave parts of a large graphics processor idle. */
const ENOUGH_WORKGROUPS = 128;

/** How the tiled convolution is cut up; part of the shader. */
export interface TiledPlan {
  /** Invocations along voxels and along groups of 4 channels. */
  readonly rows: number;
  readonly columns: number;
  /** Voxels per invocation. */
  readonly voxels: number;
  /** Groups of 4 channels per invocation. */
  readonly quads: 1 | 2;
}

/** `wide`: invocations may take 8 channels instead of 4, half as many of them. */
export function planTiled(g: Geometry, wide = false): TiledPlan {
  const few = g.cout <= 16;
  const quads = wide && !few ? 2 : 1;
  const columns = (few ? 4 : g.cout <= 32 ? 8 : 16) / quads;
  const rows = few ? 32 : 16;
  const count = (voxels: number) => {
    const [x, y] = tiledGroups(g, { rows, columns, voxels, quads });
    return x * y;
  };
  const sizes = few ? [4, 2, 1] : [8, 4, 2];
  const voxels = sizes.find((size) => count(size) >= ENOUGH_WORKGROUPS) ?? sizes[2];
  return { rows, columns, voxels, quads };
}

export function tiledGroups(g: Geometry, plan: TiledPlan): [number, number] {
  const total = g.batch * volume(g.to);
  return [
    Math.ceil(total / (plan.rows * plan.voxels)),
    Math.ceil(Math.ceil(g.cout / 4) / (plan.columns * plan.quads)),
  ];
}

/**
 * Convolution as an implicit matrix product `[voxels, taps * cin] x [taps * cin, cout]` for graphics
 * hardware. A workgroup of 64 to 256 invocations makes a tile of up to 128 voxels by 64 channels; each
 * invocation holds `voxels` x 4 or 8 sums in registers: 8 ask for a third fewer reads of workgroup memory
 * per product, but for registers that not every device has. Per step of 16 along `taps * cin` the
 * workgroup gathers both operands into workgroup memory (at most 14 KiB) while the sums of the step before
 * are still being formed.
 *
 * ```
 *          columns * quads * 4 channels
 *          +-----------------+     an invocation (r, q) has voxels r, r + rows, r + 2 rows, ...
 *   voxels |  r              |     and channels 4q .. 4q + 3, and as many `columns * 4` further on:
 *          |  r + rows       |     neighbours read neighbouring rows of the tile, in different banks,
 *          +-----------------+     and write neighbouring channels
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
  const width = columns * plan.quads;
  const own = range(plan.quads);
  const invocations = rows * columns;
  const tile = rows * voxels;
  const depth = volume(g.kernel) * g.cin;
  const steps = Math.ceil(depth / (4 * DEPTH));
  const quads = Math.ceil(g.cout / 4);
  const even = g.cin % 4 === 0;
  const gathers = Math.ceil((tile * DEPTH) / invocations);
  const perRow = invocations / DEPTH;
  const partial = (tile * DEPTH) % invocations !== 0;
  return `
${binding(0, 'y', g.cout % 4 === 0 ? 'vec4<f32>' : 'f32')}
${binding(1, 'x', even ? 'vec4<f32>' : 'f32')}
${binding(2, 'w', 'vec4<f32>')}
${epilogue.bias ? binding(3, 'bias', 'f32') : ''}
var<workgroup> left: array<vec4<f32>, ${tile * STRIDE}>;
var<workgroup> right: array<vec4<f32>, ${4 * DEPTH * width}>;

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
  let quad0 = i32(workgroupId.y) * ${width};
  let row = id / ${columns};
  let column = id % ${columns};
  // What this invocation gathers: one vector of each of ${gathers} voxels, ${plan.quads} of the filter.
  let part = id % ${DEPTH};
  let voxel = id / ${DEPTH};
  ${range(gathers)
    .map((i) => `let v${i} = voxelAt(first + voxel + ${i * perRow});`)
    .join('\n  ')}
  ${range(gathers)
    .map((i) => `var g${i} = gather(v${i}, part);`)
    .join(' ')}
  ${own.map((q) => `var f${q} = filterRow(row, quad0 + column + ${q * columns});`).join(' ')}
  ${own.flatMap((q) => range(voxels).map((i) => `var a${q}_${i} = vec4<f32>(0.0);`)).join(' ')}
  for (var step = 0; step < ${steps}; step++) {
    workgroupBarrier();
    ${range(gathers)
      .map((i) => {
        const store = `left[(voxel + ${i * perRow}) * ${STRIDE} + part] = g${i};`;
        return partial ? `if (voxel + ${i * perRow} < ${tile}) { ${store} }` : store;
      })
      .join('\n    ')}
    ${rows > 4 * DEPTH ? `if (row < ${4 * DEPTH}) {` : '{'}
      ${own.map((q) => `right[row * ${width} + column + ${q * columns}] = f${q};`).join(' ')}
    }
    workgroupBarrier();
    if (step + 1 < ${steps}) {
      let ahead = (step + 1) * ${DEPTH};
      ${range(gathers)
        .map((i) => `g${i} = gather(v${i}, ahead + part);`)
        .join(' ')}
      ${own.map((q) => `f${q} = filterRow(ahead * 4 + row, quad0 + column + ${q * columns});`).join(' ')}
    }
    for (var k = 0; k < ${DEPTH}; k++) {
      ${own
        .flatMap((q) =>
          range(4).map(
            (i) => `let b${q}_${i} = right[(k * 4 + ${i}) * ${width} + column + ${q * columns}];`,
          ),
        )
        .join('\n      ')}
      ${range(voxels)
        .map((i) => {
          const sums = own.map((q) => {
            const terms = range(4).reduce(
              (a, j) => `fma(vec4<f32>(l${i}[${j}]), b${q}_${j}, ${a})`,
              `a${q}_${i}`,
            );
            return `a${q}_${i} = ${terms};`;
          });
          return `let l${i} = left[(row + ${i * rows}) * ${STRIDE} + k]; ${sums.join(' ')}`;
        })
        .join('\n      ')}
    }
  }
  ${own
    .map((q) => {
      const shift = range(4).map((j) => `bias[min(quad * 4 + ${j}, ${g.cout - 1})]`);
      const stores = range(voxels).map((i) => {
        const value = epilogue.bias ? `a${q}_${i} + shift` : `a${q}_${i}`;
        const end = epilogue.relu ? 'select(v, vec4<f32>(0.0), v < vec4<f32>(0.0))' : 'v';
        return `{ let at = first + row + ${i * rows}; let v = ${value}; if (at < uniforms.voxels) { store(at, quad, ${end}); } }`;
      });
      return `{
    let quad = quad0 + column + ${q * columns};
    if (quad < ${quads}) {
      ${epilogue.bias ? `let shift = vec4<f32>(${shift.join(', ')});` : ''}
      ${stores.join('\n      ')}
    }
  }`;
    })
    .join('\n  ')}
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
