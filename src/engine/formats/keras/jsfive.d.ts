/** What is used of jsfive, which brings no types. */
declare module 'jsfive' {
  /** Its inside, see `hdf5-inside.ts`. */
  export interface DataObjects {
    find_msg_type(type: number): readonly ReadonlyMap<string, number>[];
    _get_data_message_properties(
      offset: number,
    ): [version: number, dims: unknown, layout: number, at: number];
    _attr_value(dtype: unknown, buffer: ArrayBuffer, count: number, offset: number): unknown[];
  }
  export class Group {
    readonly name: string;
    readonly keys: string[];
    readonly attrs: Record<string, unknown>;
    readonly _dataobjects: DataObjects;
    get(path: string): Group | Dataset | null;
  }
  export class Dataset {
    readonly name: string;
    readonly shape: number[];
    /** Numpy's notation, e.g. `<f4`; an array for compound types. */
    readonly dtype: unknown;
    readonly attrs: Record<string, unknown>;
    readonly value: ArrayLike<number>;
    readonly _dataobjects: DataObjects;
  }
  export class File extends Group {
    constructor(buffer: ArrayBuffer, name: string);
  }
}
