import { PARTICLE_FORMATS } from '../particles/formats/table.ts';
import type { ParticleList } from '../particles/types.ts';
import { TextTable } from '../particles/text.ts';
import { Findings } from '../volume/report.ts';
import { readSubTilts } from './read.ts';
import type { StarFile, SubTiltList } from './types.ts';

/** A list with a row for each projection as one of particles, of which nothing says where they stand. */
export function particlesOfSeries({ fileName, particles }: SubTiltList): ParticleList {
  const count = particles.length;
  const tomograms = new TextTable();
  const classes = new TextTable();
  const classOf = particles.map((one) => classes.of(one.class ?? 'no class'));
  const rotations = particles.map(({ rotation }) => rotation);
  const findings = new Findings();
  findings.info(
    'projections',
    `The list has a row for each projection; they are ${count} particles by _rlnGroupName.`,
  );
  return {
    ...{ format: 'relion', fileName, count },
    coordinates: new Float64Array(3 * count).fill(Number.NaN),
    frame: { unit: 'Å', from: 'centre', voxelSize: null },
    rotations: rotations.some((one) => one === null)
      ? null
      : Float32Array.from(rotations.flatMap((one) => [...one!])),
    tomogram: Int32Array.from(particles, (one) => tomograms.of(one.tomogram)),
    tomograms: tomograms.names.map((name) => ({ name, shape: null, voxelSize: null })),
    classes: particles.some((one) => one.class !== null)
      ? { names: classes.names, index: Int32Array.from(classOf) }
      : null,
    ...{ score: null, half: null, boxes: null },
    findings: findings.list,
  };
}

/** Such a list with the chosen particles alone, all projections of each. */
export function selectOfSeries(file: StarFile, chosen: Uint32Array): Uint8Array {
  const { particles } = readSubTilts(file);
  const rows = Array.from(chosen, (k) => particles[k].own?.rows ?? []).flat();
  return PARTICLE_FORMATS.relion.select(file, Uint32Array.from(rows).sort());
}
