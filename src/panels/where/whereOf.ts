import type { Contrast } from '../../core/color/index.ts';
import type { CamMap } from '../../core/cam/types.ts';
import { type LengthUnit, placeText, type SourceVolume } from '../../core/volume/index.ts';
import {
  directionOf,
  gridPhrase,
  insidePhrase,
  lengthIn,
  type Particle,
  type ParticleLevel,
  particleOf,
  peakPhrase,
  shareText,
  type SignedWhere,
  type Where,
  whereIs,
} from '../../core/where/index.ts';
import type { ShownMap } from '../../state/index.ts';

type Density = SourceVolume<Float32Array>;

const particles = new WeakMap<Density, { key: string; particle: Particle | null }>();

/** The particle of a shown volume beyond the level of its isosurface; a picture has none. Remembered with the volume. */
export function particleIn(
  volume: Density,
  level: ParticleLevel,
  expected: Contrast | undefined,
): Particle | null {
  const key = `${level.unit} ${level.value} ${expected}`;
  const known = particles.get(volume);
  if (known?.key === key) return known.particle;
  const particle = volume.rowsDown ? null : particleOf(volume, level, expected);
  particles.set(volume, { key, particle });
  return particle;
}

const places = new WeakMap<CamMap, { particle: Particle | null; where: Where }>();

/** Where a shown map is; remembered with the map. */
export function whereShown(
  { map, gridShape }: Pick<ShownMap, 'map' | 'gridShape'>,
  volume: Density,
  particle: Particle | null,
): Where {
  const known = places.get(map);
  if (known && known.particle === particle) return known.where;
  const where = whereIs(map.data, gridShape, volume, particle);
  places.set(map, { particle, where });
  return where;
}

/** What a panel's head says of one sign of its map. */
export interface WhereText {
  readonly sign: 'for' | 'against';
  /** A few words, e.g. "11% inside", for wide panels also "(chance 2%)"; where the peak is, "9.5 nm −x", or nothing. */
  readonly short: string;
  readonly chance: string;
  readonly peakAt: string;
  /** The same in full sentences. */
  readonly long: string;
  /** Å, world: the peak. */
  readonly peak: readonly [number, number, number];
}

/** The larger of what speaks for the class and against it in words; null for a map of zeros. */
export function whereText(where: Where, unit: LengthUnit): WhereText | null {
  const { positive, negative } = where;
  const against = -negative.mass > positive.mass;
  const side = against ? negative : positive;
  const { peak } = side;
  if (!peak) return null;
  const what = against ? 'speaks against the class' : 'speaks for the class';
  return {
    sign: against ? 'against' : 'for',
    ...shortTexts(side, where, unit),
    long: [
      ...(where.particle && side.inside !== null
        ? [
            `Of what ${what}, ${insidePhrase(side, where.particle)}; no map on this grid can have more than ${shareText(where.particle.most)} inside.`,
          ]
        : []),
      `Its peak is ${peakPhrase(peak, where.grid, unit) ?? `at ${placeText(peak.position, unit)}`}.`,
      `Radius of gyration ${lengthIn(side.extent ?? 0, unit)}; voxels beyond 30% of the peak hold ${shareText(side.held ?? 0)} of it.`,
      `The map has ${gridPhrase(where.grid, unit)}.`,
    ].join(' '),
    peak: peak.position,
  };
}

function shortTexts(
  { inside, peak, extent }: SignedWhere,
  { particle }: Where,
  unit: LengthUnit,
): Pick<WhereText, 'short' | 'chance' | 'peakAt'> {
  if (!particle || inside === null || !peak?.offset)
    return { short: `extent ${lengthIn(extent ?? 0, unit)}`, chance: '', peakAt: '' };
  const distance = Math.hypot(...peak.offset);
  const direction = directionOf(peak.offset).split(', ').slice(0, 2).join(' ');
  return {
    short: `${shareText(inside)} inside`,
    chance: `(chance ${shareText(particle.share)})`,
    peakAt: `${lengthIn(distance, unit)} ${direction}`,
  };
}
