/**
 * 3x3x3 convolution with stride 1 by Winograd's minimal filtering F(2x2x2, 3x3x3) (Lavin & Gray 2016,
 * "Fast Algorithms for Convolutional Neural Networks"): a tile of 2^3 output voxels needs 4^3 products per
 * channel pair instead of 2^3 * 3^3, which is 3.4 times fewer.
 *
 *   4x4x4 input tile --B--> V[64][tile][cin] ─┐
 *                                             ├─ 64 matrix products ─> M[64][tile][cout] --A--> 2x2x2 voxels
 *   3x3x3 filter ------G--> U[64][cin][cout] ─┘
 *
 * Its filter gradient is in `winograd-grad.ts`.
 */
import { packPanel } from './filter';
import { FilterPack, TILE_ROWS, Volumes, WINOGRAD_TILES } from './layout';
import { activate, i32At } from './simd';
import { LIST_BYTES, listRows, multiplyRows } from './tile';
import {
  componentStep, listVoxels, outputOf, POINTERS, sampleTiles, tileCount, transformInput, WORK,
} from './winograd-tiles';

/** Bytes of scratch that one thread needs for the convolution. */
export function winogradScratchBytes(cin: i32, cout: i32): i32 {
  const components = componentStep(WINOGRAD_TILES, <usize>cin << 2) + componentStep(WINOGRAD_TILES, <usize>cout << 2);
  return <i32>(POINTERS + WORK + 64 * components) + 64;
}

/** Rows of A: `[m0 + m1 + m2, m1 - m2 - m3]`, from four vectors `step` apart to two vectors `to`, `to + gap`. */
// @ts-ignore: decorator
@inline
function outputLine(from: usize, step: usize, to: usize, gap: usize): void {
  const m1 = v128.load(from + step);
  const m2 = v128.load(from + 2 * step);
  const low = f32x4.add(v128.load(from), f32x4.add(m1, m2));
  const high = f32x4.sub(f32x4.sub(m1, m2), v128.load(from + 3 * step));
  v128.store(to, low);
  v128.store(to + gap, high);
}

/** Turns `m[component * step + channel]` into the tile's output voxels that lie inside the volume. */
function transformOutput(p: usize, tile: i32, m: usize, step: usize, work: usize): void {
  const cout = i32At(p, Volumes.COUT);
  const outD = i32At(p, Volumes.OUT_D);
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const tilesH = (outH + 1) >> 1;
  const tilesW = (outW + 1) >> 1;
  const output = outputOf(p, tile);
  tile %= sampleTiles(p);
  const z0 = 2 * (tile / (tilesH * tilesW));
  const y0 = 2 * ((tile / tilesW) % tilesH);
  const x0 = 2 * (tile % tilesW);
  const bias = <usize>i32At(p, Volumes.BIAS);
  const activation = i32At(p, Volumes.ACTIVATION);
  for (let c: usize = 0; c < <usize>cout << 2; c += 16) {
    // [4][4][4] -> [2][4][4] -> [2][2][4] -> [2][2][2], vectors of four channels.
    for (let i: usize = 0; i < 16; i++) outputLine(m + i * step + c, 16 * step, work + (i << 4), 256);
    for (let z: usize = 0; z < 2; z++) {
      for (let x: usize = 0; x < 4; x++) {
        const at = work + (z << 8) + (x << 4);
        outputLine(at, 64, at, 64);
      }
    }
    const shift = bias != 0 ? v128.load(bias + c) : f32x4.splat(0);
    for (let z = 0; z < 2; z++) {
      if (z0 + z >= outD) break;
      for (let y = 0; y < 2; y++) {
        if (y0 + y >= outH) break;
        const at = work + (<usize>z << 8) + (<usize>y << 6);
        outputLine(at, 16, at, 16);
        const voxel = ((z0 + z) * outH + y0 + y) * outW + x0;
        const to = output + <usize>voxel * (<usize>cout << 2) + c;
        v128.store(to, activate(f32x4.add(v128.load(at), shift), activation));
        if (x0 + 1 >= outW) continue;
        v128.store(to + (<usize>cout << 2), activate(f32x4.add(v128.load(at, 16), shift), activation));
      }
    }
  }
}

/** Computes the output tiles `task * 12 ...` of the list; channel counts are multiples of 8. */
export function winograd(p: usize, task: i32, scratch: usize): void {
  const cin = i32At(p, Volumes.CIN);
  const cout = i32At(p, Volumes.COUT);
  const first = task * WINOGRAD_TILES;
  const tiles = min(WINOGRAD_TILES, tileCount(p) - first);
  const work = scratch + POINTERS;
  const v = work + WORK;
  const cinBytes = <usize>cin << 2;
  const coutBytes = <usize>cout << 2;
  const vStep = componentStep(WINOGRAD_TILES, cinBytes);
  const mStep = componentStep(WINOGRAD_TILES, coutBytes);
  const m = v + 64 * vStep;
  for (let i = 0; i < tiles; i++) {
    listVoxels(p, first + i, scratch);
    transformInput(scratch, work, cin, v + <usize>i * cinBytes, vStep);
  }
  const panelBytes = <usize>cin << 5;
  const two = tiles > TILE_ROWS;
  // In place of the addresses of voxels: those of the rows of one or two register tiles.
  const rows = scratch;
  const more = scratch + LIST_BYTES;
  for (let k: usize = 0; k < 64; k++) {
    listRows(rows, v + k * vStep, cinBytes, TILE_ROWS);
    listRows(more, v + k * vStep + 6 * cinBytes, cinBytes, TILE_ROWS);
    for (let channel: usize = 0; channel < <usize>cout; channel += 8) {
      const panel = <usize>i32At(p, Volumes.FILTER) + ((channel >> 3) * 64 + k) * panelBytes;
      const out = m + k * mStep + (channel << 2);
      multiplyRows(rows, cinBytes, panel, out, coutBytes, false);
      if (two) multiplyRows(more, cinBytes, panel, out + 6 * coutBytes, coutBytes, false);
    }
  }
  for (let i = 0; i < tiles; i++) {
    transformOutput(p, first + i, m + <usize>i * coutBytes, mStep, work);
  }
}

/** Rows of G: `[g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2]` for vectors `step` apart, to vectors `gap` apart. */
// @ts-ignore: decorator
@inline
function filterLine(from: usize, step: usize, to: usize, gap: usize): void {
  const half = f32x4.splat(0.5);
  const g0 = v128.load(from);
  const g1 = v128.load(from + step);
  const g2 = v128.load(from + 2 * step);
  const outer = f32x4.add(g0, g2);
  v128.store(to, g0);
  v128.store(to + gap, f32x4.mul(half, f32x4.add(outer, g1)));
  v128.store(to + 2 * gap, f32x4.mul(half, f32x4.sub(outer, g1)));
  v128.store(to + 3 * gap, g2);
}

/** Bytes of scratch that one thread needs for the filter: a packed panel, then 2.5 KiB. */
export function winogradFilterScratchBytes(rows: i32): i32 {
  return 27 * (rows << 5) + 2560;
}

/** Transforms panel `task` of a filter (parameters as of `packFilter`) into `[64][rows][8]`. */
export function winogradFilter(p: usize, task: i32, scratch: usize): void {
  const tapBytes = <usize>i32At(p, FilterPack.ROWS) << 5;
  const reverse = i32At(p, FilterPack.REVERSE) != 0;
  packPanel(p, task, scratch);
  const work = scratch + 27 * tapBytes;
  // [3][3][3] -> [3][3][4] -> [3][4][4] -> [4][4][4]
  const wide = work + 512;
  const tall = wide + 576;
  for (let at: usize = 0; at < tapBytes; at += 16) {
    for (let tap: usize = 0; tap < 27; tap++) {
      v128.store(work + (tap << 4), v128.load(scratch + (reverse ? 26 - tap : tap) * tapBytes + at));
    }
    for (let i: usize = 0; i < 9; i++) filterLine(work + i * 48, 16, wide + (i << 6), 16);
    for (let z: usize = 0; z < 3; z++) {
      for (let x: usize = 0; x < 4; x++) {
        filterLine(wide + z * 192 + (x << 4), 64, tall + (z << 8) + (x << 4), 64);
      }
    }
    const to = <usize>i32At(p, FilterPack.TARGET) + <usize>task * 64 * tapBytes + at;
    for (let i: usize = 0; i < 16; i++) filterLine(tall + (i << 4), 256, to + i * tapBytes, 16 * tapBytes);
  }
}
