/**
 * Filter gradient `dW[tap, ci, co] = sum over voxels of x[voxel + tap, ci] * dy[voxel, co]`. Both operands are
 * packed first, the voxels of all samples as one list, samples first, those of x along W by their remainder under
 * the stride, so that a tap meets long runs of rows:
 *
 *   x -> [cin / 6][voxel][sample][6] ──┐
 *                                      ├─ for each tap 6 x 8 sums in registers while its runs pass by ─> dW
 *   dy -> [cout / 8][voxel][sample][8] ┘
 */
import { PACK_ROWS, TILE_BYTES, TILE_ROWS, VoxelPack, Volumes } from './layout';
import { i32At } from './simd';
import { multiplyColumns } from './tile';

/** Rows of both operands that stay in the first cache. */
const BLOCK_ROWS: i32 = 448;
/** Bytes of a run: where it begins in a panel of x and of dy, and its bytes in dy. */
const RUN_BYTES: usize = 12;
const ROW_A: i32 = 24;
const ROW_B: i32 = 32;

/** Bytes of scratch that one thread needs: a tile at the rim, the runs of a block. */
export function filterGradScratchBytes(): i32 {
  return TILE_BYTES + BLOCK_ROWS * <i32>RUN_BYTES;
}

/** Where the voxels with one remainder begin in a line that is ordered by the stride. */
// @ts-ignore: decorator
@inline
function classStart(remainder: i32, line: i32, stride: i32): i32 {
  return remainder * (line / stride) + min(remainder, line % stride);
}

/** The voxel at one place of a line that is ordered by the stride. */
function ordered(place: i32, line: i32, stride: i32): i32 {
  const longer = (line % stride) * (line / stride + 1);
  const remainder = place < longer ? place / (line / stride + 1) : (line % stride) + (place - longer) / (line / stride);
  return (place - classStart(remainder, line, stride)) * stride + remainder;
}

/** Packs 64 rows of `[sample][voxel][channels]` into panels `[voxel][sample][WIDTH]`, filled up with zeros. */
export function packVoxels(p: usize, task: i32): void {
  const samples = i32At(p, VoxelPack.SAMPLES);
  const voxels = i32At(p, VoxelPack.VOXELS);
  const channels = i32At(p, VoxelPack.CHANNELS);
  const width = i32At(p, VoxelPack.WIDTH);
  const line = i32At(p, VoxelPack.LINE);
  const stride = i32At(p, VoxelPack.STRIDE);
  const rows = voxels * samples;
  const first = task * PACK_ROWS;
  const end = min(rows, first + PACK_ROWS);
  const panelBytes = <usize>(rows * width) << 2;
  const widthBytes = <usize>width << 2;
  let to = <usize>i32At(p, VoxelPack.TARGET) + <usize>first * widthBytes;
  for (let channel = 0; channel < channels; channel += width) {
    const count = min(width, channels - channel);
    let at = to;
    for (let row = first; row < end; row++) {
      const voxel = row / samples;
      const x = voxel % line;
      const source = (row % samples) * voxels + voxel - x + (stride == 1 ? x : ordered(x, line, stride));
      let from = <usize>i32At(p, VoxelPack.SOURCE) + (<usize>(source * channels + channel) << 2);
      if (count == 8) {
        v128.store(at, v128.load(from));
        v128.store(at, v128.load(from, 16), 16);
      } else if (count == 6) {
        v128.store(at, v128.load(from));
        store<u64>(at, load<u64>(from, 16), 16);
      } else {
        for (let i = 0; i < width; i++, from += 4) store<f32>(at + (<usize>i << 2), i < count ? load<f32>(from) : 0);
      }
      at += widthBytes;
    }
    to += panelBytes;
  }
}

/** First output index whose source `out * stride + shift` is not negative. */
// @ts-ignore: decorator
@inline
function firstInside(shift: i32, stride: i32): i32 {
  return shift >= 0 ? 0 : (-shift + stride - 1) / stride;
}

/** One past the last output index whose source is below `size`. */
// @ts-ignore: decorator
@inline
function endInside(shift: i32, stride: i32, size: i32, out: i32): i32 {
  const room = size - 1 - shift;
  return room < 0 ? 0 : min(out, room / stride + 1);
}

/** The gradient of one tap for `GROUP` panels of output channels; taps count up first. */
export function filterGrad(p: usize, task: i32, scratch: usize): void {
  const samples = i32At(p, Volumes.SAMPLES);
  const kH = i32At(p, Volumes.K_H);
  const kW = i32At(p, Volumes.K_W);
  const inH = i32At(p, Volumes.IN_H);
  const inW = i32At(p, Volumes.IN_W);
  const outH = i32At(p, Volumes.OUT_H);
  const outW = i32At(p, Volumes.OUT_W);
  const strideD = i32At(p, Volumes.SCALE_D);
  const strideH = i32At(p, Volumes.SCALE_H);
  const strideW = i32At(p, Volumes.SCALE_W);
  const taps = i32At(p, Volumes.K_D) * kH * kW;
  const tap = task % taps;
  const group = task / taps;
  const shiftZ = (tap / (kH * kW)) * i32At(p, Volumes.STEP_D) + i32At(p, Volumes.OFFSET_D);
  const shiftY = ((tap / kW) % kH) * i32At(p, Volumes.STEP_H) + i32At(p, Volumes.OFFSET_H);
  const shiftX = (tap % kW) * i32At(p, Volumes.STEP_W) + i32At(p, Volumes.OFFSET_W);
  const z1 = endInside(shiftZ, strideD, i32At(p, Volumes.IN_D), i32At(p, Volumes.OUT_D));
  const y0 = firstInside(shiftY, strideH);
  const y1 = endInside(shiftY, strideH, inH, outH);
  const x0 = firstInside(shiftX, strideW);
  const x1 = endInside(shiftX, strideW, inW, outW);
  const length = x1 - x0;
  const x = x0 * strideW + shiftX;
  const place = classStart(x % strideW, inW, strideW) + x / strideW;
  const result = <usize>i32At(p, Volumes.RESULT) + (<usize>(tap * i32At(p, Volumes.CIN) * i32At(p, Volumes.COUT)) << 2);
  let add = i32At(p, Volumes.ADD) != 0;
  const runs = scratch + TILE_BYTES;
  let end = runs;
  let rows = 0;
  for (let z = firstInside(shiftZ, strideD); z < z1 && length > 0; z++) {
    for (let y = y0; y < y1; y++) {
      const line = (z * strideD + shiftZ) * inH + y * strideH + shiftY;
      store<i32>(end, (line * inW + place) * samples * ROW_A);
      store<i32>(end, ((z * outH + y) * outW + x0) * samples * ROW_B, 4);
      store<i32>(end, length * samples * ROW_B, 8);
      end += RUN_BYTES;
      rows += length * samples;
      if (rows < BLOCK_ROWS) continue;
      addRuns(p, scratch, end, group, result, add);
      add = true;
      end = runs;
      rows = 0;
    }
  }
  if (rows > 0 || !add) addRuns(p, scratch, end, group, result, add);
}

/** Puts or adds the products of the runs at `scratch` to a group of panels of one tap's result. */
function addRuns(p: usize, scratch: usize, end: usize, group: i32, result: usize, add: bool): void {
  const cin = i32At(p, Volumes.CIN);
  const cout = i32At(p, Volumes.COUT);
  const samples = <usize>i32At(p, Volumes.SAMPLES);
  const aBytes = <usize>(i32At(p, Volumes.IN_D) * i32At(p, Volumes.IN_H) * i32At(p, Volumes.IN_W) * ROW_A) * samples;
  const bBytes = <usize>(i32At(p, Volumes.OUT_D) * i32At(p, Volumes.OUT_H) * i32At(p, Volumes.OUT_W) * ROW_B) * samples;
  const rowBytes = <usize>cout << 2;
  const runs = scratch + TILE_BYTES;
  const columns = i32At(p, Volumes.GROUP) << 3;
  const first = group * columns;
  for (let co = first; co < min(cout, first + columns); co += 8) {
    const b = <usize>i32At(p, Volumes.OUTPUT) + <usize>(co >> 3) * bBytes;
    let a = <usize>i32At(p, Volumes.INPUT);
    for (let ci = 0; ci < cin; ci += TILE_ROWS) {
      const out = result + (<usize>(ci * cout + co) << 2);
      if (runs == end) memory.fill(scratch, 0, TILE_BYTES);
      for (let run = runs; run < end; run += RUN_BYTES) {
        const from = b + <usize>load<i32>(run, 4);
        const to = from + <usize>load<i32>(run, 8);
        multiplyColumns(a + <usize>load<i32>(run), ROW_A, from, ROW_B, to, scratch, 32, run != runs);
      }
      const rows = min(TILE_ROWS, cin - ci);
      if (co + 8 <= cout) putRows(scratch, out, rowBytes, rows, add);
      else putPart(scratch, out, rowBytes, rows, cout - co, add);
      a += aBytes;
    }
  }
}

/** Puts or adds the first `rows` rows of a tile to `out`. */
function putRows(tile: usize, out: usize, rowBytes: usize, rows: i32, add: bool): void {
  for (; rows > 0; rows--) {
    const low = v128.load(tile);
    const high = v128.load(tile, 16);
    v128.store(out, add ? f32x4.add(v128.load(out), low) : low);
    v128.store(out, add ? f32x4.add(v128.load(out, 16), high) : high, 16);
    tile += 32;
    out += rowBytes;
  }
}

/** The same with less than eight columns. */
function putPart(tile: usize, out: usize, rowBytes: usize, rows: i32, columns: i32, add: bool): void {
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < <usize>columns << 2; at += 4) {
      const value = load<f32>(tile + at);
      store<f32>(out + at, add ? load<f32>(out + at) + value : value);
    }
    tile += 32;
    out += rowBytes;
  }
}
