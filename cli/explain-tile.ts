import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile, badInput } from '../src/core/errors.ts';
import { list, object, parseJson, validate, whole } from '../src/core/schema/index.ts';
import {
  axesText,
  type Axes,
  componentAt,
  componentInTile,
  componentsOf,
  cutTile,
  inverseAxes,
  sameAxes,
  outputVoxel,
  planTiles,
  spaceOf,
  tilingOf,
  turnedShape,
} from '../src/core/segmentation/index.ts';
import {
  boxText,
  type Fit,
  openSource,
  type OpenOptions,
  prepareInput,
  type Region as VoxelRegion,
  type Shape3,
  sameShape,
} from '../src/core/volume/index.ts';
import type { ModelInfo, ReadingWith, Region, Target } from '../src/engine/types.ts';
import { withFile } from './files.ts';
import type { NetworkInput } from './network-input.ts';
import { classFile, DOCUMENT, LABELS } from './segment-files.ts';
import {
  requireInside,
  threeNumbers,
  type WholeFile,
  type WholeOptions,
  type WholeVolume,
  withWhole,
} from './whole-volume.ts';
import { mapTo } from '../src/core/typed-arrays.ts';

/** Options of `explain` that ask about a place of a volume that is larger than the network's input. */
export const TILE_OPTIONS = {
  at: {
    type: 'string',
    value: 'z,y,x',
    help: 'a voxel of a larger volume: the tile around it is explained, for a segmentation the score at it',
  },
  component: {
    type: 'string',
    value: 'N',
    help: 'a component of --segmentation: the tile around it, the summed score over its voxels',
  },
  segmentation: {
    type: 'string',
    value: 'DIR',
    help: 'component: what `segment --out DIR` wrote of this volume and network',
  },
  tile: {
    type: 'string',
    value: 'z,y,x',
    help: "voxels of that tile, for networks that take any size (default: the tool's, or 128)",
  },
} as const;

type TileValues = { readonly [K in keyof typeof TILE_OPTIONS]?: string };

/** A place of a volume, as the options name it. */
export interface Place {
  readonly at: Shape3 | null;
  readonly component: Part | null;
  readonly tile: Shape3 | null;
}

interface Part {
  readonly id: number;
  readonly label: number;
  readonly index: number;
  readonly inside: Shape3;
  /** Of the output that it was found in. */
  readonly shape: Shape3;
  /** Whether classes have files of their own. */
  readonly apart: boolean;
  readonly folder: string;
}

/** What the options ask about; null where they are not there. */
export async function placeOf(values: TileValues): Promise<Place | null> {
  const { at, component, segmentation, tile } = values;
  if (at === undefined && component === undefined) {
    if (segmentation !== undefined)
      throw badInput('--segmentation goes with --component N, the number of one of its components');
    if (tile !== undefined) throw badInput('--tile goes with --at or --component');
    return null;
  }
  if (at !== undefined && component !== undefined)
    throw badInput('--at and --component exclude each other; accepted: one of them');
  return {
    at: at === undefined ? null : threeNumbers('at', at, 'a voxel of the volume'),
    component: component === undefined ? null : await partOf(component, segmentation),
    tile: tile === undefined ? null : threeNumbers('tile', tile, 'voxels of a tile'),
  };
}

const MOST_COMPONENTS = 10_000_000;
const voxel = list(whole(), { min: 3, max: 3 });
const triple = ([z, y, x]: readonly number[]): Shape3 => [z, y, x];

/** What is read of the document that `segment` writes. */
const written = object({
  shared: whole(),
  output: object({ shape: voxel }),
  components: list(object({ id: whole(), label: whole(), index: whole(), inside: voxel }), {
    max: MOST_COMPONENTS,
  }),
});

async function partOf(text: string, folder: string | undefined): Promise<Part> {
  if (folder === undefined)
    throw badInput(
      '--component: --segmentation is missing; accepted: the folder that `segment --out DIR` wrote',
    );
  const file = join(folder, DOCUMENT);
  const accepted = 'what `segment --out DIR` wrote';
  const bytes = await readFile(file).catch(() => null);
  if (!bytes) throw badFile(file, 'there is no such file', accepted);
  const document = parseJson(new Uint8Array(bytes), { file, accepted, maxBytes: 2 ** 30 });
  const { components, output, shared } = validate(written, document, file, []);
  const found = components.find(({ id }) => String(id) === text);
  if (!found)
    throw badInput(`--component ${text}; accepted: one of the ${components.length} in ${file}`);
  const { inside, ...part } = found;
  return {
    ...part,
    inside: triple(inside),
    shape: triple(output.shape),
    apart: shared > 0,
    folder,
  };
}

/** A tile ready to be explained, and the number that is. */
export interface TileQuestion {
  readonly input: NetworkInput;
  readonly target: Target | undefined;
  readonly classes: readonly number[] | undefined;
}

type Asked = number | 'all' | undefined;

const only = (asked: Asked): number => {
  if (asked === 'all')
    throw badInput(
      '--volume all does not go with --at or --component; accepted: a number from 1 up',
    );
  return asked ?? 0;
};

/** The sizes that a network is read with where a tile is explained. */
export function tileSizes(
  path: string,
  { tile }: Place,
  reading: OpenOptions,
  asked: Asked,
): Promise<ReadingWith> {
  return withWhole(path, reading, only(asked), async ({ shape }) =>
    tile ? { inputShape: tile } : { inputShape: shape, tiles: true as const },
  );
}

interface QuestionOptions extends OpenOptions, Omit<WholeOptions, 'resample'> {
  readonly fit: Fit;
  readonly voxelScale: number;
  readonly asked: Asked;
}

/** Cuts the tile around a place out of a volume. */
export function tileQuestion(
  path: string,
  info: ModelInfo,
  place: Place,
  { fit, normalization, invert, voxelScale, asked, ...reading }: QuestionOptions,
): Promise<TileQuestion> {
  if (voxelScale !== 1)
    throw badInput('--voxel-scale does not go with --at or --component; accepted: --voxel-size');
  if (fit !== 'none' && fit !== 'resample')
    throw badInput(`--fit ${fit} does not go with --at or --component; accepted: none, resample`);
  const index = only(asked);
  const options = { normalization, invert, resample: fit === 'resample' };
  return withWhole(path, reading, index, async (file) =>
    cut(file, info, place, await file.read(info, options), { index, normalization }),
  );
}

async function cut(
  file: WholeFile,
  info: ModelInfo,
  place: Place,
  { volume: seen, raw, steps: done, scaling, findings }: WholeVolume,
  { index, normalization }: { readonly index: number } & Pick<WholeOptions, 'normalization'>,
): Promise<TileQuestion> {
  const dense = info.outputs[0].shape.length > 2;
  const box = spaceOf(info.inputShape);
  const out = dense ? spaceOf(info.outputs[0].shape) : box;
  const tiling = tilingOf(info.sidecar.tiling);
  // A network that gives one vector of a box sees that box standardised by itself.
  const volume = dense ? seen : raw;
  const plan = planTiles(turnedShape(volume.shape, tiling.axes), box, out, tiling);
  const { at, component } = place;
  if (at) requireInside('at', at, volume.shape);
  const voxel = at && outputVoxel(plan, at);
  if (component) requireSame(component, plan.shape, tiling.axes);
  const tile = cutTile(volume, plan, tiling, voxel ?? component!.inside);
  const { start } = tile.input;
  const { axes } = tiling;
  const steps = [
    ...done,
    ...(dense ? scaling : []),
    `The tile of ${box.join(' x ')} voxels from voxel ${start.join(', ')} on is explained${sameAxes(axes) ? '' : `; its axes are those of the network, ${axesText(axes)}`}.`,
  ];
  // Sections beside the tile's lie one after the other at each of its places.
  const channels = tile.values.length / (box[0] * box[1] * box[2]);
  const row = [box[0], box[1], box[2] * channels] as const;
  const prepared = prepareInput(
    { ...tile.grid, shape: row, data: tile.values },
    { shape: row, normalization: info.sidecar.normalization, steps: info.sidecar.steps },
    { normalization: dense ? 'none' : normalization },
  );
  const input: NetworkInput = {
    data: prepared.volume.data,
    shape: info.inputShape,
    layout: info.inputShape.length === 4 ? 'z,y,x' : 'y,x',
    grid: tile.grid,
    steps: [...steps, ...prepared.steps],
    rawMean: prepared.rawMean,
    findings,
    index,
    count: file.count,
  };
  if (!dense) return { input, target: undefined, classes: undefined };
  const region: Region = at
    ? { kind: 'ball', centre: tile.place.slice(-(info.inputShape.length - 1)), radius: 0 }
    : { kind: 'mask', voxels: await maskOf(component!, tile.output, tiling.axes) };
  const classes = component ? [component.index] : undefined;
  return { input, target: { kind: 'segmentation', region }, classes };
}

function requireSame({ folder, shape }: Part, own: Shape3, axes: Axes): void {
  const expected = turnedShape(own, inverseAxes(axes));
  if (sameShape(shape, expected)) return;
  throw badInput(
    `${join(folder, DOCUMENT)}: its output has ${boxText(shape)} voxels, that of this network for this volume ${boxText(expected)}; accepted: the segmentation of this volume by this network, with the same --fit`,
  );
}

/** Voxels of a component in a part of the whole output. */
async function maskOf(
  { folder, label, inside, id, apart }: Part,
  region: VoxelRegion,
  axes: Axes,
): Promise<Uint8Array> {
  const open = (name: string) =>
    withFile(
      join(folder, name),
      async (source) => (await (await openSource(source)).read(0)).volume,
    );
  const { data, shape } = await open(apart ? classFile(label) : LABELS);
  const is = (value: number) => (apart ? value !== 0 : value === label);
  const labels = mapTo(new Uint8Array(data.length), data, (value) => (is(value) ? 1 : 0));
  const found = componentsOf({ shape, labels, certainty: labels, members: null, shared: 0 });
  const part = componentAt(found, inside);
  if (!part)
    throw badInput(`--component ${id}: ${join(folder, LABELS)} has no voxels of it at ${inside}`);
  return componentInTile(found, part.id, region, axes);
}
