/**
 * Convolution and filter gradient where the input has few channels (the first layer of nearly every network):
 * the taps of a block of voxels are gathered into rows, which makes the products long enough to pay.
 *
 *   48 voxels: patches[48][taps * cin] x filter[taps * cin][cout] -> y[48][cout]
 *   patches^T [taps * cin][48] x dy[48][cout] -> dW[taps * cin][cout]
 */
import { pixelsOf } from './conv';
import { CONV_VOXELS, PATCH_GRAD_PARTS, TILE_ROWS, Volumes } from './layout';
import { activate, i32At } from './simd';
import { addTile, LIST_BYTES, listRows, multiplyColumns, multiplyRows } from './tile';
import { sumRows } from './winograd-grad';

/** Bytes for the addresses of a block's rows. */
const LISTS: usize = LIST_BYTES * <usize>(CONV_VOXELS / TILE_ROWS);

/** Bytes from one patch to the next: whole vectors that are copied may reach so far behind the last tap. */
// @ts-ignore: decorator
@inline
function patchStep(depth: i32): usize {
  return <usize>(((depth << 2) + 27) & ~15);
}

/** Bytes of scratch that one thread needs: addresses, the patches and the block of results. */
export function patchScratchBytes(depth: i32, cout: i32): i32 {
  return <i32>LISTS + CONV_VOXELS * (<i32>patchStep(depth) + ((cout + 7) & ~7) * 4) + 64;
}

// @ts-ignore: decorator
@inline
function depthOf(p: usize): i32 {
  return i32At(p, Volumes.K_D) * i32At(p, Volumes.K_H) * i32At(p, Volumes.K_W) * i32At(p, Volumes.CIN);
}

/**
 * Writes the patches of the output voxels `[first, end)`, rows of `[kz][ky][kx][channel]` that are `step` bytes apart:
 * for a part of a line of voxels, one run of taps after the other, which lie side by side unless they are turned round or
 * apart.
 */
function gather(p: usize, first: i32, end: i32, to: usize, step: usize): void {
  const cin = i32At(p, Volumes.CIN);
  const inD = i32At(p, Volumes.IN_D);
  const inH = i32At(p, Volumes.IN_H);
  const inW = i32At(p, Volumes.IN_W);
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const kD = i32At(p, Volumes.K_D);
  const kH = i32At(p, Volumes.K_H);
  const kW = i32At(p, Volumes.K_W);
  const stepD = i32At(p, Volumes.STEP_D);
  const stepH = i32At(p, Volumes.STEP_H);
  const stepW = i32At(p, Volumes.STEP_W);
  const scaleW = i32At(p, Volumes.SCALE_W);
  const input = <usize>i32At(p, Volumes.INPUT);
  const voxelBytes = <usize>cin << 2;
  const together = stepW == 1;
  const runs = together ? 1 : kW;
  const runBytes = together ? <usize>kW * voxelBytes : voxelBytes;
  // Where the taps of a line begin and end, counted from its first one.
  const reach = (kW - 1) * stepW;
  const low = min(0, reach);
  const high = max(0, reach);
  for (let pixel = first; pixel < end; ) {
    const yz = pixel / outW;
    const x = pixel - yz * outW;
    const count = min(end - pixel, outW - x);
    const x0 = x * scaleW + i32At(p, Volumes.OFFSET_W);
    const y0 = (yz % outH) * i32At(p, Volumes.SCALE_H) + i32At(p, Volumes.OFFSET_H);
    const z0 = (yz / outH) * i32At(p, Volumes.SCALE_D) + i32At(p, Volumes.OFFSET_D);
    // Voxels whose taps all lie inside are those from `left` on, up to `right`.
    let left = 0;
    while (left < count && x0 + left * scaleW + low < 0) left++;
    let right = count;
    while (right > left && x0 + (right - 1) * scaleW + high >= inW) right--;
    let patch = to;
    for (let kz = 0; kz < kD; kz++) {
      const z = z0 + kz * stepD;
      for (let ky = 0; ky < kH; ky++) {
        const y = y0 + ky * stepH;
        const outside = <u32>z >= <u32>inD || <u32>y >= <u32>inH;
        const line = outside ? 0 : input + <usize>((z * inH + y) * inW) * voxelBytes;
        for (let run = 0; run < runs; run++) {
          const from = x0 + run * stepW;
          if (outside) zeros(patch, runBytes, step, count);
          else {
            const taps = together ? kW : 1;
            if (left > 0) someTaps(line, from, scaleW, taps, inW, voxelBytes, patch, step, left);
            copyRuns(line + <usize>(from + left * scaleW) * voxelBytes, <usize>scaleW * voxelBytes, runBytes, patch + <usize>left * step, step, right - left);
            const rest = patch + <usize>right * step;
            if (right < count) someTaps(line, from + right * scaleW, scaleW, taps, inW, voxelBytes, rest, step, count - right);
          }
          patch += runBytes;
        }
      }
    }
    to += <usize>count * step;
    pixel += count;
  }
}

/** `count` runs of `bytes` bytes in whole vectors: what is too much is overwritten by the next taps. */
function copyRuns(from: usize, fromStep: usize, bytes: usize, to: usize, step: usize, count: i32): void {
  if (bytes <= 16) {
    for (; count > 0; count--, from += fromStep, to += step) v128.store(to, v128.load(from));
    return;
  }
  for (; count > 0; count--, from += fromStep, to += step) {
    for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, v128.load(from + at));
  }
}

function zeros(to: usize, bytes: usize, step: usize, count: i32): void {
  for (; count > 0; count--, to += step) {
    for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, f32x4.splat(0));
  }
}

/** The taps of `count` voxels that may lie outside their line. */
function someTaps(line: usize, x: i32, scale: i32, taps: i32, width: i32, voxelBytes: usize, to: usize, step: usize, count: i32): void {
  for (; count > 0; count--, x += scale, to += step) {
    let at = to;
    for (let tap = x; tap < x + taps; tap++) {
      const inside = <u32>tap < <u32>width;
      const from = line + <usize>tap * voxelBytes;
      for (let c: usize = 0; c < voxelBytes; c += 4, at += 4) store<f32>(at, inside ? load<f32>(from + c) : 0);
    }
  }
}

/** Computes the output voxels `task * 48 ...` of one sample. */
export function patchConv(p: usize, task: i32, scratch: usize): void {
  const cout = i32At(p, Volumes.COUT);
  const first = task * CONV_VOXELS;
  const end = min(first + CONV_VOXELS, pixelsOf(p));
  const depthBytes = <usize>depthOf(p) << 2;
  const step = patchStep(depthOf(p));
  const patches = scratch + LISTS;
  const sums = patches + <usize>CONV_VOXELS * step;
  const sumBytes = <usize>((cout + 7) & ~7) << 2;
  gather(p, first, end, patches, step);
  const lists = scratch + LIST_BYTES * <usize>((end - first + TILE_ROWS - 1) / TILE_ROWS);
  let rows = patches;
  for (let list = scratch; list < lists; list += LIST_BYTES) {
    listRows(list, rows, step, TILE_ROWS);
    rows += <usize>TILE_ROWS * step;
  }
  for (let column: usize = 0; column < sumBytes; column += 32) {
    const panel = <usize>i32At(p, Volumes.FILTER) + column * (depthBytes >> 2);
    let out = sums + column;
    for (let list = scratch; list < lists; list += LIST_BYTES) {
      multiplyRows(list, depthBytes, panel, out, sumBytes, false);
      out += <usize>TILE_ROWS * sumBytes;
    }
  }
  const bias = <usize>i32At(p, Volumes.BIAS);
  const activation = i32At(p, Volumes.ACTIVATION);
  const bytes = <usize>cout << 2;
  const vectors = bytes & ~15;
  let out = <usize>i32At(p, Volumes.OUTPUT) + <usize>first * bytes;
  let from = sums;
  for (let row = 0; row < end - first; row++) {
    for (let at: usize = 0; at < sumBytes; at += 16) {
      const sum = v128.load(from + at);
      const value = activate(bias ? f32x4.add(sum, v128.load(bias + at)) : sum, activation);
      if (at < vectors) v128.store(out + at, value);
      else v128.store(from + at, value);
    }
    for (let at = vectors; at < bytes; at += 4) store<f32>(out + at, load<f32>(from + at));
    from += sumBytes;
    out += bytes;
  }
}

/**
 * Adds the share of the voxels `[task, task + 1) / 8` to the sums `[taps * cin, cout]` number `task` at
 * `FILTER`, whose rows are filled up to sixes; `OUTPUT` holds dy, cout is a multiple of 8.
 */
export function patchFilterGrad(p: usize, task: i32, scratch: usize): void {
  const cout = i32At(p, Volumes.COUT);
  const pixels = pixelsOf(p);
  const depth = depthOf(p);
  const step = patchStep(depth);
  const coutBytes = <usize>cout << 2;
  const sums = <usize>i32At(p, Volumes.FILTER) + <usize>(task * sumRows(depth)) * coutBytes;
  const tile = scratch + <usize>CONV_VOXELS * step;
  const to = <i32>((<i64>pixels * (task + 1)) / PATCH_GRAD_PARTS);
  for (let first = <i32>((<i64>pixels * task) / PATCH_GRAD_PARTS); first < to; first += CONV_VOXELS) {
    const end = min(first + CONV_VOXELS, to);
    gather(p, first, end, scratch, step);
    const dy = <usize>i32At(p, Volumes.OUTPUT) + <usize>first * coutBytes;
    const dyEnd = dy + <usize>(end - first) * coutBytes;
    for (let k = 0; k < depth; k += 6) {
      for (let c: usize = 0; c < coutBytes; c += 32) {
        const out = sums + <usize>k * coutBytes + c;
        multiplyColumns(scratch + (<usize>k << 2), step, dy + c, coutBytes, dyEnd + c, tile, 32, false);
        addTile(tile, out, coutBytes);
      }
    }
  }
}
