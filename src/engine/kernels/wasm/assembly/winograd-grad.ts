/**
 * Filter gradient of a 3x3x3 convolution with stride 1 by Winograd: the bilinear algorithm of `winograd.ts`
 * read the other way, F(3x3x3, 2x2x2).
 *
 *   4x4x4 tiles of x ---B--> V[64][tile][cin]  ─┐
 *                                               ├─ 64 products V^T Z ─> sums[64][cin][cout] --> dW[27][cin][cout]
 *   2x2x2 tiles of dy -----> Z[64][tile][cout] ─┘
 */
import { TILE_ROWS, Volumes, WINOGRAD_GRAD_TILES } from './layout';
import { i32At } from './simd';
import { addTile, multiplyColumns } from './tile';
import { componentStep, listVoxels, outputOf, POINTERS, sampleTiles, transformInput, WORK } from './winograd-tiles';

/** Bytes of both operands that one pass of the product keeps in the first cache. */
const BLOCK_BYTES: usize = 16384;

/** Bytes of scratch that one thread needs for the transforms. */
export function winogradGradScratchBytes(): i32 {
  return <i32>(POINTERS + WORK) + 64;
}

/** Bytes of `tiles` transformed tiles. */
export function winogradGradTileBytes(tiles: i32, channels: i32): i32 {
  return 64 * <i32>componentStep(tiles, <usize>channels << 2);
}

/** `[g0, (g0 + g1) / 2, (g0 - g1) / 2, g1]`: transforms an output gradient for F(3, 2). */
// @ts-ignore: decorator
@inline
function gradientLine(g0: v128, g1: v128, to: usize, gap: usize): void {
  const half = f32x4.splat(0.5);
  v128.store(to, g0);
  v128.store(to + gap, f32x4.mul(half, f32x4.add(g0, g1)));
  v128.store(to + 2 * gap, f32x4.mul(half, f32x4.sub(g0, g1)));
  v128.store(to + 3 * gap, g1);
}

/** Transforms one tile of dy (`OUTPUT` holds dy) into `z[component * step + channel]`. */
function transformGradient(p: usize, tile: i32, work: usize, z: usize, step: usize): void {
  const bytes = <usize>i32At(p, Volumes.COUT) << 2;
  const outD = i32At(p, Volumes.OUT_D);
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const tilesH = (outH + 1) >> 1;
  const tilesW = (outW + 1) >> 1;
  const gradient = outputOf(p, tile);
  tile %= sampleTiles(p);
  const z0 = 2 * (tile / (tilesH * tilesW));
  const y0 = 2 * ((tile / tilesW) % tilesH);
  const x0 = 2 * (tile % tilesW);
  const zero = f32x4.splat(0);
  for (let c: usize = 0; c < bytes; c += 16) {
    for (let dz = 0; dz < 2; dz++) {
      for (let dy = 0; dy < 2; dy++) {
        const inside = z0 + dz < outD && y0 + dy < outH;
        const at = gradient + <usize>(((z0 + dz) * outH + y0 + dy) * outW + x0) * bytes + c;
        const g0 = inside ? v128.load(at) : zero;
        const g1 = inside && x0 + 1 < outW ? v128.load(at + bytes) : zero;
        gradientLine(g0, g1, work + (<usize>dz << 8) + (<usize>dy << 6), 16);
      }
    }
    for (let dz: usize = 0; dz < 2; dz++) {
      for (let x: usize = 0; x < 4; x++) {
        const at = work + (dz << 8) + (x << 4);
        gradientLine(v128.load(at), v128.load(at + 64), at, 64);
      }
    }
    for (let i: usize = 0; i < 16; i++) {
      const at = work + (i << 4);
      gradientLine(v128.load(at), v128.load(at + 256), z + i * step + c, 16 * step);
    }
  }
}

/** First half of the filter gradient: transforms 8 tiles of x and dy into V and Z `[64][tiles][channels]`. */
export function winogradGradTiles(p: usize, task: i32, scratch: usize): void {
  const cin = i32At(p, Volumes.CIN);
  const cinBytes = <usize>cin << 2;
  const coutBytes = <usize>i32At(p, Volumes.COUT) << 2;
  const tiles = i32At(p, Volumes.COUNT);
  const vStep = componentStep(tiles, cinBytes);
  const zStep = componentStep(tiles, coutBytes);
  const work = scratch + POINTERS;
  const end = min(tiles, (task + 1) * WINOGRAD_GRAD_TILES);
  for (let i = task * WINOGRAD_GRAD_TILES; i < end; i++) {
    const tile = i32At(p, Volumes.FIRST) + i;
    listVoxels(p, tile, scratch);
    transformInput(scratch, work, cin, <usize>i32At(p, Volumes.V) + <usize>i * cinBytes, vStep);
    transformGradient(p, tile, work, <usize>i32At(p, Volumes.Z) + <usize>i * coutBytes, zStep);
  }
}

/** Rows of `channels` sums, filled up to whole register tiles. */
// @ts-ignore: decorator
@inline
export function sumRows(channels: i32): i32 {
  return ((channels + TILE_ROWS - 1) / TILE_ROWS) * TILE_ROWS;
}

/** Second half: `sums[task] += V[task]^T x Z[task]`, task = one of the 64 components; `[64][sumRows(cin)][cout]`. */
export function winogradGradProduct(p: usize, task: i32, scratch: usize): void {
  const cin = i32At(p, Volumes.CIN);
  const cout = i32At(p, Volumes.COUT);
  const cinBytes = <usize>cin << 2;
  const coutBytes = <usize>cout << 2;
  const tiles = <usize>i32At(p, Volumes.COUNT);
  const sums = <usize>i32At(p, Volumes.SUMS) + <usize>(task * sumRows(cin)) * coutBytes;
  const block = max<usize>(16, BLOCK_BYTES / (cinBytes + coutBytes));
  for (let first: usize = 0; first < tiles; first += block) {
    const v = <usize>i32At(p, Volumes.V) + <usize>task * componentStep(tiles, cinBytes) + first * cinBytes;
    const z = <usize>i32At(p, Volumes.Z) + <usize>task * componentStep(tiles, coutBytes) + first * coutBytes;
    const end = z + min(block, tiles - first) * coutBytes;
    for (let ci = 0; ci < cin; ci += TILE_ROWS) {
      for (let co = 0; co < cout; co += 8) {
        const out = sums + <usize>ci * coutBytes + (<usize>co << 2);
        const offset = <usize>co << 2;
        multiplyColumns(v + (<usize>ci << 2), cinBytes, z + offset, coutBytes, end + offset, scratch, 32, false);
        addTile(scratch, out, coutBytes);
      }
    }
  }
}

/** `[m0 + m1 + m2, m1 - m2, m1 + m2 - m3]` for vectors `step` apart, to vectors `gap` apart. */
// @ts-ignore: decorator
@inline
function tapLine(from: usize, step: usize, to: usize, gap: usize): void {
  const m0 = v128.load(from);
  const m1 = v128.load(from + step);
  const m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step);
  const both = f32x4.add(m1, m2);
  v128.store(to, f32x4.add(m0, both));
  v128.store(to + gap, f32x4.sub(m1, m2));
  v128.store(to + 2 * gap, f32x4.sub(both, m3));
}

/** Turns the sums into the filter gradient `[27][cin * cout]`; `work` holds 1 KiB. */
export function winogradGradFilter(sums: usize, dst: usize, cin: i32, cout: i32, work: usize): void {
  const step = <usize>(cin * cout) << 2;
  const sumStep = <usize>(sumRows(cin) * cout) << 2;
  for (let at: usize = 0; at < step; at += 16) {
    // [4][4][4] -> [3][4][4] -> [3][3][4] -> [3][3][3]
    for (let i: usize = 0; i < 16; i++) tapLine(sums + i * sumStep + at, 16 * sumStep, work + (i << 4), 256);
    for (let z: usize = 0; z < 3; z++) {
      for (let x: usize = 0; x < 4; x++) {
        const line = work + (z << 8) + (x << 4);
        tapLine(line, 64, line, 64);
      }
    }
    for (let z: usize = 0; z < 3; z++) {
      for (let y: usize = 0; y < 3; y++) {
        tapLine(work + (z << 8) + (y << 6), 16, dst + (z * 9 + y * 3) * step + at, step);
      }
    }
  }
}
