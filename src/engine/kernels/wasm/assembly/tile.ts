/**
 * The register tiles of all products here: 6 x 8 sums stay in registers while both operands pass by.
 *
 *   rows:    a0[k] ─┐                          columns:  a[k][0] ─┐
 *            ...    ├─ x b[k][8] ─> out[6][8]            ...      ├─ x b[k][8] ─> out[6][8]
 *            a5[k] ─┘                                    a[k][5] ─┘
 *
 * Both are exported so that they stay functions of their own, with one loop and nothing but stores behind it: inlined,
 * V8 unrolls them or keeps half of the sums on the stack, which halves the speed. For the same reason the addresses of
 * six rows come in a list: as arguments they would be counted up on the stack, a fifth slower.
 */
import { TILE_BYTES, TILE_ROWS } from './layout';
import { madd } from './simd';

/** Bytes for a list of six addresses. */
export const LIST_BYTES: usize = 32;

/** Writes the addresses of six rows that are `rowBytes` apart to `list`; past the first `count` the last one again. */
export function listRows(list: usize, first: usize, rowBytes: usize, count: i32): void {
  for (let row = 0; row < TILE_ROWS; row++) {
    store<usize>(list, first);
    list += 4;
    if (row + 1 < count) first += rowBytes;
  }
}

/**
 * `out [6, 8] = a [6, depth] x b [depth, 8]`, added to what `out` holds where `add`: the six rows of `depthBytes` bytes
 * begin at the addresses of `list`, those of `out` are `outStep` bytes apart.
 */
export function multiplyRows(list: usize, depthBytes: usize, b: usize, out: usize, outStep: usize, add: bool): void {
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
  if (add) {
    let o = out;
    c00 = v128.load(o);
    c01 = v128.load(o, 16);
    o += outStep;
    c10 = v128.load(o);
    c11 = v128.load(o, 16);
    o += outStep;
    c20 = v128.load(o);
    c21 = v128.load(o, 16);
    o += outStep;
    c30 = v128.load(o);
    c31 = v128.load(o, 16);
    o += outStep;
    c40 = v128.load(o);
    c41 = v128.load(o, 16);
    o += outStep;
    c50 = v128.load(o);
    c51 = v128.load(o, 16);
  }
  let a0 = load<usize>(list);
  let a1 = load<usize>(list, 4);
  let a2 = load<usize>(list, 8);
  let a3 = load<usize>(list, 12);
  let a4 = load<usize>(list, 16);
  let a5 = load<usize>(list, 20);
  const end = a0 + depthBytes;
  while (a0 < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    b += 32;
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
  v128.store(out, c00);
  v128.store(out, c01, 16);
  out += outStep;
  v128.store(out, c10);
  v128.store(out, c11, 16);
  out += outStep;
  v128.store(out, c20);
  v128.store(out, c21, 16);
  out += outStep;
  v128.store(out, c30);
  v128.store(out, c31, 16);
  out += outStep;
  v128.store(out, c40);
  v128.store(out, c41, 16);
  out += outStep;
  v128.store(out, c50);
  v128.store(out, c51, 16);
}

/**
 * `out [6, 8] = a [depth, 6]^T x b [depth, 8]`, added to what `out` holds where `add`: rows of `a` are `aStep` bytes
 * apart, those of `b`, up to `end`, `bStep`, those of `out` `outStep`.
 */
export function multiplyColumns(
  a: usize, aStep: usize, b: usize, bStep: usize, end: usize, out: usize, outStep: usize, add: bool,
): void {
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
  if (add) {
    let o = out;
    c00 = v128.load(o);
    c01 = v128.load(o, 16);
    o += outStep;
    c10 = v128.load(o);
    c11 = v128.load(o, 16);
    o += outStep;
    c20 = v128.load(o);
    c21 = v128.load(o, 16);
    o += outStep;
    c30 = v128.load(o);
    c31 = v128.load(o, 16);
    o += outStep;
    c40 = v128.load(o);
    c41 = v128.load(o, 16);
    o += outStep;
    c50 = v128.load(o);
    c51 = v128.load(o, 16);
  }
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    b += bStep;
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
    a += aStep;
  }
  v128.store(out, c00);
  v128.store(out, c01, 16);
  out += outStep;
  v128.store(out, c10);
  v128.store(out, c11, 16);
  out += outStep;
  v128.store(out, c20);
  v128.store(out, c21, 16);
  out += outStep;
  v128.store(out, c30);
  v128.store(out, c31, 16);
  out += outStep;
  v128.store(out, c40);
  v128.store(out, c41, 16);
  out += outStep;
  v128.store(out, c50);
  v128.store(out, c51, 16);
}

/** Adds the 6 x 8 sums of a tile to six rows of `out`. */
export function addTile(tile: usize, out: usize, rowBytes: usize): void {
  for (const end = tile + TILE_BYTES; tile < end; tile += 32) {
    v128.store(out, f32x4.add(v128.load(out), v128.load(tile)));
    v128.store(out, f32x4.add(v128.load(out, 16), v128.load(tile, 16)), 16);
    out += rowBytes;
  }
}
