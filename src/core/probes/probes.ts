import type { Shape3 } from '../volume/index.ts';
import { hasTransform, rewedged } from './rewedge.ts';
import { type Axis, turned } from './turn.ts';

/** A change of the input after which the same parts should speak for the class. */
export interface Probe {
  readonly name: string;
  readonly about: string;
  /** Whether an input `[…space, channels]` can be changed like that. */
  applies(space: Shape3, channels: number): boolean;
  change(input: Float32Array, n: number, channels: number): Float32Array;
  /** Brings a map of the changed input back to the input as it was; `n` voxels along each edge of the map. */
  back(map: Float32Array, n: number): Float32Array;
}

const isCube = ([nz, ny, nx]: Shape3) => nz === ny && ny === nx && nx > 1;

const turn = (axis: Axis, about: string): Probe => ({
  name: `A quarter turn about ${axis}`,
  about,
  applies: isCube,
  change: (input, n, channels) => turned(input, n, axis, 1, channels),
  back: (map, n) => turned(map, n, axis, -1),
});

const wedge = (tilt: number): Probe => ({
  name: `Tilts of ±${tilt}° only`,
  about: 'Less of the directions along the beam is seen; mean and deviation of the values stay.',
  applies: (space, channels) => isCube(space) && channels === 1 && hasTransform(space[0]),
  change: (input, n) => rewedged(input, n, tilt),
  back: (map) => map,
});

export const PROBE_IDS = ['turn-z', 'turn-y', 'turn-x', 'wedge-50', 'wedge-40'] as const;
export type ProbeId = (typeof PROBE_IDS)[number];

export const PROBES: Readonly<Record<ProbeId, Probe>> = {
  'turn-z': turn('z', 'Within the plane of the sample, where particles lie in all directions.'),
  'turn-y': turn('y', 'About the tilt axis: the missing wedge turns with the particle.'),
  'turn-x': turn('x', 'Across the tilt axis: the missing wedge turns with the particle.'),
  'wedge-50': wedge(50),
  'wedge-40': wedge(40),
};
