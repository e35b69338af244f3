import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, multiplyAdds, volume } from '../geometry.ts';
import { filterGradDirect } from './filter-grad-direct.ts';
import { filterGradTiled } from './filter-grad-tiled.ts';
import type { Form } from './form.ts';
import { assertBindable, binding, execute, type Kernel, slices, submit } from './program.ts';

/** A kernel that sums over one slab of the voxels per workgroup along z. */
export interface FilterGradKernel extends Kernel {
  /** Workgroups along the rows `taps * cin` and the columns `cout` of the result. */
  readonly groups: readonly [number, number];
  /** What slabs are counted in, and how many there are. */
  readonly units: number;
}

const WORKGROUP = 64;

const SUM: Kernel = {
  key: 'filterGradSum',
  workgroup: [WORKGROUP, 1, 1],
  code: () => `
${binding(0, 'total', 'f32')}
${binding(1, 'slabs', 'f32')}
fn main(index: i32) {
  if (index >= uniforms.size) { return; }
  var sum = 0.0;
  for (var i = 0; i < uniforms.count; i++) { sum += slabs[i * uniforms.size + index]; }
  total[index] = sum;
}`,
};

/**
 * `dW [kd, kh, kw, cin, cout]` from `x [batch, d, h, w, cin]` and `dy [batch, d, h, w, cout]` for the
 * forward geometry `g`. The voxels are split into slabs whose sums are added in a fixed order, so that
 * the result does not depend on the device's timing.
 */
export function filterGradient(
  backend: WebGPUBackend,
  g: Geometry,
  x: TensorInfo,
  dy: TensorInfo,
  filterShape: number[],
  { name, mostWork, workgroups }: Form,
): TensorInfo {
  for (const shape of [x.shape, dy.shape]) assertBindable(backend, shape);
  const kernel = name === 'direct' ? filterGradDirect(g) : filterGradTiled(g);
  const [rows, columns] = kernel.groups;
  const wanted = Math.max(
    Math.ceil(workgroups.filterGradient / (rows * columns)),
    Math.ceil(multiplyAdds(g) / mostWork),
  );
  const perSlab = Math.ceil(kernel.units / Math.min(wanted, kernel.units));
  const count = Math.ceil(kernel.units / perSlab);
  const dw = backend.makeTensorInfo(filterShape, 'float32');
  const sums = count > 1 ? backend.makeTensorInfo([count, ...filterShape], 'float32') : dw;
  const runs = slices(backend, count, mostWork / (multiplyAdds(g) / count));
  for (const run of runs) {
    const uniforms = {
      to: g.to,
      volume: g.from,
      offset: g.offset,
      voxels: g.batch * volume(g.to),
      units: kernel.units,
      slab: perSlab,
      start: run.start,
    };
    execute(backend, kernel, [x, dy], sums, uniforms, [rows, columns, run.count]);
    if (runs.length > 1) submit(backend);
  }
  if (sums !== dw) {
    const groups = Math.ceil((volume(g.kernel) * g.cin * g.cout) / WORKGROUP);
    execute(backend, SUM, [sums], dw, { count }, [groups, 1, 1]);
    backend.disposeData(sums.dataId);
  }
  return dw;
}
