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

/** Bytes of scratch that one thread needs: addresses, the patches and the block of results. */
export function patchScratchBytes(depth: i32, cout: i32): i32 {
  return <i32>LISTS + CONV_VOXELS * (depth + ((cout + 7) & ~7)) * 4 + 64;
}

// @ts-ignore: decorator
@inline
function depthOf(p: usize): i32 {
  return i32At(p, Volumes.K_D) * i32At(p, Volumes.K_H) * i32At(p, Volumes.K_W) * i32At(p, Volumes.CIN);
}

/**
 * Writes the patches of the output voxels `[first, end)`, rows of `[kz][ky][kx][channel]`. Lines, or voxels where taps
 * are turned round or apart, are copied in whole vectors: what is too much is overwritten by the next, the last time by
 * sums.
 */
function gather(p: usize, first: i32, end: i32, to: usize): void {
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
  const input = <usize>i32At(p, Volumes.INPUT);
  const lineBytes = <usize>(kW * cin) << 2;
  const reach = (kW - 1) * stepW;
  const voxelBytes = <usize>cin << 2;
  // Taps side by side are one run of a line.
  const runBytes = stepW == 1 ? lineBytes : voxelBytes;
  const runStep = <usize>(stepW * cin) << 2;
  for (let pixel = first; pixel < end; pixel++) {
    const x0 = (pixel % outW) * i32At(p, Volumes.SCALE_W) + i32At(p, Volumes.OFFSET_W);
    const yz = pixel / outW;
    const y0 = (yz % outH) * i32At(p, Volumes.SCALE_H) + i32At(p, Volumes.OFFSET_H);
    const z0 = (yz / outH) * i32At(p, Volumes.SCALE_D) + i32At(p, Volumes.OFFSET_D);
    const whole = x0 >= 0 && x0 < inW && x0 + reach >= 0 && x0 + reach < inW;
    for (let kz = 0; kz < kD; kz++) {
      const z = z0 + kz * stepD;
      for (let ky = 0; ky < kH; ky++) {
        const y = y0 + ky * stepH;
        const next = to + lineBytes;
        if (<u32>z >= <u32>inD || <u32>y >= <u32>inH) {
          for (; to < next; to += 16) v128.store(to, f32x4.splat(0));
          to = next;
          continue;
        }
        const line = (z * inH + y) * inW;
        if (whole) {
          let run = input + (<usize>((line + x0) * cin) << 2);
          while (to < next) {
            const end = to + runBytes;
            for (let from = run; to < end; to += 16, from += 16) v128.store(to, v128.load(from));
            to = end;
            run += runStep;
          }
          continue;
        }
        for (let x = x0; to < next; x += stepW) {
          const inside = <u32>x < <u32>inW;
          const from = input + (<usize>((line + x) * cin) << 2);
          for (let c: usize = 0; c < <usize>cin << 2; c += 4, to += 4) store<f32>(to, inside ? load<f32>(from + c) : 0);
        }
      }
    }
  }
}

/** Computes the output voxels `task * 48 ...` of one sample. */
export function patchConv(p: usize, task: i32, scratch: usize): void {
  const cout = i32At(p, Volumes.COUT);
  const first = task * CONV_VOXELS;
  const end = min(first + CONV_VOXELS, pixelsOf(p));
  const depthBytes = <usize>depthOf(p) << 2;
  const patches = scratch + LISTS;
  const sums = patches + <usize>CONV_VOXELS * depthBytes;
  const sumBytes = <usize>((cout + 7) & ~7) << 2;
  gather(p, first, end, patches);
  const lists = scratch + LIST_BYTES * <usize>((end - first + TILE_ROWS - 1) / TILE_ROWS);
  let rows = patches;
  for (let list = scratch; list < lists; list += LIST_BYTES) {
    listRows(list, rows, depthBytes, TILE_ROWS);
    rows += <usize>TILE_ROWS * depthBytes;
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
  let out = <usize>i32At(p, Volumes.OUTPUT) + <usize>first * bytes;
  for (let row = 0; row < end - first; row++) {
    const from = sums + <usize>row * sumBytes;
    for (let at: usize = 0; at < sumBytes; at += 16) {
      const value = v128.load(from + at);
      v128.store(from + at, activate(bias ? f32x4.add(value, v128.load(bias + at)) : value, activation));
    }
    memory.copy(out, from, bytes);
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
  const depthBytes = <usize>depth << 2;
  const coutBytes = <usize>cout << 2;
  const sums = <usize>i32At(p, Volumes.FILTER) + <usize>(task * sumRows(depth)) * coutBytes;
  const tile = scratch + <usize>CONV_VOXELS * depthBytes;
  const to = <i32>((<i64>pixels * (task + 1)) / PATCH_GRAD_PARTS);
  for (let first = <i32>((<i64>pixels * task) / PATCH_GRAD_PARTS); first < to; first += CONV_VOXELS) {
    const end = min(first + CONV_VOXELS, to);
    gather(p, first, end, scratch);
    const dy = <usize>i32At(p, Volumes.OUTPUT) + <usize>first * coutBytes;
    const dyEnd = dy + <usize>(end - first) * coutBytes;
    for (let k = 0; k < depth; k += 6) {
      for (let c: usize = 0; c < coutBytes; c += 32) {
        const out = sums + <usize>k * coutBytes + c;
        multiplyColumns(scratch + (<usize>k << 2), depthBytes, dy + c, coutBytes, dyEnd + c, tile, 32, false);
        addTile(tile, out, coutBytes);
      }
    }
  }
}
