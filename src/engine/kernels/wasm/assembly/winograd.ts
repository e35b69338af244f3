/**
 * 3x3x3 convolution with stride 1 by Winograd's minimal filtering F(2x2x2, 3x3x3) (Lavin & Gray 2016,
 * "Fast Algorithms for Convolutional Neural Networks"): a tile of 2^3 output voxels needs 4^3 products per
 * channel pair instead of 2^3 * 3^3, which is 3.4 times fewer.
 *
 *   4x4x4 input tile --B--> V[64][tile][cin] ─┐
 *                                             ├─ 64 matrix products ─> M[64][tile][cout] --A--> 2x2x2 voxels
 *   3x3x3 filter ------G--> U[64][cin][cout] ─┘
 *
 * The filter gradient is the same bilinear algorithm read the other way, F(3x3x3, 2x2x2).
 */
import { activate, i32At, madd } from './simd';

const INPUT = 0;
const OUTPUT = 1;
const FILTER = 2;
const BIAS = 3;
const ZEROS = 4;
const CIN = 5;
const COUT = 6;
const IN_D = 7;
const IN_H = 8;
const IN_W = 9;
const OUT_D = 10;
const OUT_H = 11;
const OUT_W = 12;
const OFFSET_D = 13;
const OFFSET_H = 14;
const OFFSET_W = 15;
const ACTIVATION = 16;
/** Filter gradient only: the transformed operands, their tiles and the sums. */
const V = 17;
const Z = 18;
const SUMS = 19;
const FIRST_TILE = 20;
const CHUNK_TILES = 21;

/** Tiles per task: two register tiles of six. */
const TASK_TILES: i32 = 12;
const GRAD_TASK_TILES: i32 = 8;
const POINTERS: usize = 256;
const WORK: usize = 1024;

/** Bytes of scratch that one thread needs for the convolution. */
export function winogradScratchBytes(cin: i32, cout: i32): i32 {
  return <i32>(POINTERS + WORK) + 64 * TASK_TILES * (cin + cout) * 4 + 64;
}

/** Rows of B: `[d0 - d2, d1 + d2, d2 - d1, d1 - d3]`, for vectors `step` bytes apart, in place. */
// @ts-ignore: decorator
@inline
function inputLine(at: usize, step: usize): void {
  const d0 = v128.load(at);
  const d1 = v128.load(at + step);
  const d2 = v128.load(at + 2 * step);
  const d3 = v128.load(at + 3 * step);
  v128.store(at, f32x4.sub(d0, d2));
  v128.store(at + step, f32x4.add(d1, d2));
  v128.store(at + 2 * step, f32x4.sub(d2, d1));
  v128.store(at + 3 * step, f32x4.sub(d1, d3));
}

/** Addresses of the 4x4x4 voxels that a tile reads; voxels outside point to zeros. */
function listVoxels(p: usize, tile: i32, list: usize): void {
  const input = i32At(p, INPUT);
  const zeros = i32At(p, ZEROS);
  const bytes = i32At(p, CIN) << 2;
  const inD = i32At(p, IN_D);
  const inH = i32At(p, IN_H);
  const inW = i32At(p, IN_W);
  const tilesH = (i32At(p, OUT_H) + 1) >> 1;
  const tilesW = (i32At(p, OUT_W) + 1) >> 1;
  const z0 = 2 * (tile / (tilesH * tilesW)) + i32At(p, OFFSET_D);
  const y0 = 2 * ((tile / tilesW) % tilesH) + i32At(p, OFFSET_H);
  const x0 = 2 * (tile % tilesW) + i32At(p, OFFSET_W);
  for (let z = z0; z < z0 + 4; z++) {
    for (let y = y0; y < y0 + 4; y++) {
      const inside = <u32>z < <u32>inD && <u32>y < <u32>inH;
      const line = (z * inH + y) * inW;
      for (let x = x0; x < x0 + 4; x++) {
        store<i32>(list, inside && <u32>x < <u32>inW ? input + (line + x) * bytes : zeros);
        list += 4;
      }
    }
  }
}

/** Transforms one tile into `v[component * step + channel]`. */
function transformInput(list: usize, work: usize, cin: i32, v: usize, step: usize): void {
  for (let c: usize = 0; c < <usize>cin << 2; c += 16) {
    for (let line: usize = 0; line < 16; line++) {
      const from = list + (line << 4);
      const to = work + (line << 6);
      const d0 = v128.load(<usize>load<i32>(from) + c);
      const d1 = v128.load(<usize>load<i32>(from, 4) + c);
      const d2 = v128.load(<usize>load<i32>(from, 8) + c);
      const d3 = v128.load(<usize>load<i32>(from, 12) + c);
      v128.store(to, f32x4.sub(d0, d2));
      v128.store(to, f32x4.add(d1, d2), 16);
      v128.store(to, f32x4.sub(d2, d1), 32);
      v128.store(to, f32x4.sub(d1, d3), 48);
    }
    for (let z: usize = 0; z < 4; z++) {
      for (let x: usize = 0; x < 4; x++) inputLine(work + (z << 8) + (x << 4), 64);
    }
    for (let i: usize = 0; i < 16; i++) {
      const from = work + (i << 4);
      const to = v + i * step + c;
      const d0 = v128.load(from);
      const d1 = v128.load(from, 256);
      const d2 = v128.load(from, 512);
      const d3 = v128.load(from, 768);
      v128.store(to, f32x4.sub(d0, d2));
      v128.store(to + 16 * step, f32x4.add(d1, d2));
      v128.store(to + 32 * step, f32x4.sub(d2, d1));
      v128.store(to + 48 * step, f32x4.sub(d1, d3));
    }
  }
}

/** `m[6 rows, 8 columns] = v[6 rows, cin] x panel[cin, 8]`. */
// @ts-ignore: decorator
@inline
function product(v: usize, rowBytes: usize, panel: usize, m: usize, outBytes: usize): void {
  let a0 = v;
  let a1 = a0 + rowBytes;
  let a2 = a1 + rowBytes;
  let a3 = a2 + rowBytes;
  let a4 = a3 + rowBytes;
  let a5 = a4 + rowBytes;
  let c00: v128 = f32x4.splat(0);
  let c01: v128 = f32x4.splat(0);
  let c10: v128 = f32x4.splat(0);
  let c11: v128 = f32x4.splat(0);
  let c20: v128 = f32x4.splat(0);
  let c21: v128 = f32x4.splat(0);
  let c30: v128 = f32x4.splat(0);
  let c31: v128 = f32x4.splat(0);
  let c40: v128 = f32x4.splat(0);
  let c41: v128 = f32x4.splat(0);
  let c50: v128 = f32x4.splat(0);
  let c51: v128 = f32x4.splat(0);
  const end = a1;
  while (a0 < end) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    panel += 32;
    let a = v128.load_splat<f32>(a0);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load_splat<f32>(a1);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load_splat<f32>(a2);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load_splat<f32>(a3);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    a = v128.load_splat<f32>(a4);
    c40 = madd(a, b0, c40);
    c41 = madd(a, b1, c41);
    a = v128.load_splat<f32>(a5);
    c50 = madd(a, b0, c50);
    c51 = madd(a, b1, c51);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
    a5 += 4;
  }
  v128.store(m, c00);
  v128.store(m, c01, 16);
  m += outBytes;
  v128.store(m, c10);
  v128.store(m, c11, 16);
  m += outBytes;
  v128.store(m, c20);
  v128.store(m, c21, 16);
  m += outBytes;
  v128.store(m, c30);
  v128.store(m, c31, 16);
  m += outBytes;
  v128.store(m, c40);
  v128.store(m, c41, 16);
  m += outBytes;
  v128.store(m, c50);
  v128.store(m, c51, 16);
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
  const cout = i32At(p, COUT);
  const outD = i32At(p, OUT_D);
  const outH = i32At(p, OUT_H);
  const outW = i32At(p, OUT_W);
  const tilesH = (outH + 1) >> 1;
  const tilesW = (outW + 1) >> 1;
  const z0 = 2 * (tile / (tilesH * tilesW));
  const y0 = 2 * ((tile / tilesW) % tilesH);
  const x0 = 2 * (tile % tilesW);
  const bias = <usize>i32At(p, BIAS);
  const activation = i32At(p, ACTIVATION);
  const output = <usize>i32At(p, OUTPUT);
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

/** Tiles of one sample. */
// @ts-ignore: decorator
@inline
function tileCount(p: usize): i32 {
  return ((i32At(p, OUT_D) + 1) >> 1) * ((i32At(p, OUT_H) + 1) >> 1) * ((i32At(p, OUT_W) + 1) >> 1);
}

/** Computes the output tiles `task * 12 ...` of one sample; channel counts are multiples of 8. */
export function winograd(p: usize, task: i32, scratch: usize): void {
  const cin = i32At(p, CIN);
  const cout = i32At(p, COUT);
  const first = task * TASK_TILES;
  const tiles = min(TASK_TILES, tileCount(p) - first);
  const work = scratch + POINTERS;
  const v = work + WORK;
  const cinBytes = <usize>cin << 2;
  const coutBytes = <usize>cout << 2;
  const vStep = <usize>TASK_TILES * cinBytes;
  const mStep = <usize>TASK_TILES * coutBytes;
  const m = v + 64 * vStep;
  for (let i = 0; i < tiles; i++) {
    listVoxels(p, first + i, scratch);
    transformInput(scratch, work, cin, v + <usize>i * cinBytes, vStep);
  }
  const panelBytes = <usize>cin << 5;
  const groups = tiles > 6 ? 2 : 1;
  for (let k: usize = 0; k < 64; k++) {
    for (let channel: usize = 0; channel < <usize>cout; channel += 8) {
      const panel = <usize>i32At(p, FILTER) + ((channel >> 3) * 64 + k) * panelBytes;
      for (let group: usize = 0; group < <usize>groups; group++) {
        const rows = v + k * vStep + group * 6 * cinBytes;
        product(rows, cinBytes, panel, m + k * mStep + group * 6 * coutBytes + (channel << 2), coutBytes);
      }
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

/**
 * Transforms a packed filter `[columns/8][27][rows][8]` into `[columns/8][64][rows][8]`; `reverse` turns the
 * taps round (for the input gradient). `work` holds 2 KiB.
 */
export function winogradFilter(src: usize, dst: usize, rows: i32, columns: i32, reverse: i32, work: usize): void {
  const tapBytes = <usize>rows << 5;
  for (let panel: usize = 0; panel < <usize>columns >> 3; panel++) {
    for (let at: usize = 0; at < tapBytes; at += 16) {
      const from = src + panel * 27 * tapBytes + at;
      for (let tap: usize = 0; tap < 27; tap++) {
        v128.store(work + (tap << 4), v128.load(from + (reverse ? 26 - tap : tap) * tapBytes));
      }
      // [3][3][3] -> [3][3][4] -> [3][4][4] -> [4][4][4]
      const wide = work + 512;
      for (let i: usize = 0; i < 9; i++) filterLine(work + i * 48, 16, wide + (i << 6), 16);
      const tall = wide + 576;
      for (let z: usize = 0; z < 3; z++) {
        for (let x: usize = 0; x < 4; x++) {
          filterLine(wide + z * 192 + (x << 4), 64, tall + (z << 8) + (x << 4), 64);
        }
      }
      const to = dst + panel * 64 * tapBytes + at;
      for (let i: usize = 0; i < 16; i++) filterLine(tall + (i << 4), 256, to + i * tapBytes, 16 * tapBytes);
    }
  }
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
  const bytes = <usize>i32At(p, COUT) << 2;
  const outD = i32At(p, OUT_D);
  const outH = i32At(p, OUT_H);
  const outW = i32At(p, OUT_W);
  const tilesH = (outH + 1) >> 1;
  const tilesW = (outW + 1) >> 1;
  const z0 = 2 * (tile / (tilesH * tilesW));
  const y0 = 2 * ((tile / tilesW) % tilesH);
  const x0 = 2 * (tile % tilesW);
  const zero = f32x4.splat(0);
  for (let c: usize = 0; c < bytes; c += 16) {
    for (let dz = 0; dz < 2; dz++) {
      for (let dy = 0; dy < 2; dy++) {
        const inside = z0 + dz < outD && y0 + dy < outH;
        const at = <usize>i32At(p, OUTPUT) + <usize>(((z0 + dz) * outH + y0 + dy) * outW + x0) * bytes + c;
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
  const cin = i32At(p, CIN);
  const cinBytes = <usize>cin << 2;
  const coutBytes = <usize>i32At(p, COUT) << 2;
  const tiles = i32At(p, CHUNK_TILES);
  const work = scratch + POINTERS;
  const end = min(tiles, (task + 1) * GRAD_TASK_TILES);
  for (let i = task * GRAD_TASK_TILES; i < end; i++) {
    const tile = i32At(p, FIRST_TILE) + i;
    listVoxels(p, tile, scratch);
    transformInput(scratch, work, cin, <usize>i32At(p, V) + <usize>i * cinBytes, <usize>tiles * cinBytes);
    transformGradient(p, tile, work, <usize>i32At(p, Z) + <usize>i * coutBytes, <usize>tiles * coutBytes);
  }
}

// @ts-ignore: decorator
@inline
function accumulate(at: usize, low: v128, high: v128): void {
  v128.store(at, f32x4.add(v128.load(at), low));
  v128.store(at, f32x4.add(v128.load(at, 16), high), 16);
}

/** Second half: `sums[task] += V[task]^T x Z[task]`, task = one of the 64 components. */
export function winogradGradProduct(p: usize, task: i32): void {
  const cin = i32At(p, CIN);
  const cout = i32At(p, COUT);
  const cinBytes = <usize>cin << 2;
  const coutBytes = <usize>cout << 2;
  const tiles = <usize>i32At(p, CHUNK_TILES);
  const v = <usize>i32At(p, V) + <usize>task * tiles * cinBytes;
  const z = <usize>i32At(p, Z) + <usize>task * tiles * coutBytes;
  const sums = <usize>i32At(p, SUMS) + <usize>(task * cin) * coutBytes;
  for (let ci = 0; ci < cin; ci += 6) {
    const rows = cin - ci;
    for (let co = 0; co < cout; co += 8) {
      let a = v + (<usize>ci << 2);
      let b = z + (<usize>co << 2);
      const end = b + tiles * coutBytes;
      let c00: v128 = f32x4.splat(0);
      let c01: v128 = f32x4.splat(0);
      let c10: v128 = f32x4.splat(0);
      let c11: v128 = f32x4.splat(0);
      let c20: v128 = f32x4.splat(0);
      let c21: v128 = f32x4.splat(0);
      let c30: v128 = f32x4.splat(0);
      let c31: v128 = f32x4.splat(0);
      let c40: v128 = f32x4.splat(0);
      let c41: v128 = f32x4.splat(0);
      let c50: v128 = f32x4.splat(0);
      let c51: v128 = f32x4.splat(0);
      while (b < end) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
        let x = v128.load_splat<f32>(a);
        c00 = madd(x, b0, c00);
        c01 = madd(x, b1, c01);
        x = v128.load_splat<f32>(a, 4);
        c10 = madd(x, b0, c10);
        c11 = madd(x, b1, c11);
        x = v128.load_splat<f32>(a, 8);
        c20 = madd(x, b0, c20);
        c21 = madd(x, b1, c21);
        x = v128.load_splat<f32>(a, 12);
        c30 = madd(x, b0, c30);
        c31 = madd(x, b1, c31);
        x = v128.load_splat<f32>(a, 16);
        c40 = madd(x, b0, c40);
        c41 = madd(x, b1, c41);
        x = v128.load_splat<f32>(a, 20);
        c50 = madd(x, b0, c50);
        c51 = madd(x, b1, c51);
        a += cinBytes;
        b += coutBytes;
      }
      const out = sums + <usize>ci * coutBytes + (<usize>co << 2);
      accumulate(out, c00, c01);
      if (rows > 1) accumulate(out + coutBytes, c10, c11);
      if (rows > 2) accumulate(out + 2 * coutBytes, c20, c21);
      if (rows > 3) accumulate(out + 3 * coutBytes, c30, c31);
      if (rows > 4) accumulate(out + 4 * coutBytes, c40, c41);
      if (rows > 5) accumulate(out + 5 * coutBytes, c50, c51);
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

/** Turns sums `[64][pairs]` into the filter gradient `[27][pairs]`, pairs = cin * cout; `work` holds 1 KiB. */
export function winogradGradFilter(sums: usize, dst: usize, pairs: i32, work: usize): void {
  const step = <usize>pairs << 2;
  for (let at: usize = 0; at < step; at += 16) {
    // [4][4][4] -> [3][4][4] -> [3][3][4] -> [3][3][3]
    for (let i: usize = 0; i < 16; i++) tapLine(sums + i * step + at, 16 * step, work + (i << 4), 256);
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
