import { FilterPack } from './assembly/layout.ts';
import type { Filter } from './filters.ts';
import { words } from './parameters.ts';
import type { KernelRuntime } from './runtime.ts';

/** The filter `[taps, cin, cout]` of a convolution; where `transpose`, it is stored `[taps, cout, cin]`. */
export interface FilterShape {
  readonly taps: number;
  readonly cin: number;
  readonly cout: number;
  readonly transpose: boolean;
}

/** The filter's address in panels `[cout / 8][taps][cin][8]`. */
export function packedFilter(runtime: KernelRuntime, filter: Filter, shape: FilterShape): number {
  const { taps, cin, cout, transpose } = shape;
  const panels = Math.ceil(cout / 8);
  const form = `packed ${taps} ${cin} ${cout} ${transpose}`;
  return runtime.filter(filter, form, panels * taps * cin * 32, (target) => {
    const parameters = words(FilterPack, {
      SOURCE: filter.at,
      TARGET: target,
      TAPS: taps,
      ROWS: cin,
      COLUMNS: cout,
      TRANSPOSE: transpose ? 1 : 0,
      REVERSE: 0,
    });
    runtime.run('packFilter', parameters, panels, 0);
  });
}

/**
 * The address of the filter of 3x3x3 taps transformed for Winograd, `[cout / 8][64][cin][8]`;
 * where it is transposed, its taps are turned round, too.
 */
export function transformedFilter(
  runtime: KernelRuntime,
  filter: Filter,
  { cin, cout, transpose }: Omit<FilterShape, 'taps'>,
): number {
  const form = `Winograd ${cin} ${cout} ${transpose}`;
  return runtime.filter(filter, form, 64 * cin * cout * 4, (target) => {
    const parameters = words(FilterPack, {
      SOURCE: filter.at,
      TARGET: target,
      TAPS: 27,
      ROWS: cin,
      COLUMNS: cout,
      TRANSPOSE: transpose ? 1 : 0,
      REVERSE: transpose ? 1 : 0,
    });
    const scratch = runtime.exports.winogradFilterScratchBytes(cin);
    runtime.run('winogradFilter', parameters, cout / 8, scratch);
  });
}
