import './codecs.ts';
import * as zarr from 'zarrita';
import { aborted, badFile, sentence } from '../errors.ts';
import { decodeText } from '../schema/utf8.ts';
import type { VoxelArray } from '../volume/types.ts';
import type { Region } from '../volume/region.ts';
import type { ZarrFiles } from './files.ts';
import { ACCEPTED_ZARR } from './metadata.ts';

export type Store = zarr.AsyncReadable;
export type NumberArray = zarr.Array<zarr.NumberDataType, Store>;

const METADATA = /(^|\/)(zarr\.json|\.z(array|attrs|group|metadata))$/;

/** Files as a store of zarrita; `missing` gets the chunks that were asked for and are not there. */
export function storeOf({ read }: ZarrFiles, missing: Set<string>): Store {
  const noted = async (path: string, bytes: Promise<Uint8Array | undefined>) => {
    const found = await bytes;
    if (!found && !METADATA.test(path)) missing.add(path);
    return found;
  };
  return {
    get: (key) => noted(key.slice(1), read(key.slice(1))),
    getRange: (key, range) => noted(key.slice(1), read(key.slice(1), range)),
  };
}

/** Decoded chunks that are kept, in bytes. */
const KEPT_BYTES = 128 * 2 ** 20;
/** Values of a chunk; one has to be held whole. */
const MOST_VALUES = 2 ** 27;
/** Chunks that are read at a time. */
const AT_ONCE = 6;

/** Reads regions of one array chunk by chunk, and continues past those that are missing or damaged. */
export class ChunkReader {
  readonly #kept = new Map<string, ArrayLike<number>>();
  #keptBytes = 0;
  readonly #size: readonly number[];

  /**
   * @param axes which axis of the array z, y and x are; of others index 0 is taken
   * @param damaged gets why chunks could not be decoded, by their place
   * @throws AppError 'bad-file'
   */
  constructor(
    readonly array: NumberArray,
    readonly axes: readonly [z: number, y: number, x: number],
    readonly name: string,
    readonly damaged: Map<string, string>,
  ) {
    this.#size = array.chunks;
    const values = this.#size.reduce((a, b) => a * b, 1);
    if (!(values > 0 && values <= MOST_VALUES))
      throw badFile(
        name,
        `chunks of ${this.#size.join(' x ')} values`,
        'chunks of up to 2^27 values',
      );
  }

  /** The values of a region, z, y, x, into `out`. The chunks in its middle are asked for first. */
  async read({ start, shape }: Region, out: VoxelArray, checkpoint: () => void): Promise<void> {
    const [nz, ny, nx] = shape;
    const sizes = this.axes.map((axis) => this.#size[axis]);
    const from = start.map((at, i) => Math.floor(at / sizes[i]));
    const to = start.map((at, i) => Math.floor((at + shape[i] - 1) / sizes[i]));
    const places: (readonly [number, number, number])[] = [];
    for (let z = from[0]; z <= to[0]; z++)
      for (let y = from[1]; y <= to[1]; y++)
        for (let x = from[2]; x <= to[2]; x++) places.push([z, y, x]);
    const middle = from.map((at, i) => (at + to[i]) / 2);
    const away = (place: readonly number[]) =>
      place.reduce((sum, at, i) => sum + (at - middle[i]) ** 2, 0);
    places.sort((a, b) => away(a) - away(b));
    const strides = this.#strides();
    const copy = (place: readonly number[], values: ArrayLike<number>) => {
      const low = place.map((at, i) => Math.max(start[i], at * sizes[i]));
      const high = place.map((at, i) => Math.min(start[i] + shape[i], (at + 1) * sizes[i]));
      for (let z = low[0]; z < high[0]; z++) {
        for (let y = low[1]; y < high[1]; y++) {
          let at =
            (z - place[0] * sizes[0]) * strides[0] +
            (y - place[1] * sizes[1]) * strides[1] +
            (low[2] - place[2] * sizes[2]) * strides[2];
          let to = ((z - start[0]) * ny + y - start[1]) * nx + low[2] - start[2];
          for (let x = low[2]; x < high[2]; x++, at += strides[2]) out[to++] = values[at];
        }
      }
    };
    if (out.length !== nz * ny * nx) throw new RangeError('the region does not fit');
    let next = 0;
    const work = async () => {
      while (next < places.length) {
        checkpoint();
        const place = places[next++];
        copy(place, await this.#chunk(place));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** Steps in a chunk along z, y, x; chunks are decoded with the last axis fastest unless they say otherwise. */
  #strides(): readonly [number, number, number] {
    const all = new Array<number>(this.#size.length);
    let step = 1;
    for (let i = this.#size.length - 1; i >= 0; i--) {
      all[i] = step;
      step *= this.#size[i];
    }
    const [z, y, x] = this.axes;
    return [all[z], all[y], all[x]];
  }

  async #chunk(place: readonly [number, number, number]): Promise<ArrayLike<number>> {
    const coordinates = new Array<number>(this.#size.length).fill(0);
    for (const [i, axis] of this.axes.entries()) coordinates[axis] = place[i];
    const key = coordinates.join('/');
    const known = this.#kept.get(key);
    if (known) {
      // The one used last is given up last.
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    const values = await this.#decoded(coordinates, key);
    const bytes = 4 * values.length;
    this.#kept.set(key, values);
    this.#keptBytes += bytes;
    for (const old of this.#kept.keys()) {
      if (this.#keptBytes <= KEPT_BYTES || old === key) break;
      this.#keptBytes -= 4 * this.#kept.get(old)!.length;
      this.#kept.delete(old);
    }
    return values;
  }

  async #decoded(coordinates: number[], key: string): Promise<ArrayLike<number>> {
    const length = this.#size.reduce((a, b) => a * b, 1);
    const empty = () => new Float32Array(length).fill(Number(this.array.fillValue ?? 0) || 0);
    try {
      const { data, stride } = await this.array.getChunk(coordinates);
      if (data.length !== length) throw new Error(`it holds ${data.length} of ${length} values`);
      return rowMajor(data, this.#size, stride);
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') throw aborted();
      const reason = error instanceof Error && error.cause ? error.cause : error;
      this.damaged.set(`${this.array.path.slice(1)}/${key}`.replace(/^\//, ''), sentence(reason));
      return empty();
    }
  }
}

/** Values with the last axis fastest, whatever order the chunk has them in. */
function rowMajor(data: ArrayLike<number>, shape: readonly number[], stride: readonly number[]) {
  let step = 1;
  let plain = true;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] > 1 && stride[i] !== step) plain = false;
    step *= shape[i];
  }
  if (plain) return data;
  const out = new Float32Array(data.length);
  const at = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < out.length; i++) {
    out[i] = data[at.reduce((sum, n, axis) => sum + n * stride[axis], 0)];
    for (let axis = shape.length - 1; axis >= 0 && ++at[axis] === shape[axis]; axis--) at[axis] = 0;
  }
  return out;
}

/** Why nothing can be opened at a place: its metadata are missing or damaged, or what `error` says. */
export async function problemAt(
  { store, path }: zarr.Location<Store>,
  error: unknown,
): Promise<string> {
  const found: string[] = [];
  for (const file of ['zarr.json', '.zarray', '.zgroup', '.zattrs']) {
    const key = `${path === '/' ? '' : path}/${file}` as const;
    const bytes = await store.get(key as zarr.AbsolutePath).catch(() => undefined);
    if (!bytes) continue;
    found.push(file);
    try {
      JSON.parse(decodeText(bytes));
    } catch {
      return `${key.slice(1)} is damaged: no JSON`;
    }
  }
  return found.length > 0 ? sentence(error) : 'it has neither .zarray nor zarr.json';
}

/** @throws AppError 'bad-file' for what is no array of numbers */
export async function openArray(
  location: zarr.Location<Store>,
  name: string,
): Promise<NumberArray> {
  const array = await zarr.open(location, { kind: 'array' }).catch(async (error: unknown) => {
    throw badFile(
      name,
      `its array ${location.path} cannot be opened (${await problemAt(location, error)})`,
      ACCEPTED_ZARR,
    );
  });
  const { shape, chunks } = array;
  const isSizes = (sizes: unknown) =>
    Array.isArray(sizes) && sizes.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!isSizes(shape) || !isSizes(chunks) || shape.length !== chunks.length || shape.length < 3)
    throw badFile(
      name,
      `its array ${location.path} has the shape ${String(shape)} in chunks of ${String(chunks)}`,
      ACCEPTED_ZARR,
    );
  if (!array.is('number'))
    throw badFile(
      name,
      `its array ${location.path} holds values of type ${array.dtype}`,
      'numbers',
    );
  return array;
}
