import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Geometry, multiplyAdds, volume } from '../geometry.ts';
import { convDirect, directGroups, planDirect } from './conv-direct.ts';
import { convSubgroup, planSubgroup, subgroupGroups, subgroupPadding } from './conv-subgroup.ts';
import { convTiled, planTiled, tiledGroups } from './conv-tiled.ts';
import { packFilter } from './pack.ts';
import { assertBindable, execute, type Kernel, slices, submit } from './program.ts';

/**
 * `tiled` shares operands through workgroup memory, for graphics hardware; `direct` does without, for
 * drivers that compute on the processor, where workgroup memory and barriers cost more than they save.
 */
export type Variant = 'tiled' | 'direct';

/** An output of this size is handed over at once, so that memory released before can be used again. */
const LARGE_BYTES = 32 * 2 ** 20;

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
  /**
   * The size that no subgroup of the device is below, where convolutions share operands between the lanes
   * of subgroups rather than through workgroup memory.
   */
  readonly subgroup?: number;
  /** Tiles of 8 channels per invocation instead of 4. */
  readonly wide?: boolean;
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
  { relu = false, transposed = false, ...mode }: ConvOptions,
): TensorInfo {
  for (const shape of [x.shape, outShape]) assertBindable(backend, shape);
  const y = backend.makeTensorInfo(outShape, 'float32');
  const { kernel, groups, padded, pieces } = planned(g, mode, { bias: bias !== undefined, relu });
  const [across, along] = groups;
  const packed = packFilter(backend, filter, {
    taps: volume(g.kernel),
    rows: g.cin,
    columns: g.cout,
    padded,
    transposed,
  });
  const operands = bias ? [x, packed, bias] : [x, packed];
  const runs = slices(backend, across, mode.mostWork / (multiplyAdds(g) / across));
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

function planned(
  g: Geometry,
  { variant, subgroup = 0, wide = false }: Mode,
  epilogue: { bias: boolean; relu: boolean },
): Planned {
  if (variant === 'direct') {
    const plan = planDirect(g);
    const { blocks, quads, pieces } = plan;
    const kernel = convDirect(g, plan, epilogue);
    return { kernel, groups: directGroups(g, plan), padded: blocks * quads * 4, pieces };
  }
  const shared = planSubgroup(g, subgroup);
  if (shared) {
    const kernel = convSubgroup(g, shared, epilogue);
    const groups = subgroupGroups(g, shared);
    return { kernel, groups, padded: subgroupPadding(g, shared), pieces: 0 };
  }
  const plan = planTiled(g, wide);
  const kernel = convTiled(g, plan, epilogue);
  const padded = Math.ceil(g.cout / 4) * 4;
  return { kernel, groups: tiledGroups(g, plan), padded, pieces: 0 };
}
