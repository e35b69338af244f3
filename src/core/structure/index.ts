import { readMmcif } from './mmcif.ts';
import { readPdb } from './pdb.ts';
import type { Structure, StructureOptions } from './types.ts';

export { assemble, operatorCount, selectChains } from './assembly.ts';
export { atomsToDensity, mapToDensity } from './density.ts';
export type { DensityOptions, MapOptions } from './density.ts';
export { DALTON_PER_ELECTRON } from './elements.ts';
export { measureAtoms, measureDensity } from './measure.ts';
export type { Extent } from './measure.ts';
export { readMmcif } from './mmcif.ts';
export { readPdb } from './pdb.ts';
export type * from './types.ts';

/** Reads a coordinate file of either format, told apart by its content. */
export function readStructure(text: string, name: string, options?: StructureOptions): Structure {
  const isCif = /^\s*(#[^\n]*\n\s*)*data_/i.test(text.slice(0, 4096));
  return isCif ? readMmcif(text, name, options) : readPdb(text, name, options);
}
