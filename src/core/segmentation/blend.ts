import type { TileIndex, TilePlan } from './plan.ts';

/** The axis that tiles are worked off along: what lies behind is finished and let go. */
type Rolling = 0 | 1;

/** A finished slice of the whole output. */
export interface Slice {
  /** Perpendicular to z (0) or y (1). */
  readonly axis: Rolling;
  readonly index: number;
  /** By channel, `[the other of z and y][x]`, averaged over the tiles. */
  readonly values: readonly Float32Array[];
}

/**
 * Averages what a network gives for overlapping tiles. It holds one tile's depth along the longer of z and y, whatever the
 * size of the volume, and hands out each slice as soon as no later tile reaches it.
 */
export class Blender {
  readonly axis: Rolling;
  private readonly other: Rolling;
  private readonly depth: number;
  private readonly room: number;
  private readonly sums: readonly Float32Array[];
  private readonly counts: Float32Array;
  private readonly slice: readonly Float32Array[];
  /** Slices that have been handed out. */
  private done = 0;

  constructor(
    private readonly plan: TilePlan,
    channels: number,
    private readonly use: (slice: Slice) => void,
  ) {
    const { axes, shape } = plan;
    this.axis = rollingAxis(plan);
    this.other = this.axis === 0 ? 1 : 0;
    this.depth = Math.min(axes[this.axis].out, shape[this.axis]);
    this.room = shape[this.other] * shape[2];
    const perChannel = (size: number) =>
      Array.from({ length: channels }, () => new Float32Array(size));
    this.sums = perChannel(this.depth * this.room);
    this.counts = new Float32Array(this.depth * this.room);
    this.slice = perChannel(this.room);
  }

  /** The tiles in the order in which they have to be added. */
  *tiles(): Generator<TileIndex> {
    const { axes } = this.plan;
    const counts = axes.map(({ places }) => places.length);
    for (let r = 0; r < counts[this.axis]; r++)
      for (let a = 0; a < counts[this.other]; a++)
        for (let x = 0; x < counts[2]; x++) yield this.axis === 0 ? [r, a, x] : [a, r, x];
  }

  /** Adds the output for a tile, `[z, y, x, channel]` flattened. */
  add(index: TileIndex, values: Float32Array): void {
    const { axes, shape, least } = this.plan;
    const [, y, x] = axes;
    const at = axes.map(({ places }, i) => places[index[i]]);
    this.handOut(at[this.axis]);
    const rolling = axes[this.axis];
    const across = axes[this.other];
    const channels = this.sums.length;
    const fromX = Math.max(0, -at[2]);
    const toX = Math.min(x.out, shape[2] - at[2]);
    for (let i = Math.max(0, -at[this.axis]); i < rolling.out; i++) {
      const r = at[this.axis] + i;
      if (r >= shape[this.axis]) break;
      for (let j = Math.max(0, -at[this.other]); j < across.out; j++) {
        const a = at[this.other] + j;
        if (a >= shape[this.other]) break;
        const weight = rolling.weights[i] * across.weights[j];
        if (weight === 0) continue;
        const row = (r % this.depth) * this.room + a * shape[2] + at[2];
        const from = (this.axis === 0 ? i * y.out + j : j * y.out + i) * x.out;
        for (let k = fromX; k < toX; k++) {
          const along = x.weights[k];
          if (along === 0) continue;
          const w = Math.max(weight * along, least);
          this.counts[row + k] += w;
          const voxel = (from + k) * channels;
          for (let c = 0; c < channels; c++) this.sums[c][row + k] += w * values[voxel + c];
        }
      }
    }
  }

  /** Hands out what is left. */
  finish(): void {
    this.handOut(this.plan.shape[this.axis]);
  }

  private handOut(before: number): void {
    const { room, sums, counts, slice } = this;
    for (; this.done < Math.min(before, this.plan.shape[this.axis]); this.done++) {
      const from = (this.done % this.depth) * room;
      for (const [c, sum] of sums.entries()) {
        for (let i = 0; i < room; i++) slice[c][i] = sum[from + i] / counts[from + i];
        sum.fill(0, from, from + room);
      }
      counts.fill(0, from, from + room);
      this.use({ axis: this.axis, index: this.done, values: slice });
    }
  }
}

/** The longer of z and y: the shorter the slices, the less is held. */
function rollingAxis({ shape }: TilePlan): Rolling {
  return shape[1] > shape[0] ? 1 : 0;
}

/** Bytes that the averages of a plan take. */
export function blendingBytes(plan: TilePlan, channels: number): number {
  const axis = rollingAxis(plan);
  const { shape, axes } = plan;
  const depth = Math.min(axes[axis].out, shape[axis]);
  return 4 * (channels + 1) * (depth + 1) * shape[axis === 0 ? 1 : 0] * shape[2];
}
