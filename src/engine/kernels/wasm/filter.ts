import { FilterPack } from './assembly/layout.ts';
import type { Filter } from './filters.ts';
import { words } from './parameters.ts';
import type { KernelRuntime } from './runtime.ts';

/** Floats of a filter that are brought into the arena at a time (1 MiB). */
const CHUNK = 1 << 18;

/** The filter `[taps, cin, cout]` of a convolution; where `transpose`, it is stored `[taps, cout, cin]`. */
export interface FilterShape {
  readonly taps: number;
  readonly cin: number;
  readonly cout: number;
  readonly transpose: boolean;
}

/** Starts an operation; the filter's address in panels `[cout / 8][taps][cin][8]`. */
export function packedFilter(runtime: KernelRuntime, filter: Filter, shape: FilterShape): number {
  const { taps, cin, cout, transpose } = shape;
  const panels = Math.ceil(cout / 8);
  const form = `packed ${taps} ${cin} ${cout} ${transpose}`;
  return runtime.resetWith(filter, form, panels * taps * cin * 32, (at) => {
    const tap = cin * cout;
    const step = Math.min(taps, Math.max(1, Math.floor(CHUNK / tap)));
    const source = runtime.allocate(step * tap * 4);
    for (let first = 0; first < taps; first += step) {
      const count = Math.min(step, taps - first);
      const part = filter.values.subarray(first * tap, (first + count) * tap);
      runtime.floats(source, part.length).set(part);
      const parameters = words(FilterPack, {
        SOURCE: source,
        TARGET: at,
        TAPS: taps,
        FIRST: first,
        COUNT: count,
        ROWS: cin,
        COLUMNS: cout,
        TRANSPOSE: transpose ? 1 : 0,
        REVERSE: 0,
      });
      runtime.run('packFilter', parameters, panels, 0);
    }
  });
}

/**
 * Starts an operation; the address of the filter of 3x3x3 taps transformed for Winograd, `[cout / 8][64][cin][8]`;
 * where it is transposed, its taps are turned round, too.
 */
export function transformedFilter(
  runtime: KernelRuntime,
  filter: Filter,
  { cin, cout, transpose }: Omit<FilterShape, 'taps'>,
): number {
  const form = `Winograd ${cin} ${cout} ${transpose}`;
  return runtime.resetWith(filter, form, 64 * cin * cout * 4, (at) => {
    const parameters = words(FilterPack, {
      SOURCE: runtime.write(filter.values),
      TARGET: at,
      TAPS: 27,
      FIRST: 0,
      COUNT: 27,
      ROWS: cin,
      COLUMNS: cout,
      TRANSPOSE: transpose ? 1 : 0,
      REVERSE: transpose ? 1 : 0,
    });
    const scratch = runtime.exports.winogradFilterScratchBytes(cin);
    runtime.run('winogradFilter', parameters, cout / 8, scratch);
  });
}
