import type { Geometry } from '../geometry.ts';
import { Volumes } from './assembly/layout.ts';

/** The parameters of a kernel, all of them, in the order in which it reads them. */
export function words<Name extends string>(
  layout: Readonly<Record<Name, number>>,
  values: Readonly<Record<Name, number>>,
): Int32Array {
  const names = Object.keys(values) as Name[];
  const all = new Int32Array(names.length);
  for (const name of names) all[layout[name]] = values[name];
  return all;
}

/** The same for {@link Volumes}, of which each kernel reads a part beside the geometry; the rest are zeros. */
export function volumeWords(
  g: Geometry,
  values: Readonly<Partial<Record<keyof typeof Volumes, number>>>,
): Int32Array {
  const all = new Int32Array(Volumes.SUMS + 1);
  all[Volumes.CIN] = g.cin;
  all[Volumes.COUT] = g.cout;
  all.set(g.from, Volumes.IN_D);
  all.set(g.to, Volumes.OUT_D);
  all.set(g.kernel, Volumes.K_D);
  all.set(g.scale, Volumes.SCALE_D);
  all.set(g.offset, Volumes.OFFSET_D);
  all.set(g.step, Volumes.STEP_D);
  all.set(g.divisor, Volumes.DIVISOR_D);
  for (const [name, value] of Object.entries(values))
    all[Volumes[name as keyof typeof Volumes]] = value;
  return all;
}
