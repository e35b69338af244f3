import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, multiplyAdds, volume } from '../geometry.ts';
import { convDirect, directGroups, planDirect } from './conv-direct.ts';
import { convTiled, planTiled, tiledGroups } from './conv-tiled.ts';
import { packFilter } from './pack.ts';
import { assertBindable, execute, slices, submit } from './program.ts';

/**
 * `tiled` shares operands through workgroup memory, for graphics hardware; `direct` does without, for
 * drivers that compute on the processor, where workgroup memory and barriers cost more than they save.
 */
export type Variant = 'tiled' | 'direct';

/**
 * Multiply-adds after which a run is handed over: about 0.1 s on a slow integrated graphics processor
 * (tiled) and 1 s on a processor (direct), below the 2 s at which Windows resets a device.
 */
export const MOST_WORK: Readonly<Record<Variant, number>> = { tiled: 2e10, direct: 2e9 };

/** How the kernels run on a device. */
export interface Mode {
  readonly variant: Variant;
  /** Multiply-adds after which a run is handed over. */
  readonly mostWork: number;
}

export interface ConvOptions extends Mode {
  readonly relu?: boolean;
  /** The filter is `[taps, cout, cin]` instead of `[taps, cin, cout]`. */
  readonly transposed?: boolean;
}

/**
 * Convolution of `x [batch, d, h, w, cin]` into `y [batch, d, h, w, cout]` by the geometry `g`. Large
 * volumes are parted along their voxels into several runs.
 */
export function convolve(
  backend: WebGPUBackend,
  g: Geometry,
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
  outShape: number[],
  { variant, mostWork, relu = false, transposed = false }: ConvOptions,
): TensorInfo {
  for (const shape of [x.shape, outShape]) assertBindable(backend, shape);
  const y = backend.makeTensorInfo(outShape, 'float32');
  const epilogue = { bias: bias !== undefined, relu };
  const direct = variant === 'direct';
  const plan = direct ? planDirect(g) : planTiled(g);
  const padded = 'blocks' in plan ? plan.blocks * plan.quads * 4 : Math.ceil(g.cout / 4) * 4;
  const [across, along] = 'blocks' in plan ? directGroups(g, plan) : tiledGroups(g, plan);
  const kernel = 'blocks' in plan ? convDirect(g, plan, epilogue) : convTiled(g, plan, epilogue);
  const packed = packFilter(backend, filter, {
    taps: volume(g.kernel),
    rows: g.cin,
    columns: g.cout,
    padded,
    transposed,
  });
  const operands = bias ? [x, packed, bias] : [x, packed];
  const runs = slices(backend, across, mostWork / (multiplyAdds(g) / across));
  for (const { start, count } of runs) {
    const uniforms = {
      to: g.to,
      volume: g.from,
      offset: g.offset,
      batch: g.batch,
      voxels: g.batch * volume(g.to),
      pieces: 'pieces' in plan ? plan.pieces : 0,
      start,
    };
    execute(backend, kernel, operands, y, uniforms, [count, along, 1]);
    if (runs.length > 1) submit(backend);
  }
  if (packed !== filter) backend.disposeData(packed.dataId);
  return y;
}
