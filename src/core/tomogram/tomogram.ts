import type { VolumeAccess } from '../volume/access.ts';
import type { SourceGrid } from '../volume/prepare.ts';
import type { Region } from '../volume/region.ts';
import type { Finding } from '../volume/report.ts';
import { sameType, takeRegion } from '../volume/region.ts';
import type { Shape3, VoxelArray } from '../volume/types.ts';
import { Halver, halvedGrid } from './halve.ts';

export type Axis = 'x' | 'y' | 'z';

/** Position of an axis in `[z, y, x]`. */
export const PLACE: Readonly<Record<Axis, 0 | 1 | 2>> = { z: 0, y: 1, x: 2 };

/** Voxels of a level that is kept in memory: 256 MiB as 32-bit floats. */
const KEPT_VOXELS = 2 ** 26;
/** A level whose longest edge is not longer than this is the last one. */
const SMALLEST_EDGE = 96;
/** Values that are read at a time while averages are made. */
const SLAB_VALUES = 4 * 2 ** 20;

/** One resolution of a tomogram. */
export interface Level {
  readonly grid: SourceGrid;
  /** Along which axes slices can be had without reading much of the rest. */
  readonly axes: ReadonlySet<Axis>;
  read(region: Region): Promise<VoxelArray>;
}

const ALL_AXES: ReadonlySet<Axis> = new Set(['x', 'y', 'z']);

/**
 * A tomogram of any size, read part by part. Where its file has no coarser levels, averages of 2 x 2 x 2 voxels are made of
 * it in one pass, of which those that fit into memory are kept.
 */
export class Tomogram {
  #made: Level[] = [];
  #building: Promise<void> | null = null;
  #findings: readonly Finding[];

  /** @param stored the levels of the file, the finest first */
  constructor(readonly stored: readonly VolumeAccess[]) {
    this.#findings = stored[0].header.findings;
  }

  get grid(): SourceGrid {
    return gridOf(this.stored[0]);
  }

  /** All that can be read now, the finest first. */
  get levels(): readonly Level[] {
    const made = new Set(this.#made.map(({ grid }) => grid.shape.join()));
    return [...this.#fileLevels(), ...this.#made]
      .filter(({ grid, axes }) => axes === ALL_AXES || !made.has(grid.shape.join()))
      .sort((a, b) => a.grid.voxelSize[0] - b.grid.voxelSize[0]);
  }

  /** About the file and about what was read of it so far. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  #fileLevels(): Level[] {
    return this.stored.map((access) => ({
      grid: gridOf(access),
      axes: axesOf(access),
      read: async (region) => {
        const { volume, findings } = await access.read(0, region);
        this.#findings = mergedFindings(this.#findings, findings);
        return volume.data;
      },
    }));
  }

  /**
   * Makes the coarser levels, once; returns when they are there.
   *
   * @param checkpoint called between parts; may throw to stop, or take its time to let other work go first
   * @param onFraction gets how much is done
   */
  build(checkpoint: () => Promise<void>, onFraction: (done: number) => void): Promise<void> {
    this.#building ??= this.#build(checkpoint, onFraction).catch((error) => {
      this.#building = null;
      throw error;
    });
    return this.#building;
  }

  async #build(checkpoint: () => Promise<void>, onFraction: (done: number) => void): Promise<void> {
    const source = this.#fileLevels().at(-1)!;
    const { shape } = source.grid;
    const voxels = shape[0] * shape[1] * shape[2];
    // What comes with levels of its own is read from them.
    if (source.axes === ALL_AXES && voxels <= KEPT_VOXELS && this.stored.length > 1) return;
    let { grid } = source;
    /** Values as the file has them. */
    let like: VoxelArray = new Float32Array(0);
    const own = voxels <= KEPT_VOXELS ? keptLevel(grid, () => like) : null;
    const made: Level[] = own ? [own.level] : [];
    const halvers: Halver[] = [];
    while (Math.max(...grid.shape) > SMALLEST_EDGE) {
      const next = halvedGrid(grid);
      const size = next.shape[0] * next.shape[1] * next.shape[2];
      const kept = size <= KEPT_VOXELS ? keptLevel(next, () => like) : null;
      if (kept) made.push(kept.level);
      const at = halvers.length;
      halvers.push(
        new Halver(grid.shape, (section) => {
          kept?.add(section);
          halvers[at + 1]?.add(section);
        }),
      );
      grid = next;
    }
    const sectionValues = shape[1] * shape[2];
    const step = Math.max(1, Math.floor(SLAB_VALUES / sectionValues));
    for (let z = 0; z < shape[0]; z += step) {
      await checkpoint();
      const count = Math.min(step, shape[0] - z);
      const slab = await source.read({ start: [z, 0, 0], shape: [count, shape[1], shape[2]] });
      like = slab;
      for (let i = 0; i < count; i++) {
        const section = slab.subarray(i * sectionValues, (i + 1) * sectionValues);
        own?.add(section);
        halvers[0]?.add(section);
      }
      onFraction((z + count) / shape[0]);
    }
    this.#made = made;
  }
}

interface KeptLevel {
  readonly level: Level;
  add(section: VoxelArray): void;
}

/**
 * A level that is filled section by section. Averages of bytes are kept as bytes: rounding adds 0.3 to noise that is 4 and
 * more after one averaging of what fills them.
 */
function keptLevel(grid: SourceGrid, like: () => VoxelArray): KeptLevel {
  const { shape } = grid;
  let data: VoxelArray | null = null;
  let at = 0;
  return {
    level: {
      grid,
      axes: ALL_AXES,
      read: async (region) => takeRegion({ ...grid, data: data! }, region).data,
    },
    add(section) {
      const narrow = like().BYTES_PER_ELEMENT === 1;
      data ??= sameType(narrow ? like() : section, shape[0] * shape[1] * shape[2]);
      if (narrow) for (let i = 0; i < section.length; i++) data[at + i] = Math.round(section[i]);
      else data.set(section, at);
      at += section.length;
    },
  };
}

function gridOf({ header }: VolumeAccess): SourceGrid {
  const { shape, voxelSize, voxelSizeKnown, origin } = header;
  return { shape, voxelSize, voxelSizeKnown, origin };
}

/** Of a plain file, the axes whose slices lie together in it: the sections, and the rows of each. */
function axesOf({ header, inMemory }: VolumeAccess): ReadonlySet<Axis> {
  if (inMemory || header.format === 'ome-zarr') return ALL_AXES;
  return new Set(header.axes.slice(1) as Axis[]);
}

function mergedFindings(known: readonly Finding[], now: readonly Finding[]): readonly Finding[] {
  const codes = new Set(now.map(({ code }) => code));
  return [...known.filter(({ code }) => !codes.has(code)), ...now];
}

/** A region of `[z, y, x]` from its parts along an axis and across it. */
export function slabRegion(
  axis: Axis,
  along: readonly [from: number, count: number],
  rows: readonly [from: number, count: number],
  columns: readonly [from: number, count: number],
): Region {
  const order = { z: [along, rows, columns], y: [rows, along, columns], x: [columns, rows, along] };
  const [z, y, x] = order[axis];
  const shape: Shape3 = [z[1], y[1], x[1]];
  return { start: [z[0], y[0], x[0]], shape };
}
