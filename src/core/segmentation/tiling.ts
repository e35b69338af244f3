import { boolean, list, number, object, oneOf, type Schema, whole } from '../schema/index.ts';
import { type Axes, isAxes, SAME_AXES } from './axes.ts';
import type { Shape3 } from '../volume/types.ts';
import type { TileCopy } from './mirror.ts';

/** How much a place in a tile counts where tiles overlap, from its distance to the tile's faces. */
export interface BlendingRow {
  readonly label: string;
  readonly sentence: string;
  /** Whether the overlap is left out at the faces of a tile, rather than averaged. */
  readonly crops: boolean;
  /** Weights along an axis of `size` voxels of which `margin` are left out at each end. */
  weights(size: number, margin: number): Float64Array;
  /** No product of the weights along the three axes counts less. */
  readonly least: number;
}

/** Share of a tile that the standard deviation of its importance is (nnU-Net, MONAI). */
const SIGMA = 1 / 8;

const ROWS = {
  gaussian: {
    label: 'Mostly the middle',
    sentence: 'the middle of a tile counts most (a Gaussian of an eighth of the tile)',
    crops: false,
    weights: (size) =>
      Float64Array.from({ length: size }, (_, i) =>
        Math.exp(-0.5 * ((i - (size - 1) / 2) / (SIGMA * size)) ** 2),
      ),
    least: 1e-3,
  },
  average: {
    label: 'All alike',
    sentence: 'all places of a tile count alike',
    crops: false,
    weights: (size) => new Float64Array(size).fill(1),
    least: 0,
  },
  crop: {
    label: 'Only the middle',
    sentence: 'only the middle of a tile counts; at its faces half the overlap is left out',
    crops: true,
    weights: (size, margin) =>
      Float64Array.from({ length: size }, (_, i) => (i >= margin && i < size - margin ? 1 : 0)),
    least: 0,
  },
} satisfies Readonly<Record<string, BlendingRow>>;

export type Blending = keyof typeof ROWS;
export const BLENDINGS: Readonly<Record<Blending, BlendingRow>> = ROWS;
export const BLENDING_IDS = Object.keys(ROWS) as Blending[];

const MAX_TILE = 4096;

/** What is known of how a network is run over a volume that is larger than its input. */
export interface TilingFacts {
  /** Voxels of a tile, z, y, x; the network's input where its file fixes that. */
  readonly tile?: readonly number[];
  /** What neighbouring tiles have in common: below 1 a share of the tile, from 1 on voxels. */
  readonly overlap?: number;
  readonly blending?: Blending;
  /** Tiles at equal distances over the volume, rather than one overlap apart with the last one moved inside. */
  readonly even?: boolean;
  /** Axes of a tile as the network has it (0, 1, 2; pictures are one section) along which the tool also mirrors it. */
  readonly mirror?: readonly number[];
  /** Two of these axes that the tool also exchanges: together with mirrors along both, turns by a quarter. */
  readonly exchange?: readonly number[];
  /** Each tile is standardised by itself. */
  readonly standardised?: boolean;
  /** Axes of the volume that the network's run along, where they are not z, y, x (0, 1, 2). */
  readonly axes?: readonly number[];
  /** Neighbouring sections that are the channels of a network of images, the one asked about in their middle. */
  readonly sections?: number;
  /** Channel that stands for no class, where channels exclude each other; -1 for none. */
  readonly background?: number;
}

/** The `tiling` block of a sidecar. */
export const tilingSchema: Schema<TilingFacts> = object(
  {},
  {
    tile: list(whole({ min: 1, max: MAX_TILE }), { min: 2, max: 3 }),
    overlap: number({ min: 0, max: MAX_TILE }),
    blending: oneOf(...BLENDING_IDS),
    even: boolean,
    mirror: list(whole({ max: 2 }), { max: 3 }),
    exchange: list(whole({ max: 2 }), { min: 2, max: 2 }),
    standardised: boolean,
    axes: list(whole({ max: 2 }), { min: 3, max: 3 }),
    sections: whole({ min: 1, max: 4095 }),
    background: whole({ min: -1, max: 4095 }),
  },
);

/** How a network is run over a volume. */
export interface Tiling extends TileCopy {
  readonly overlap: number;
  readonly blending: Blending;
  readonly even: boolean;
  readonly standardised: boolean;
  readonly axes: Axes;
  readonly sections: number;
}

/** Where nobody says it. */
const USUAL = {
  overlap: 0.25,
  blending: 'gaussian',
  even: false,
  mirror: [],
  exchange: [],
  standardised: false,
  axes: SAME_AXES,
  sections: 1,
} as const satisfies Tiling;

/** Edge of the tile of a network that takes any size and whose tool names none. */
export const USUAL_TILE = 128;

/** What a tool does, with what nobody says filled in. Copies of tiles take time, so they are run when asked for. */
export function tilingOf(facts: TilingFacts | undefined, chosen: Partial<Tiling> = {}): Tiling {
  const { overlap, blending, even, standardised, sections } = { ...USUAL, ...facts };
  const own = { overlap, blending, even, standardised, sections, axes: axesOf(facts) };
  return { ...own, mirror: [], exchange: [], ...chosen };
}

/** The copies of a tile that a tool averages over; mirrored along every axis where nobody says it. */
export function tileCopiesOf(facts: TilingFacts | undefined): TileCopy {
  return { mirror: facts?.mirror ?? [0, 1, 2], exchange: facts?.exchange ?? [] };
}

/** The volume's axes that a network's run along. */
export const axesOf = (facts: TilingFacts | undefined): Axes =>
  isAxes(facts?.axes) ? facts.axes : SAME_AXES;

/** Sides of networks that halve their input are multiples of this, mostly. */
const MULTIPLE = 32;

/**
 * The tile for a network that takes any size: the tool's own, but no larger than the volume needs.
 * @param volume sizes along the network's axes
 */
export function openTile(facts: TilingFacts | undefined, volume: readonly number[]): number[] {
  const own = facts?.tile?.length === volume.length ? facts.tile : undefined;
  const tile = volume.map((_, axis) => own?.[axis] ?? USUAL_TILE);
  if (volume.every((n, axis) => n <= tile[axis])) return [...volume];
  return tile.map((n, axis) => Math.min(n, MULTIPLE * Math.ceil(volume[axis] / MULTIPLE)));
}

/** Voxels that neighbouring tiles of `size` have in common. */
export function overlapVoxels(overlap: number, size: number): number {
  const voxels = overlap < 1 ? Math.round(overlap * size) : Math.round(overlap);
  // Two thirds at most, so that tiles move on.
  return Math.min(voxels, Math.floor((2 * size) / 3));
}

/** `[z, y, x]` of a network's input or output without channels; one section for pictures. */
export function spaceOf(shape: readonly number[]): Shape3 {
  const space = shape.slice(0, -1);
  return space.length === 3 ? [space[0], space[1], space[2]] : [1, space[0], space[1]];
}
