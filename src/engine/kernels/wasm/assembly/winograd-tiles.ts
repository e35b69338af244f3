/**
 * What Winograd's convolution and its filter gradient share: the tiles of 4x4x4 input voxels and their transform.
 */
import { Volumes } from './layout';
import { i32At } from './simd';

/** Bytes for the addresses of a tile's voxels. */
export const POINTERS: usize = 256;
/** Bytes for 64 vectors of four channels. */
export const WORK: usize = 1024;

/**
 * Bytes between the 64 components of `tiles` transformed tiles. A cache line more than they fill, or the
 * components of one tile would fall into few sets of the first cache and drive each other out.
 */
// @ts-ignore: decorator
@inline
export function componentStep(tiles: usize, channelBytes: usize): usize {
  return tiles * channelBytes + 64;
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

/** Tiles of one sample. */
// @ts-ignore: decorator
@inline
export function sampleTiles(p: usize): i32 {
  return ((i32At(p, Volumes.OUT_D) + 1) >> 1) * ((i32At(p, Volumes.OUT_H) + 1) >> 1) * ((i32At(p, Volumes.OUT_W) + 1) >> 1);
}

/** Tiles of all samples. */
// @ts-ignore: decorator
@inline
export function tileCount(p: usize): i32 {
  return i32At(p, Volumes.SAMPLES) * sampleTiles(p);
}

/** Where the output (or its gradient) of the sample of a tile starts. */
// @ts-ignore: decorator
@inline
export function outputOf(p: usize, tile: i32): usize {
  const size = i32At(p, Volumes.OUT_D) * i32At(p, Volumes.OUT_H) * i32At(p, Volumes.OUT_W) * i32At(p, Volumes.COUT);
  return <usize>i32At(p, Volumes.OUTPUT) + (<usize>((tile / sampleTiles(p)) * size) << 2);
}

/** Addresses of the 4x4x4 voxels that a tile reads; voxels outside point to zeros. */
export function listVoxels(p: usize, tile: i32, list: usize): void {
  const zeros = i32At(p, Volumes.ZEROS);
  const bytes = i32At(p, Volumes.CIN) << 2;
  const inD = i32At(p, Volumes.IN_D);
  const inH = i32At(p, Volumes.IN_H);
  const inW = i32At(p, Volumes.IN_W);
  const tilesH = (i32At(p, Volumes.OUT_H) + 1) >> 1;
  const tilesW = (i32At(p, Volumes.OUT_W) + 1) >> 1;
  const sample = tile / sampleTiles(p);
  tile %= sampleTiles(p);
  const input = i32At(p, Volumes.INPUT) + sample * inD * inH * inW * bytes;
  const z0 = 2 * (tile / (tilesH * tilesW)) + i32At(p, Volumes.OFFSET_D);
  const y0 = 2 * ((tile / tilesW) % tilesH) + i32At(p, Volumes.OFFSET_H);
  const x0 = 2 * (tile % tilesW) + i32At(p, Volumes.OFFSET_W);
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
export function transformInput(list: usize, work: usize, cin: i32, v: usize, step: usize): void {
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
