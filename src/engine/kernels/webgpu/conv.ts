import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, multiplyAdds, volume } from '../geometry.ts';
import { convDirect, directGroups, planDirect } from './conv-direct.ts';
import { convTiled, planTiled, tiledGroups } from './conv-tiled.ts';
import type { Form } from './form.ts';
import { packFilter } from './pack.ts';
import { assertBindable, execute, type Kernel, slices, submit } from './program.ts';

/** An output of this size is handed over at once, so that memory released before can be used again. */
const LARGE_BYTES = 32 * 2 ** 20;

export interface ConvOptions {
  readonly form: Form;
  readonly relu?: boolean;
  /** The filter is `[taps, cout, cin]` instead of `[taps, cin, cout]`. */
  readonly transposed?: boolean;
}

/**
 * Convolution of `x [batch, d, h, w, cin]` into `y [batch, d, h, w, cout]` by the geometry `g`. Large
 * volumes are split along their voxels into several runs.
 */
export function convolve(
  backend: WebGPUBackend,
  g: Geometry,
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
  outShape: number[],
  { form, relu = false, transposed = false }: ConvOptions,
): TensorInfo {
  for (const shape of [x.shape, outShape]) assertBindable(backend, shape);
  const y = backend.makeTensorInfo(outShape, 'float32');
  const { kernel, groups, padded, pieces } = planned(g, form, { bias: bias !== undefined, relu });
  const [across, along] = groups;
  const packed = packFilter(backend, filter, {
    taps: volume(g.kernel),
    rows: g.cin,
    columns: g.cout,
    padded,
    transposed,
  });
  const operands = bias ? [x, packed, bias] : [x, packed];
  const runs = slices(backend, across, form.mostWork / (multiplyAdds(g) / across));
  const large = g.batch * volume(g.to) * g.cout * 4 >= LARGE_BYTES;
  for (const { start, count } of runs) {
    const uniforms = {
      to: g.to,
      volume: g.from,
      offset: g.offset,
      batch: g.batch,
      voxels: g.batch * volume(g.to),
      pieces,
      start,
    };
    execute(backend, kernel, operands, y, uniforms, [count, along, 1]);
    if (runs.length > 1 || large) submit(backend);
  }
  if (packed !== filter) backend.disposeData(packed.dataId);
  return y;
}

interface Planned {
  readonly kernel: Kernel;
  readonly groups: readonly [across: number, along: number];
  /** Output channels of the packed filter. */
  readonly padded: number;
  /** Parts of a row of voxels, where the kernel works by them. */
  readonly pieces: number;
}

function planned(g: Geometry, form: Form, epilogue: { bias: boolean; relu: boolean }): Planned {
  if (form.name === 'direct') {
    const plan = planDirect(g);
    const { blocks, quads, pieces } = plan;
    const kernel = convDirect(g, plan, epilogue);
    return { kernel, groups: directGroups(g, plan), padded: blocks * quads * 4, pieces };
  }
  const plan = planTiled(g, form.workgroups.convolution);
  const kernel = convTiled(g, plan, epilogue);
  const padded = Math.ceil(g.cout / 4) * 4;
  return { kernel, groups: tiledGroups(g, plan), padded, pieces: 0 };
}
