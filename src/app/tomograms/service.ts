import { aborted } from '../../core/errors.ts';
import {
  PARTICLE_FORMATS,
  type ParticleFormatId,
  type ParticleList,
  readBox,
  readParticles,
  readPicks,
  selectPicks,
  type ParticleFile,
} from '../../core/particles/index.ts';
import {
  readRegion,
  type RegionRequest,
  Slicer,
  type SliceRequest,
  type Tomogram,
  type TomogramRegion,
} from '../../core/tomogram/index.ts';
import {
  formatLabel,
  prepareInput,
  type Shape3,
  type Vec3,
  type VolumeAccess,
} from '../../core/volume/index.ts';
import type {
  BoxesRequest,
  CutBox,
  PlacedFile,
  SliceAnswer,
  Thumbnails,
  ThumbnailsRequest,
  TomogramInfo,
  TomogramSource,
} from '../../state/tomograms.ts';
import { zipFiles } from '../../core/zip.ts';
import type { Task } from '../../worker/serve.ts';
import { openTomogram } from './open.ts';
import { Urgent } from './urgent.ts';

interface Opened {
  readonly tomogram: Tomogram;
  readonly slicer: Slicer;
}

/** Tomograms by their ids; one that this thread does not know yet is opened when it is asked about. */
const opened = new Map<number, Promise<Opened>>();

function find(source: TomogramSource): Promise<Opened> {
  let known = opened.get(source.id);
  if (!known) {
    known = openTomogram(source).then((tomogram) => ({ tomogram, slicer: new Slicer(tomogram) }));
    opened.set(source.id, known);
    known.catch(() => opened.delete(source.id));
  }
  return known;
}

function infoOf(
  source: TomogramSource,
  { stored, grid, levels, findings }: Tomogram,
): TomogramInfo {
  const { format, valueType } = stored[0].header;
  return {
    source,
    grid,
    format: formatLabel(format),
    valueType,
    levels: levels.map((level) => level.grid.voxelSize[0]),
    findings,
  };
}

/** What the page waits for: the coarser levels are made when there is none. */
const urgent = new Urgent();

export async function open(source: TomogramSource): Promise<TomogramInfo> {
  return infoOf(source, (await find(source)).tomogram);
}

export async function average(
  source: TomogramSource,
  { signal, onProgress }: Task,
): Promise<TomogramInfo> {
  const { tomogram } = await find(source);
  let last = 0;
  const checkpoint = async () => {
    await urgent.over();
    if (signal.aborted) throw aborted();
  };
  await tomogram.build(checkpoint, (fraction) => {
    if (fraction - last < 0.01) return;
    last = fraction;
    onProgress({ stage: 'Averaging', fraction });
  });
  return infoOf(source, tomogram);
}

export async function slice(source: TomogramSource, request: SliceRequest): Promise<SliceAnswer> {
  const { slicer, tomogram } = await find(source);
  const picture = await urgent.run(() => slicer.slice(request));
  return { picture, findings: tomogram.findings };
}

export async function region(
  source: TomogramSource,
  request: RegionRequest,
): Promise<TomogramRegion | null> {
  const { tomogram } = await find(source);
  return urgent.run(() => readRegion(tomogram.levels, request));
}

export function close(source: TomogramSource): void {
  opened.delete(source.id);
}

export async function boxes(
  source: TomogramSource,
  request: BoxesRequest,
  { signal }: Task,
): Promise<readonly CutBox[]> {
  const [access] = (await find(source)).tomogram.stored;
  return urgent.run(() => cutBoxes(access, request, signal));
}

async function cutBoxes(
  access: VolumeAccess,
  { positions, rotations, shape, voxelSize, expectation, invert }: BoxesRequest,
  signal: AbortSignal,
): Promise<readonly CutBox[]> {
  const out: CutBox[] = [];
  for (let i = 0; i < positions.length / 3; i++) {
    if (signal.aborted) throw aborted();
    const turn = rotations && matrixAt(rotations, i);
    const { volume, covered } = await readBox(
      access,
      placeAt(positions, i),
      { shape, voxelSize },
      turn,
    );
    const { data: values, ...grid } = volume;
    const prepared = prepareInput(volume, { shape, ...expectation }, { invert });
    // Normalising makes an array of its own; where nothing is done, both are the same.
    const input = prepared.volume.data === values ? values.slice() : prepared.volume.data;
    out.push({ input, values, covered, grid });
  }
  return out;
}

export async function thumbnails(
  source: TomogramSource,
  request: ThumbnailsRequest,
  { signal }: Task,
): Promise<Thumbnails> {
  const [access] = (await find(source)).tomogram.stored;
  return urgent.run(() => drawThumbnails(access, request, signal));
}

async function drawThumbnails(
  access: VolumeAccess,
  { positions, edge, pixel, thickness }: ThumbnailsRequest,
  signal: AbortSignal,
): Promise<Thumbnails> {
  const side = Math.max(1, Math.round(edge / pixel));
  const deep = Math.max(1, Math.round(thickness / pixel));
  const shape: Shape3 = [deep, side, side];
  const data = new Float32Array((positions.length / 3) * side * side);
  for (let i = 0; i < positions.length / 3; i++) {
    if (signal.aborted) throw aborted();
    const { volume } = await readBox(access, placeAt(positions, i), { shape, voxelSize: pixel });
    const from = i * side * side;
    for (let k = 0; k < deep; k++)
      for (let at = 0; at < side * side; at++)
        data[from + at] += volume.data[k * side * side + at] / deep;
  }
  return { side, data };
}

/** Larger neighbours are no tables of tomograms. */
const MOST_BESIDE = 64 * 2 ** 20;

export async function readList(
  files: readonly PlacedFile[],
  beside: readonly PlacedFile[],
): Promise<ParticleList> {
  const own = await Promise.all(files.map(fileOf));
  if (own.length > 1) return readPicks(own, commonOf(own.map(({ name }) => name)));
  const small = beside.filter((one) => one.file.size <= MOST_BESIDE);
  const others = await Promise.all(small.map(fileOf));
  return readParticles({
    ...own[0],
    beside: (name) =>
      others.find((one) => (typeof name === 'string' ? one.name === name : name.test(one.name))) ??
      null,
  });
}

export async function selectRows(
  files: readonly PlacedFile[],
  format: ParticleFormatId,
  rows: Uint32Array,
): Promise<Uint8Array> {
  const own = await Promise.all(files.map(fileOf));
  if (own.length === 1) return PARTICLE_FORMATS[format].select(own[0], rows);
  const kept = selectPicks(own, rows);
  return zipFiles(Object.fromEntries(kept.map(({ name, bytes }) => [name, bytes])));
}

const fileOf = async ({ path, file }: PlacedFile): Promise<ParticleFile> => ({
  name: nameOf(path),
  bytes: await bytesOf(file),
});

/** What the names of copick's picks begin with: user and session. */
const commonOf = ([first]: readonly string[]) => first.split('_').slice(0, 2).join('_');

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

function placeAt(positions: Float64Array, i: number): Vec3 {
  return [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]];
}

function matrixAt(rotations: Float32Array, i: number) {
  const [a, b, c, d, e, f, g, h, k] = rotations.subarray(9 * i, 9 * i + 9);
  return [a, b, c, d, e, f, g, h, k] as const;
}
