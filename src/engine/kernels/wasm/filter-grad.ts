import { type Conv3DInfo, forward, volume } from '../geometry.ts';
import {
  PACK_ROWS,
  PATCH_GRAD_PARTS,
  TILE_COLUMNS,
  TILE_ROWS,
  VoxelPack,
  Volumes,
} from './assembly/layout.ts';
import { samplesAtOnce } from './conv3d.ts';
import { volumeWords, words } from './parameters.ts';
import type { KernelRuntime } from './runtime.ts';

/** Floats of the result that are computed and handed out at a time (1 MiB: stays in cache). */
const RESULT_CHUNK = 1 << 18;
const FEWEST_TASKS = 16;
/** Up to so many input channels the taps are gathered into rows first (`assembly/patch.ts`). */
const FEW_CHANNELS = 4;

/** `dW [kd, kh, kw, cin, cout]` from x and dy, summed over the batch. */
export function conv3dFilterGrad(
  runtime: KernelRuntime,
  x: Float32Array,
  dy: Float32Array,
  dw: Float32Array,
  info: Conv3DInfo,
): void {
  const pass = forward(info);
  const { batch, cin, cout, from, to, kernel, scale } = pass;
  if (cin <= FEW_CHANNELS && cout % 8 === 0) {
    patchFilterGrad(runtime, x, dy, dw, info);
    return;
  }
  const [inVoxels, outVoxels, taps] = [from, to, kernel].map(volume);
  const most = samplesAtOnce(batch, inVoxels * cin, outVoxels * cout);
  // Several parts of the batch have to add up, a single one need not stay.
  const tapsAtOnce =
    most < batch ? taps : Math.min(taps, Math.max(1, Math.floor(RESULT_CHUNK / (cin * cout))));
  const panels = Math.ceil(cout / TILE_COLUMNS);
  const group = Math.max(1, Math.floor((panels * tapsAtOnce) / FEWEST_TASKS));
  runtime.reset();
  const result = runtime.allocate(tapsAtOnce * cin * cout * 4);
  const xPanels = runtime.allocate(Math.ceil(cin / TILE_ROWS) * TILE_ROWS * inVoxels * most * 4);
  const dyPanels = runtime.allocate(panels * TILE_COLUMNS * outVoxels * most * 4);
  const raw = runtime.allocate(most * Math.max(inVoxels * cin, outVoxels * cout) * 4);
  const scratch = runtime.exports.filterGradScratchBytes();
  const parameters = volumeWords(pass, {
    INPUT: xPanels,
    OUTPUT: dyPanels,
    RESULT: result,
    GROUP: group,
  });
  const mark = runtime.mark();
  for (let first = 0; first < batch; first += most) {
    const samples = Math.min(most, batch - first);
    const pack = (
      all: Float32Array,
      at: number,
      [voxels, channels, width, line, stride]: readonly number[],
    ) => {
      const size = voxels * channels;
      const part = all.subarray(first * size, (first + samples) * size);
      runtime.floats(raw, part.length).set(part);
      const tasks = Math.ceil((samples * voxels) / PACK_ROWS);
      const packing = words(VoxelPack, {
        SOURCE: raw,
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
    for (let tap = 0; tap < taps; tap += tapsAtOnce) {
      const count = Math.min(tapsAtOnce, taps - tap);
      const tasks = count * Math.ceil(panels / group);
      runtime.release(mark);
      parameters[Volumes.SAMPLES] = samples;
      parameters[Volumes.FIRST] = tap;
      parameters[Volumes.COUNT] = count;
      parameters[Volumes.ADD] = first > 0 ? 1 : 0;
      runtime.run('filterGrad', parameters, tasks, scratch);
      if (first + samples === batch)
        dw.set(runtime.floats(result, count * cin * cout), tap * cin * cout);
    }
  }
}

function patchFilterGrad(
  runtime: KernelRuntime,
  x: Float32Array,
  dy: Float32Array,
  dw: Float32Array,
  info: Conv3DInfo,
): void {
  const pass = forward(info);
  const { batch, cin, cout } = pass;
  const inSize = volume(pass.from) * cin;
  const outSize = volume(pass.to) * cout;
  runtime.reset();
  const depth = volume(pass.kernel) * cin;
  const part = Math.ceil(depth / TILE_ROWS) * TILE_ROWS * cout;
  const length = PATCH_GRAD_PARTS * part;
  const sums = runtime.allocate(length * 4);
  runtime.floats(sums, length).fill(0);
  const from = runtime.allocate(inSize * 4);
  const gradient = runtime.allocate(outSize * 4);
  const parameters = volumeWords(pass, { INPUT: from, OUTPUT: gradient, FILTER: sums });
  const scratch = runtime.exports.patchScratchBytes(depth, cout);
  const mark = runtime.mark();
  for (let i = 0; i < batch; i++) {
    runtime.release(mark);
    runtime.floats(from, inSize).set(x.subarray(i * inSize, (i + 1) * inSize));
    runtime.floats(gradient, outSize).set(dy.subarray(i * outSize, (i + 1) * outSize));
    runtime.run('patchFilterGrad', parameters, PATCH_GRAD_PARTS, scratch);
  }
  dw.fill(0);
  for (let at = 0; at < length; at += part) {
    const share = runtime.floats(sums + at * 4, dw.length);
    for (let i = 0; i < dw.length; i++) dw[i] += share[i];
  }
}
