import { aborted } from '../../core/errors.ts';
import {
  PARTICLE_FORMATS,
  type ParticleFormatId,
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
  namesImageSeries,
  namesProjections,
  particlesOfSeries,
  readSubTilts,
  selectOfSeries,
} from '../../core/subtilt/index.ts';
import { formatLabel, isVolumeName } from '../../core/volume/index.ts';
import type {
  BoxesRequest,
  BoxSource,
  CutBox,
  NoBox,
  PlacedFile,
  ReadList,
  SliceAnswer,
  Thumbnails,
  ThumbnailsRequest,
  TomogramInfo,
  TomogramSource,
} from '../../state/tomograms.ts';
import { zipFiles } from '../../core/zip.ts';
import type { Task } from '../../worker/serve.ts';
import { type BoxMaker, makeBoxes, makeThumbnails, tomogramMaker } from './boxes.ts';
import { openTomogram } from './open.ts';
import { OpenedSources } from './opened.ts';
import { openedProjections, projectionsMaker } from './projections.ts';
import { Urgent } from './urgent.ts';

interface Opened {
  readonly tomogram: Tomogram;
  readonly slicer: Slicer;
}

const opened = new OpenedSources<TomogramSource, Opened>(async (source) => {
  const tomogram = await openTomogram(source);
  return { tomogram, slicer: new Slicer(tomogram) };
});

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
  return infoOf(source, (await opened.of(source)).tomogram);
}

export async function average(
  source: TomogramSource,
  { signal, onProgress }: Task,
): Promise<TomogramInfo> {
  const { tomogram } = await opened.of(source);
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
  const { slicer, tomogram } = await opened.of(source);
  const picture = await urgent.run(() => slicer.slice(request));
  return { picture, findings: tomogram.findings };
}

export async function region(
  source: TomogramSource,
  request: RegionRequest,
): Promise<TomogramRegion | null> {
  const { tomogram } = await opened.of(source);
  return urgent.run(() => readRegion(tomogram.levels, request));
}

export function close(source: BoxSource): void {
  opened.forget(source.id);
  openedProjections.forget(source.id);
}

export function boxes(
  source: BoxSource,
  request: BoxesRequest,
  { signal }: Task,
): Promise<readonly (CutBox | NoBox)[]> {
  return urgent.run(async () => makeBoxes(await makerOf(source), request, signal));
}

export function thumbnails(
  source: BoxSource,
  request: ThumbnailsRequest,
  { signal }: Task,
): Promise<Thumbnails> {
  return urgent.run(async () => makeThumbnails(await makerOf(source), request, signal));
}

const MAKERS: {
  readonly [K in BoxSource['kind']]: (source: Extract<BoxSource, { kind: K }>) => Promise<BoxMaker>;
} = {
  tomogram: async (source) => tomogramMaker((await opened.of(source)).tomogram.stored[0]),
  projections: projectionsMaker,
};

const makerOf = (source: BoxSource) =>
  (MAKERS[source.kind] as (source: BoxSource) => Promise<BoxMaker>)(source);

/** Bytes of a list that say what it is. */
const HEAD_BYTES = 1 << 16;
/** Larger neighbours are no tables of tomograms. */
const MOST_BESIDE = 64 * 2 ** 20;

export async function readList(
  files: readonly PlacedFile[],
  beside: readonly PlacedFile[],
): Promise<ReadList> {
  const own = await Promise.all(files.map(fileOf));
  if (own.length > 1) {
    const list = readPicks(own, commonOf(own.map(({ name }) => name)));
    return { list, projections: false };
  }
  const [file] = own;
  const head = headOf(file);
  if (namesImageSeries(head))
    return { list: particlesOfSeries(readSubTilts(file)), projections: true };
  // Stacks may be many, and are none of the tables that a list asks for.
  const small = beside.filter((one) => one.file.size <= MOST_BESIDE && !isVolumeName(one.path));
  const others = await Promise.all(small.map(fileOf));
  const list = readParticles({
    ...file,
    beside: (name) =>
      others.find((one) => (typeof name === 'string' ? one.name === name : name.test(one.name))) ??
      null,
  });
  return { list, projections: namesProjections(head) };
}

const headOf = ({ bytes }: ParticleFile) => new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES));

export async function selectRows(
  files: readonly PlacedFile[],
  format: ParticleFormatId,
  rows: Uint32Array,
): Promise<Uint8Array> {
  const own = await Promise.all(files.map(fileOf));
  if (own.length === 1) {
    const [file] = own;
    return namesImageSeries(headOf(file))
      ? selectOfSeries(file, rows)
      : PARTICLE_FORMATS[format].select(file, rows);
  }
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
