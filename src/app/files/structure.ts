import { badFile } from '../../core/errors.ts';
import { openStructure, type OverlayAtoms, overlayAtoms } from '../../core/structure/index.ts';

/** The atoms of a coordinate file, as they are drawn over a volume. */
export async function openAtoms(name: string, source: Blob): Promise<OverlayAtoms> {
  const opened = openStructure(new Uint8Array(await source.arrayBuffer()), name);
  if (opened.kind === 'atoms') return overlayAtoms(opened.structure);
  throw badFile(name, 'this is a density map', 'PDB, mmCIF or BinaryCIF coordinates');
}
