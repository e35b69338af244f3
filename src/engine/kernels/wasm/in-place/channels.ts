import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { partsOf, type TensorMemory } from './tensor-memory.ts';

/**
 * Values `[rows, …space, channels]`. Kernels take four channels at a time: where they are no multiple of four, several voxels
 * side by side count as one of `wide` channels, and those left over come last.
 */
interface Rows {
  readonly rows: number;
  readonly channels: number;
  readonly voxels: number;
  /** Bytes of one row. */
  readonly bytes: number;
  /** Voxels side by side. */
  readonly group: number;
}

function rowsOf({ shape }: TensorInfo): Rows {
  const [rows] = shape;
  const channels = shape[shape.length - 1];
  const voxels = util.sizeFromShape(shape) / (rows * channels);
  const group = channels % 4 === 0 ? 1 : channels % 2 === 0 ? 2 : 4;
  return { rows, channels, voxels, bytes: voxels * channels * 4, group };
}

/** Some voxels of a row for one call: where they begin, how many the kernel counts and with how many channels. */
interface Piece {
  readonly from: number;
  readonly count: number;
  readonly channels: number;
  /** Whether voxels stand side by side. */
  readonly wide: boolean;
}

function piecesOf({ channels, voxels, group }: Rows): Piece[] {
  const groups = Math.floor(voxels / group);
  const wide = channels * group;
  const pieces = partsOf(groups, wide).map(({ first, count }) => {
    return { from: first * wide * 4, count, channels: wide, wide: true };
  });
  const rest = voxels - groups * group;
  if (rest === 0) return pieces;
  return [...pieces, { from: groups * wide * 4, count: rest, channels, wide: false }];
}

/** Of `rows` rows, the one of `volumes` that row `row` belongs to. */
const volumeOf = (row: number, rows: number, volumes: number) => Math.floor((row * volumes) / rows);

/** Addresses of vectors, one after the other: as they are, and each repeated for voxels that stand side by side. */
interface Vectors {
  at(index: number, wide: boolean): number;
}

/** `count` vectors of as many floats as there are channels, at an address; within an operation. */
function vectorsOf(
  memory: TensorMemory,
  at: number,
  count: number,
  { channels, group }: Rows,
): Vectors {
  const bytes = channels * 4;
  let repeated = at;
  if (group > 1) {
    repeated = memory.runtime.allocate(count * bytes * group);
    memory.run.copyRows(at, bytes, repeated, bytes * group, bytes, count, group);
  }
  return {
    at: (index, wide) => (wide ? repeated + index * bytes * group : at + index * bytes),
  };
}

/** That dy is behind `rectify((x - mean) * scale + shift)`; all three `[volumes, channels]`. */
interface Behind {
  readonly mean: TensorInfo;
  readonly scale: TensorInfo;
  readonly shift: TensorInfo;
  readonly slope: number;
}

/** For a row and a piece of it: addresses of mean, scale and shift, and the slope. */
function behindOf(memory: TensorMemory, { mean, scale, shift, slope }: Behind, size: Rows) {
  const [volumes] = scale.shape;
  const all = [mean, scale, shift].map((one) => vectorsOf(memory, memory.at(one), volumes, size));
  return (row: number, { wide }: Piece) => {
    const own = volumeOf(row, size.rows, volumes);
    return { vectors: all.map((one) => one.at(own, wide)), slope };
  };
}

/** Sums over the voxels of `a` and `a b`, `[rows, 2, channels]` in double precision; within an operation. */
function sumsOf(
  memory: TensorMemory,
  a: TensorInfo,
  b: TensorInfo,
  behind?: Behind,
): (row: number) => Float64Array {
  const size = rowsOf(a);
  const { rows, channels, bytes, group } = size;
  const pieces = piecesOf(size);
  const stride = 2 * channels * group;
  const sums = memory.runtime.allocate(rows * pieces.length * stride * 8);
  const rectified = behind && behindOf(memory, behind, size);
  const calls: number[][] = [];
  for (let row = 0; row < rows; row++) {
    const other = memory.at(b) + volumeOf(row, rows, b.shape[0]) * bytes;
    for (const [i, piece] of pieces.entries()) {
      const { from, count } = piece;
      const target = sums + (row * pieces.length + i) * stride * 8;
      const operands = [memory.at(a) + row * bytes + from, other + from];
      if (!rectified) calls.push([...operands, count, piece.channels, target]);
      else {
        const { vectors, slope } = rectified(row, piece);
        calls.push([...operands, ...vectors, slope, count, piece.channels, target]);
      }
    }
  }
  memory.runEach(rectified ? 'rectifiedDots' : 'channelDots', calls);
  return (row) => {
    const total = new Float64Array(2 * channels);
    for (const [i, piece] of pieces.entries()) {
      const part = memory.doubles(sums + (row * pieces.length + i) * stride * 8, stride);
      for (let which = 0; which < 2; which++)
        for (let c = 0; c < piece.channels; c++)
          total[which * channels + (c % channels)] += part[which * piece.channels + c];
    }
    return total;
  };
}

/** Mean and variance over the voxels of each channel, `[rows, 2, channels]`; summed in double precision. */
export function channelMoments(memory: TensorMemory, x: TensorInfo): TensorInfo {
  const { rows, channels, voxels } = rowsOf(x);
  const y = memory.output([rows, 2, channels]);
  return memory.runtime.operate(() => {
    const sums = sumsOf(memory, x, x);
    const out = memory.values(y);
    for (let row = 0; row < rows; row++) {
      const total = sums(row);
      for (let c = 0; c < channels; c++) {
        const mean = total[c] / voxels;
        out[row * 2 * channels + c] = mean;
        const square = total[channels + c] / voxels;
        out[row * 2 * channels + channels + c] = Math.max(0, square - mean * mean);
      }
    }
    return y;
  });
}

/** Means over the voxels of dy and of dy * x, `[rows of dy, 2, channels]`. */
export function channelDots(
  memory: TensorMemory,
  dy: TensorInfo,
  x: TensorInfo,
  behind?: Behind,
): TensorInfo {
  const { rows, channels, voxels } = rowsOf(dy);
  const y = memory.output([rows, 2, channels]);
  return memory.runtime.operate(() => {
    const sums = sumsOf(memory, dy, x, behind);
    const out = memory.values(y);
    for (let row = 0; row < rows; row++)
      out.set(
        sums(row).map((sum) => sum / voxels),
        row * 2 * channels,
      );
    return y;
  });
}

/** `rectify((x - mean) * scale + shift)`; all three `[volumes, channels]`. */
export function normalizeChannels(memory: TensorMemory, x: TensorInfo, by: Behind): TensorInfo {
  const size = rowsOf(x);
  const y = memory.output(x.shape);
  return memory.runtime.operate(() => {
    const behind = behindOf(memory, by, size);
    const pieces = piecesOf(size);
    const calls: number[][] = [];
    for (let row = 0; row < size.rows; row++) {
      for (const piece of pieces) {
        const from = row * size.bytes + piece.from;
        const { vectors, slope } = behind(row, piece);
        const places = [memory.at(x) + from, memory.at(y) + from];
        calls.push([...places, ...vectors, piece.count, piece.channels, slope]);
      }
    }
    memory.runEach('normalizeChannels', calls);
    return y;
  });
}

/** `a dy + b x + c` with factors `[rows of dy, 3, channels]`. */
export function mixChannels(
  memory: TensorMemory,
  dy: TensorInfo,
  x: TensorInfo,
  factors: TensorInfo,
  behind?: Behind,
): TensorInfo {
  const size = rowsOf(dy);
  const { rows, bytes } = size;
  const y = memory.output(dy.shape);
  return memory.runtime.operate(() => {
    const vectors = vectorsOf(memory, memory.at(factors), rows * 3, size);
    const rectified = behind && behindOf(memory, behind, size);
    const pieces = piecesOf(size);
    const calls: number[][] = [];
    for (let row = 0; row < rows; row++) {
      const other = memory.at(x) + volumeOf(row, rows, x.shape[0]) * bytes;
      for (const piece of pieces) {
        const own = row * bytes + piece.from;
        const places = [memory.at(dy) + own, other + piece.from, memory.at(y) + own];
        const head = [...places, vectors.at(row * 3, piece.wide)];
        if (!rectified) calls.push([...head, piece.count, piece.channels]);
        else {
          const { vectors: normalised, slope } = rectified(row, piece);
          calls.push([...head, ...normalised, slope, piece.count, piece.channels]);
        }
      }
    }
    memory.runEach(rectified ? 'rectifiedMix' : 'mixChannels', calls);
    return y;
  });
}
