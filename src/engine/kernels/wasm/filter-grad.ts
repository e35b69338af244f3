import { type Conv3DInfo, forward, volume } from '../geometry.ts';
import {
  PACK_ROWS,
  PATCH_GRAD_PARTS,
  TILE_COLUMNS,
  TILE_ROWS,
  VoxelPack,
  Volumes,
} from './assembly/layout.ts';
import { volumeWords, words } from './parameters.ts';
import type { KernelRuntime } from './runtime.ts';

/** Floats of an operand of several samples that are packed at a time (4 MiB: stay in cache). */
const CHUNK = 1 << 20;
const FEWEST_TASKS = 16;
/** Up to so many input channels the taps are gathered into rows first (`assembly/patch.ts`). */
const FEW_CHANNELS = 4;

/** `dW [kd, kh, kw, cin, cout]` from x and dy, summed over the batch; all three are addresses. */
export function conv3dFilterGrad(
  runtime: KernelRuntime,
  x: number,
  dy: number,
  dw: number,
  info: Conv3DInfo,
): void {
  const pass = forward(info);
  const { batch, cin, cout, from, to, kernel, scale } = pass;
  if (cin <= FEW_CHANNELS && cout % 8 === 0) {
    patchFilterGrad(runtime, x, dy, dw, info);
    return;
  }
  const [inVoxels, outVoxels, taps] = [from, to, kernel].map(volume);
  const most = samplesAtOnce(batch, Math.max(inVoxels * cin, outVoxels * cout));
  const panels = Math.ceil(cout / TILE_COLUMNS);
  const group = Math.max(1, Math.floor((panels * taps) / FEWEST_TASKS));
  const xPanels = runtime.allocate(Math.ceil(cin / TILE_ROWS) * TILE_ROWS * inVoxels * most * 4);
  const dyPanels = runtime.allocate(panels * TILE_COLUMNS * outVoxels * most * 4);
  const scratch = runtime.exports.filterGradScratchBytes();
  const parameters = volumeWords(pass, {
    INPUT: xPanels,
    OUTPUT: dyPanels,
    RESULT: dw,
    GROUP: group,
  });
  for (let first = 0; first < batch; first += most) {
    const samples = Math.min(most, batch - first);
    const pack = (
      all: number,
      at: number,
      [voxels, channels, width, line, stride]: readonly number[],
    ) => {
      const tasks = Math.ceil((samples * voxels) / PACK_ROWS);
      const packing = words(VoxelPack, {
        SOURCE: all + first * voxels * channels * 4,
        TARGET: at,
        VOXELS: voxels,
        CHANNELS: channels,
        WIDTH: width,
        SAMPLES: samples,
        LINE: line,
        STRIDE: stride,
      });
      runtime.run('packVoxels', packing, tasks, 0);
    };
    pack(x, xPanels, [inVoxels, cin, TILE_ROWS, from[2], scale[2]]);
    pack(dy, dyPanels, [outVoxels, cout, TILE_COLUMNS, to[2], 1]);
    parameters[Volumes.SAMPLES] = samples;
    parameters[Volumes.ADD] = first > 0 ? 1 : 0;
    runtime.run('filterGrad', parameters, taps * Math.ceil(panels / group), scratch);
  }
}

/** Samples of `size` floats that are packed together, in parts of one size. */
function samplesAtOnce(batch: number, size: number): number {
  const most = Math.max(1, Math.floor(CHUNK / size));
  return Math.ceil(batch / Math.ceil(batch / most));
}

function patchFilterGrad(
  runtime: KernelRuntime,
  x: number,
  dy: number,
  dw: number,
  info: Conv3DInfo,
): void {
  const pass = forward(info);
  const { batch, cin, cout } = pass;
  const inBytes = volume(pass.from) * cin * 4;
  const outBytes = volume(pass.to) * cout * 4;
  const depth = volume(pass.kernel) * cin;
  const part = Math.ceil(depth / TILE_ROWS) * TILE_ROWS * cout;
  const length = PATCH_GRAD_PARTS * part;
  const sums = runtime.zeros(length);
  const parameters = volumeWords(pass, { FILTER: sums });
  const scratch = runtime.exports.patchScratchBytes(depth, cout);
  for (let i = 0; i < batch; i++) {
    parameters[Volumes.INPUT] = x + i * inBytes;
    parameters[Volumes.OUTPUT] = dy + i * outBytes;
    runtime.run('patchFilterGrad', parameters, PATCH_GRAD_PARTS, scratch);
  }
  const result = runtime.floats(dw, depth * cout).fill(0);
  for (let at = 0; at < length; at += part) {
    const share = runtime.floats(sums + at * 4, result.length);
    for (let i = 0; i < result.length; i++) result[i] += share[i];
  }
}
