import type { Labelled } from '../src/core/picking/index.ts';
import type { VolumeHeader } from '../src/core/volume/index.ts';
import { placedBy, truthListOf } from './particle-files.ts';

/** The particles of a list that stand in a tomogram, as the truth that picks are held against. */
export async function truthOf(
  list: string,
  tomogram: string,
  header: Pick<VolumeHeader, 'shape' | 'voxelSize'>,
): Promise<Labelled[]> {
  const particles = await truthListOf(list);
  const { index, positions, inside } = placedBy(particles, header, { tomogram });
  const { classes } = particles;
  return Array.from(index, (row, k): Labelled & { readonly inside: boolean } => ({
    position: [positions[3 * k], positions[3 * k + 1], positions[3 * k + 2]],
    label: classes ? classes.names[classes.index[row]] : null,
    inside: inside[k] === 1,
  })).filter((one) => one.inside);
}

/** The network's name for a label: the same text, or the id in its parentheses; the label itself where it has none. */
export function classNamed(label: string | null, names: readonly string[]): string | null {
  if (label === null) return null;
  const wanted = label.toLowerCase();
  const id = /\(([^()]+)\)$/.exec(wanted)?.[1] ?? wanted;
  const found = names.find((name) => {
    const own = name.toLowerCase();
    return own === wanted || own === id || own.endsWith(`(${id})`);
  });
  return found ?? label;
}
