import type { Geometry } from '../geometry.ts';
import { binding, type Kernel } from './program.ts';

/** Invocations that a software driver runs as one SIMD group. */
const LANES = 4;
const ROWS = 4;

/** How the direct convolution is cut up; part of the shader. */
export interface DirectPlan {
  /** Groups of 4 channels per invocation. */
  readonly quads: number;
  /** Blocks of `4 * quads` channels that make the padded channels of the filter. */
  readonly blocks: number;
  /** Output voxels along x per invocation. */
  readonly width: number;
  /** Filter taps along x that share their loads. */
  readonly taps: number;
  /** Pieces of `width` voxels in a row of the output. */
  readonly pieces: number;
}

/** Measured cost of a load of 4 lanes, in multiply-adds of 4 lanes (SwiftShader on x86-64). */
const LOAD_COST = 7;

export function planDirect(g: Geometry): DirectPlan {
  const channelQuads = Math.ceil(g.cout / LANES);
  const blocks = Math.ceil(channelQuads / 8);
  const quads = Math.ceil(channelQuads / blocks);
  const share =
    g.scale[2] === 1 && g.divisor[2] === 1 && Math.abs(g.step[2]) === 1 && g.kernel[2] <= 3;
  const taps = share ? g.kernel[2] : 1;
  let best = { width: 1, cost: Number.POSITIVE_INFINITY };
  const widest = g.divisor[2] === 1 ? 10 : 4;
  for (let width = 1; width <= Math.min(widest, g.to[2]); width++) {
    const loads = width + taps - 1 + taps * quads;
    const cost = Math.ceil(g.to[2] / width) * (loads * LOAD_COST + width * taps * quads);
    if (cost <= best.cost) best = { width, cost };
  }
  return { quads, blocks, width: best.width, taps, pieces: Math.ceil(g.to[2] / best.width) };
}

/** Workgroups that cover `[pieces of the output, channel blocks]`. */
export function directGroups(g: Geometry, plan: DirectPlan): [number, number] {
  return [Math.ceil((g.batch * g.to[0] * g.to[1] * plan.pieces) / ROWS), plan.blocks];
}

/**
 * Convolution without workgroup memory, for drivers that compute on the processor. Such a driver runs 4
 * neighbouring invocations as the lanes of one SIMD register: the lanes take neighbouring channels, so
 * that a filter load is one vector load and a volume load one broadcast. Loads cost far more than
 * arithmetic there, hence the large tile of `width` voxels by `quads` channels per lane in registers,
 * and the taps along x that share the volume's loads.
 *
 * Bindings: y, x, filter packed `[taps, cin, blocks, quads, 4]`, bias `[cout]`.
 */
export function convDirect(
  g: Geometry,
  plan: DirectPlan,
  epilogue: { bias: boolean; relu: boolean },
): Kernel {
  const { quads, blocks, width, taps } = plan;
  const shape = [g.cin, g.cout, g.kernel, g.scale, g.step, g.divisor, quads, blocks, width, taps];
  return {
    key: `convDirect ${shape.join()} ${epilogue.bias} ${epilogue.relu}`,
    workgroup: [LANES, ROWS, 1],
    code: () => source(g, plan, epilogue),
  };
}

function source(g: Geometry, plan: DirectPlan, epilogue: { bias: boolean; relu: boolean }): string {
  const { quads, blocks, width, taps } = plan;
  const [kd, kh, kw] = g.kernel;
  const xs = range(width + taps - 1);
  const backwards = g.step[2] < 0 && taps > 1;
  const first = backwards ? 1 - taps : 0;
  const xOf = (n: number, tap: number) => (backwards ? n + taps - 1 - tap : n + tap);
  return `
${binding(0, 'y', 'f32')}
${binding(1, 'x', `array<f32, ${g.cin}>`)}
${binding(2, 'w', `array<array<array<f32, 4>, ${quads}>, ${blocks}>`)}
${epilogue.bias ? binding(3, 'bias', 'f32') : ''}
fn main(index: i32) {
  let piece = (uniforms.start + i32(workgroupId.x)) * ${ROWS} + i32(localId.y);
  let line = piece / uniforms.pieces;
  let plane = line / uniforms.to.y;
  let batch = plane / uniforms.to.x;
  if (batch >= uniforms.batch) { return; }
  let out = vec3<i32>(plane % uniforms.to.x, line % uniforms.to.y, (piece % uniforms.pieces) * ${width});
  let base = out * vec3<i32>(${g.scale.join()}) + uniforms.offset;
  let size = uniforms.volume;
  let lane = localId.x;
  let block = workgroupId.y;
  ${range(quads)
    .flatMap((j) => range(width).map((n) => `var a${j}_${n} = 0.0;`))
    .join(' ')}
  for (var kz = 0; kz < ${kd}; kz++) {
    ${locate('z', 'base.x', 'kz', g.step[0], g.divisor[0], 'size.x')}
    if (!okz) { continue; }
    for (var ky = 0; ky < ${kh}; ky++) {
      ${locate('y', 'base.y', 'ky', g.step[1], g.divisor[1], 'size.y')}
      if (!oky) { continue; }
      let row = ((batch * size.x + iz) * size.y + iy) * size.z;
      for (var kx = 0; kx < ${kw / taps}; kx++) {
        let tap = ((kz * ${kh} + ky) * ${kw} + kx) * ${g.cin};
        ${xs
          .map(
            (
              n,
            ) => `${locate(`x${n}`, `base.z + ${(first + n) * g.scale[2]}`, 'kx', taps > 1 ? 0 : g.step[2], g.divisor[2], 'size.z')}
        let p${n} = &x[row + select(0, ix${n}, okx${n})];`,
          )
          .join('\n        ')}
        for (var c = 0; c < ${g.cin}; c++) {
          ${range(taps)
            .map((t) => {
              const loads = range(quads).map((j) => `let w${t}_${j} = (*q${t})[${j}][lane];`);
              return `let q${t} = &w[tap + ${t * g.cin} + c][block]; ${loads.join(' ')}`;
            })
            .join('\n          ')}
          ${xs.map((n) => `let x${n} = select(0.0, (*p${n})[c], okx${n});`).join('\n          ')}
          ${range(quads)
            .flatMap((j) =>
              range(width).map((n) => {
                const terms = range(taps).map((t) => `x${xOf(n, t)} * w${t}_${j}`);
                return `a${j}_${n} += ${terms.join(' + ')};`;
              }),
            )
            .join('\n          ')}
        }
      }
    }
  }
  // Stores cost much to compile: one per channel group, in a loop.
  ${range(quads)
    .map(
      (j) =>
        `var s${j}: array<f32, ${width}>; ${range(width)
          .map((n) => `s${j}[${n}] = a${j}_${n};`)
          .join(' ')}`,
    )
    .join('\n  ')}
  let at = ((batch * uniforms.to.x + out.x) * uniforms.to.y + out.y) * uniforms.to.z + out.z;
  let channel = i32(block) * ${4 * quads} + i32(lane);
  let count = min(${width}, uniforms.to.z - out.z);
  ${range(quads)
    .map((j) => {
      const bias = epilogue.bias ? ` + bias[c${j}]` : '';
      const value = `s${j}[n]${bias}`;
      const finish = epilogue.relu
        ? `let v = ${value}; y[o + n * ${g.cout}] = select(v, 0.0, v < 0.0);`
        : `y[o + n * ${g.cout}] = ${value};`;
      return `let c${j} = channel + ${4 * j};
  if (c${j} < ${g.cout}) { let o = at * ${g.cout} + c${j}; for (var n = 0; n < count; n++) { ${finish} } }`;
    })
    .join('\n  ')}
}`;
}

/** WGSL that finds the input voxel of one axis: `i<axis>` and whether it exists, `ok<axis>`. */
export function locate(
  axis: string,
  base: string,
  tap: string,
  step: number,
  divisor: number,
  size: string,
): string {
  const at = step === 0 ? base : `${base} + ${tap} * ${step < 0 ? `(${step})` : step}`;
  if (divisor === 1) {
    return `let i${axis} = ${at}; let ok${axis} = i${axis} >= 0 && i${axis} < ${size};`;
  }
  // Integer division is dear where 4 lanes share a register, and to compile.
  const shift = Math.log2(divisor);
  const quotient = Number.isInteger(shift) ? `d${axis} >> ${shift}u` : `d${axis} / ${divisor}`;
  return `let d${axis} = ${at}; let i${axis} = ${quotient}; let ok${axis} = d${axis} >= 0 && d${axis} == i${axis} * ${divisor} && i${axis} < ${size};`;
}

export function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
