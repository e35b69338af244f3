import { type Agreement, agreementOf, type PlacedMap } from '../src/core/agreement/index.ts';
import { type CamMethod, methodRow } from '../src/core/cam/index.ts';
import { badInput } from '../src/core/errors.ts';
import {
  boxText,
  type LengthUnit,
  lengthUnitOf,
  openSource,
  type Shape3,
} from '../src/core/volume/index.ts';
import {
  gridPhrase,
  lengthIn,
  maskedParticle,
  type Particle,
  particleOf,
  peakPhrase,
  shareText,
  type SignedWhere,
  type Where,
  whereIs,
} from '../src/core/where/index.ts';
import type { Explanation, GridMap, LayerExplanation, ModelInfo } from '../src/engine/types.ts';
import { withFile } from './files.ts';
import type { NetworkInput } from './network-input.ts';

/** The particle of an input, and the unit of lengths on its grid. */
export interface Place {
  readonly particle: Particle | null;
  readonly grid: NetworkInput['grid'];
  readonly unit: LengthUnit;
}

/** The input's particle: by a mask on its grid, or by the isosurface of what the network sees. */
export async function particlePlace(
  { data, shape, grid }: NetworkInput,
  { sidecar }: Pick<ModelInfo, 'sidecar'>,
  mask: string | undefined,
): Promise<Place> {
  const unit = lengthUnitOf(grid, 'nm');
  if (mask !== undefined) return { particle: await particleIn(mask, grid), grid, unit };
  // Several channels are no density, and neither is a picture.
  const density = shape.at(-1) === 1 && !grid.rowsDown;
  const volume = { data, ...grid };
  const particle = density ? particleOf(volume, undefined, sidecar.contrast) : null;
  return { particle, grid, unit };
}

function particleIn(path: string, grid: NetworkInput['grid']): Promise<Particle> {
  return withFile(path, async (source) => {
    const { volume } = await (await openSource(source)).read(0);
    if (volume.shape.some((n, axis) => n !== grid.shape[axis]))
      throw badInput(
        `${path}: the mask has ${boxText(volume.shape)} voxels; accepted: ${boxText(grid.shape)}, the grid that the network sees`,
      );
    const found = maskedParticle(volume.data, grid);
    if (!found)
      throw badInput(`${path}: the mask is empty; accepted: values that are not 0 inside`);
    return found;
  });
}

const placed = ({ data, shape }: GridMap): PlacedMap => ({ data, shape: spatial(shape) });

/** `[z, y, x]` of a map; a 2D map is one section. */
function spatial(shape: readonly number[]): Shape3 {
  const [x, y, z = 1] = [...shape].reverse();
  return [z, y, x];
}

export function whereOf(map: GridMap, { particle, grid }: Place): Where {
  return whereIs(map.data, spatial(map.shape), grid, particle);
}

/** Factor from Å to the unit of the lengths. */
export const lengthFactor = (unit: LengthUnit) => (unit === 'nm' ? 0.1 : 1);

/** The part of `explain --json` about the particle. */
export function particleDocument({ particle, unit }: Place) {
  if (!particle) return { particle: null, lengthUnit: unit };
  const { by, share, centre } = particle;
  return {
    particle: { by, share, centre: centre.map((at) => at * lengthFactor(unit)) },
    lengthUnit: unit,
  };
}

/** The part of `explain --json` about where one map is; lengths in the document's `lengthUnit`. */
export function whereDocument({ positive, negative, particle, grid }: Where, { unit }: Place) {
  const scale = lengthFactor(unit);
  const lengths = (values: readonly number[] | null) => values?.map((one) => one * scale) ?? null;
  const side = ({ mass, inside, peak, centroid, extent, held }: SignedWhere) => ({
    mass,
    inside,
    peak: peak && {
      value: peak.value,
      voxel: peak.voxel,
      position: lengths(peak.position),
      covered: peak.covered,
      offset: lengths(peak.offset),
      distance: peak.offset && Math.hypot(...peak.offset) * scale,
    },
    centroid: lengths(centroid),
    extent: extent === null ? null : extent * scale,
    held,
  });
  return {
    gridVoxelSize: lengths(grid.voxelSize),
    mostInside: particle?.most ?? null,
    positive: side(positive),
    negative: side(negative),
  };
}

/** One map of an explanation. */
interface Named {
  readonly layer: string;
  readonly method: CamMethod;
  readonly map: GridMap;
}

/** How two maps of one class agree. */
export interface PairAgreement {
  readonly index: number;
  readonly a: Named;
  readonly b: Named;
  readonly found: Agreement;
}

/** All pairs of methods, of each class: at one layer, and maps of the input with those of layers. */
export function agreements({ layers }: Explanation, { grid }: Place): PairAgreement[] {
  const indices = new Set(layers.flatMap(({ classes }) => classes.map(({ index }) => index)));
  return [...indices].flatMap((index) => {
    const maps = layers.flatMap((layer) => mapsOf(layer, index));
    return maps.flatMap((a, i) =>
      maps
        .slice(i + 1)
        .filter((b) => a.layer === b.layer || !isOfLayer(a) || !isOfLayer(b))
        .map((b) => ({ index, a, b, found: agreementOf(placed(a.map), placed(b.map), grid) })),
    );
  });
}

function mapsOf({ name, classes }: LayerExplanation, index: number): Named[] {
  const methods = classes.find((row) => row.index === index)?.methods ?? {};
  return Object.entries(methods).map(([method, map]) => ({
    layer: name,
    method: method as CamMethod,
    map,
  }));
}

const isOfLayer = ({ method }: Named) => methodRow(method).at === 'layer';

export function agreementDocument({ index, a, b, found }: PairAgreement, { unit }: Place) {
  const { shape, cosine, spearman, overlap, shift } = found;
  return {
    index,
    a: { layer: a.layer, method: a.method },
    b: { layer: b.layer, method: b.method },
    shape,
    cosine,
    spearman,
    overlap,
    shift: shift === null ? null : shift * lengthFactor(unit),
  };
}

/** The same as text: where the maps of one class are, and how they agree. */
export function whereLines(
  explanation: Explanation,
  index: number,
  name: string,
  place: Place,
): string[] {
  const maps = explanation.layers.flatMap((layer) => mapsOf(layer, index));
  if (maps.length === 0) return [];
  const { particle, unit } = place;
  const size = particle ? ` The particle takes ${shareText(particle.share)} of the box.` : '';
  const lines = maps.flatMap(({ layer, method, map }) => {
    const { grid, positive, negative } = whereOf(map, place);
    const head = `${method} at ${layer}, ${gridPhrase(grid, unit)}`;
    return [
      `  ${head}: ${sideText(positive, 'in favour', grid, unit)}`,
      ...(negative.mass < 0 ? [`  ${head}: ${sideText(negative, 'against', grid, unit)}`] : []),
    ];
  });
  const pairs = agreements(explanation, place)
    .filter((pair) => pair.index === index)
    .map((pair) => `  ${agreementText(pair, unit)}`);
  return [
    '',
    `Where the maps of ${name} are.${size}`,
    ...lines,
    ...(pairs.length > 0 ? ['Agreement', ...pairs] : []),
  ];
}

function sideText(
  { mass, inside, peak, extent, held }: SignedWhere,
  side: string,
  grid: Where['grid'],
  unit: LengthUnit,
): string {
  if (!peak) return `nothing ${side}`;
  const at = peakPhrase(peak, grid, unit) ?? `at voxel ${peak.voxel.join(', ')}`;
  return [
    `${mass.toPrecision(3)} ${side}`,
    ...(inside === null ? [] : [`${shareText(inside)} of it inside`]),
    `peak ${at}`,
    `radius of gyration ${lengthIn(extent ?? 0, unit)}`,
    `${shareText(held ?? 0)} in voxels beyond 30% of the peak`,
  ].join('; ');
}

const digits = (value: number | null) => (value === null ? '-' : value.toFixed(2));

function agreementText({ a, b, found }: PairAgreement, unit: LengthUnit): string {
  const name = ({ method, layer }: Named) =>
    a.layer === b.layer ? method : `${method} at ${layer}`;
  return `${name(a)} and ${name(b)}: ${agreementPhrase(found, unit)}`;
}

/** The numbers of an agreement on one line. */
export function agreementPhrase(
  { cosine, spearman, overlap, shift }: Agreement,
  unit: LengthUnit,
): string {
  const tops = overlap.map(({ share, iou }) => `${digits(iou)} of the top ${100 * share}%`);
  return [
    `cosine ${digits(cosine)}`,
    `Spearman ${digits(spearman)}`,
    `IoU ${tops.join(', ')}`,
    shift === null ? 'no shift: one has nothing in favour' : `shift ${lengthIn(shift, unit)}`,
  ].join('; ');
}
