import { type Geometry, volume } from '../geometry.ts';
import { locate, range } from './conv-direct.ts';
import { binding, type Kernel } from './program.ts';

/** Invocations of a workgroup, along output channels. */
const LANES = 32;
/** A workgroup has fewer voxels where there would be fewer workgroups than this. */
const ENOUGH_WORKGROUPS = 256;

/** How the convolution with subgroup operations is cut up; part of the shader. */
export interface SubgroupPlan {
  /** Output voxels that all invocations of a workgroup share. */
  readonly voxels: number;
  /** Neighbouring output channels per invocation. */
  readonly channels: 1 | 2;
  /** Input channels that the first lanes of every subgroup hold at a time. */
  readonly lanes: number;
}

/**
 * Undefined where the input's channels do not fill `lanes`, a power of two that no subgroup of the device
 * is smaller than.
 */
export function planSubgroup(g: Geometry, smallest: number): SubgroupPlan | undefined {
  const lanes = Math.min(16, smallest);
  if (lanes < 4 || g.cin % lanes !== 0) return undefined;
  const channels = g.cout <= LANES ? 1 : 2;
  const count = (voxels: number) => {
    const [x, y] = subgroupGroups(g, { voxels, channels });
    return x * y;
  };
  const voxels = [16, 8, 4].find((size) => count(size) >= ENOUGH_WORKGROUPS) ?? 4;
  return { voxels, channels, lanes };
}

export function subgroupGroups(
  g: Geometry,
  { voxels, channels }: Pick<SubgroupPlan, 'voxels' | 'channels'>,
): [number, number] {
  const total = g.batch * volume(g.to);
  return [Math.ceil(total / voxels), Math.ceil(g.cout / (LANES * channels))];
}

/** Output channels of the packed filter. */
export function subgroupPadding(g: Geometry, { channels }: SubgroupPlan): number {
  return Math.ceil(g.cout / (LANES * channels)) * LANES * channels;
}

/**
 * Convolution without workgroup memory or barriers, for hardware on which reading another lane's register
 * costs nothing: the invocations of a workgroup take neighbouring output channels of the same voxels. The
 * first `lanes` of each subgroup (those behind repeat them) hold that many input channels of a voxel, and
 * hand them round one by one, so that a filter value is loaded once for all voxels. They also find the
 * voxels' places, each one of them. As every invocation of a workgroup needs the same values of the
 * volume, this holds for subgroups of any size and any shape.
 *
 * The form of ONNX Runtime's matrix products on Intel (its pull requests 26433 and 23224, which saw 3.5 s
 * instead of 8.5 s there and no gain on NVIDIA).
 *
 * Bindings: y, x, filter packed `[taps, cin, padded cout]`, bias `[cout]`.
 */
export function convSubgroup(
  g: Geometry,
  plan: SubgroupPlan,
  epilogue: { bias: boolean; relu: boolean },
): Kernel {
  const shape = [g.cin, g.cout, g.kernel, g.scale, g.step, g.divisor, Object.values(plan)];
  return {
    key: `convSubgroup ${shape.join()} ${epilogue.bias} ${epilogue.relu}`,
    workgroup: [LANES, 1, 1],
    features: ['subgroups'],
    code: () => source(g, plan, epilogue),
  };
}

function source(
  g: Geometry,
  plan: SubgroupPlan,
  epilogue: { bias: boolean; relu: boolean },
): string {
  const { voxels, channels, lanes } = plan;
  const type = channels === 1 ? 'f32' : 'vec2<f32>';
  const padded = subgroupPadding(g, plan) / channels;
  const own = range(Math.ceil(voxels / lanes));
  const from = (v: number) => `subgroupBroadcast(p${Math.floor(v / lanes)}, ${v % lanes}u)`;
  const value = (v: number) => `a${v}${epilogue.bias ? ' + shift' : ''}`;
  return `
${binding(0, 'y', 'f32')}
${binding(1, 'x', 'f32')}
${binding(2, 'w', type)}
${epilogue.bias ? binding(3, 'bias', 'f32') : ''}

struct Voxel { corner: vec3<i32>, batch: i32 };

fn voxelAt(at: i32) -> Voxel {
  let line = at / uniforms.to.z;
  let plane = line / uniforms.to.y;
  let batch = plane / uniforms.to.x;
  let out = vec3<i32>(plane - batch * uniforms.to.x, line - plane * uniforms.to.y, at - line * uniforms.to.z);
  return Voxel(out * vec3<i32>(${g.scale.join()}) + uniforms.offset, select(-1, batch, at < uniforms.voxels));
}

// Where the channels of a tap's voxel begin, or -1 outside.
fn meet(v: Voxel, k: vec3<i32>) -> i32 {
  let size = uniforms.volume;
  ${locate('z', 'v.corner.x', 'k.x', g.step[0], g.divisor[0], 'size.x')}
  ${locate('y', 'v.corner.y', 'k.y', g.step[1], g.divisor[1], 'size.y')}
  ${locate('x', 'v.corner.z', 'k.z', g.step[2], g.divisor[2], 'size.z')}
  let at = ((v.batch * size.x + iz) * size.y + iy) * size.z + ix;
  return select(-1, at * ${g.cin}, v.batch >= 0 && okz && oky && okx);
}

fn load(at: i32, channel: i32) -> f32 {
  return select(0.0, x[max(at, 0) + channel], at >= 0);
}

fn main(index: i32) {
  let first = (uniforms.start + i32(workgroupId.x)) * ${voxels};
  let part = i32(lane) % ${lanes};
  let column = i32(workgroupId.y) * ${LANES} + i32(localIndex);
  ${own.map((j) => `let v${j} = voxelAt(first + ${j * lanes} + part);`).join(' ')}
  ${range(voxels)
    .map((v) => `var a${v} = ${type}(0.0);`)
    .join(' ')}
  for (var tap = 0; tap < ${volume(g.kernel)}; tap++) {
    let k = vec3<i32>(tap / ${g.kernel[1] * g.kernel[2]}, (tap / ${g.kernel[2]}) % ${g.kernel[1]}, tap % ${g.kernel[2]});
    ${own.map((j) => `let p${j} = meet(v${j}, k);`).join(' ')}
    ${range(voxels)
      .map((v) => `let at${v} = ${from(v)};`)
      .join(' ')}
    for (var c = 0; c < ${g.cin}; c += ${lanes}) {
      ${range(voxels)
        .map((v) => `let x${v} = load(at${v}, c + part);`)
        .join(' ')}
      let row = (tap * ${g.cin} + c) * ${padded} + column;
      ${range(lanes)
        .map(
          (i) => `let w${i} = w[row + ${i * padded}];
      ${range(voxels)
        .map((v) => `a${v} = fma(${type}(subgroupBroadcast(x${v}, ${i}u)), w${i}, a${v});`)
        .join(' ')}`,
        )
        .join('\n      ')}
    }
  }
  ${epilogue.bias ? `let shift = ${type}(${range(channels).map((j) => `bias[min(column * ${channels} + ${j}, ${g.cout - 1})]`)});` : ''}
  ${range(voxels)
    .map((v) => `store(first + ${v}, column, ${value(v)});`)
    .join('\n  ')}
}

fn store(at: i32, column: i32, value: ${type}) {
  if (at >= uniforms.voxels) { return; }
  ${range(channels)
    .map((j) => {
      const v = channels === 1 ? 'value' : `value[${j}]`;
      const end = epilogue.relu ? `select(${v}, 0.0, ${v} < 0.0)` : v;
      const c = `column * ${channels} + ${j}`;
      return `if (${c} < ${g.cout}) { y[at * ${g.cout} + ${c}] = ${end}; }`;
    })
    .join('\n  ')}
}`;
}
