import { aborted } from '../../core/errors.ts';
import { luminance, pictureFormatIn, readPicture } from '../../core/picture/index.ts';
import type { PictureFormatId } from '../../core/picture/index.ts';
import {
  boxText,
  computeStats,
  type ByteSource,
  type Finding,
  headerOf,
  histogram,
  lengthText,
  openSource,
  type ReadAs,
  replaceNonFinite,
  type SourceVolume,
  type VolumeAccess,
  type VolumeHeader,
} from '../../core/volume/index.ts';
import { type PreparedVolume, type PrepareRequest, prepareRegion } from '../../state/prepare.ts';
import type { OpenedVolume, ReadingOptions, WholeVolume } from '../../state/types.ts';
import { MAX_VOXELS } from './limits.ts';
import { allocate, blobSource, bytesOf, isShared, type ReadTask } from './sources.ts';

const BINS = 96;

/**
 * Every volume of a file or URL as float32, with statistics and histogram. Of a file larger than the
 * app can hold blocks of voxels are averaged while it is read, and of a set of many volumes only the
 * first are read; a finding says so. Throws `bad-file`, and `aborted` when cancelled.
 */
export async function openVolumes(
  name: string,
  source: Blob | string,
  reading: ReadingOptions,
  task: ReadTask,
): Promise<OpenedVolume[]> {
  const ranged = reading.volume !== undefined;
  const { bytes, inMemory } = await bytesOf(name, source, task, { ranged });
  const smallBytes = inMemory ? Number.POSITIVE_INFINITY : undefined;
  const opened = await readVolumes(bytes, reading, task.signal, smallBytes);
  return opened.map(({ whole, ...rest }) =>
    whole ? { ...rest, whole: { ...whole, file: { name, source, reading } } } : rest,
  );
}

/** Brings a volume onto a network's grid from its file, of which no more is read than that takes. */
export async function prepareWhole(
  { file: { name, source, reading }, index, mean }: WholeVolume,
  request: PrepareRequest,
  signal: AbortSignal,
): Promise<PreparedVolume> {
  const task = { signal, onFraction: () => undefined };
  const { bytes } = await bytesOf(name, source, task, { ranged: true });
  return prepareRegion(await openSource(bytes, reading), index, mean, request);
}

/** How many volumes a file holds, by its header; 1 where it cannot be read, which opening it says. */
export async function countVolumes(name: string, source: Blob): Promise<number> {
  return headerOf(blobSource(name, source, { onFraction: () => undefined })).then(
    ({ volumes }) => volumes,
    () => 1,
  );
}

/** A volume whose file is not known here. */
type ReadVolume = Omit<OpenedVolume, 'whole'> & {
  readonly whole?: Omit<WholeVolume, 'file'>;
};

/** Every volume of a source, as {@link openVolumes} reads it. */
export async function readVolumes(
  source: ByteSource,
  reading: ReadingOptions = {},
  signal?: AbortSignal,
  smallBytes?: number,
  maxVoxels = MAX_VOXELS,
): Promise<ReadVolume[]> {
  const checkpoint = () => {
    if (signal?.aborted) throw aborted();
  };
  const format = await pictureFormatIn(source);
  if (format) return [await openPicture(source, format)];
  const access = await openSource(source, { ...reading, smallBytes, checkpoint });
  const { shape, volumes } = access.header;
  const voxels = shape[0] * shape[1] * shape[2];
  const factor = Math.ceil(Math.cbrt(voxels / maxVoxels));
  const count = Math.min(volumes, Math.max(1, Math.floor(maxVoxels / voxels)));
  if (reading.volume !== undefined) {
    return [await readOne(access, reading.volume, factor, volumes, reading.readAs)];
  }
  const opened: ReadVolume[] = [];
  for (let index = 0; index < count; index++) {
    checkpoint();
    opened.push(await readOne(access, index, factor, count, reading.readAs));
  }
  return opened;
}

/** A picture as one section without a voxel size, which reads `[1, y, x]` from the top. */
async function openPicture(source: ByteSource, format: PictureFormatId): Promise<ReadVolume> {
  const picture = readPicture(await source.read(0, source.size), source.name, format);
  const { planes, width, height } = picture;
  const data = share(luminance(picture));
  const colour = planes.length === 3 ? planes.map(share) : undefined;
  const grid = {
    shape: [1, height, width],
    voxelSize: [1, 1, 1],
    voxelSizeKnown: false,
    origin: [0, 0, 0],
  } as const;
  const { min, max, mean, std } = computeStats(data);
  return {
    name: source.name,
    volume: { ...grid, data, rowsDown: true },
    ...(colour && { colour }),
    stats: { min, max, mean, std, histogram: histogram(data, BINS, min, max).counts },
    report: {
      ...grid,
      format,
      compression: 'none',
      kind: 'image',
      mode: null,
      valueType: colour ? 'colour' : 'grey',
      axes: ['x', 'y', 'z'],
      endian: 'little',
      spaceGroup: null,
      extendedHeader: { type: null, bytes: 0 },
      sections: 1,
      volumes: 1,
      labels: [],
      stats: { min, max, mean, rms: std },
      findings: [],
    },
  };
}

async function readOne(
  access: VolumeAccess,
  index: number,
  factor: number,
  count: number,
  readAs: ReadAs | undefined,
): Promise<ReadVolume> {
  const { fileName } = access;
  const last = factor === 1 && readAs === undefined && hasChannelsLast(access.header);
  const header = last ? { ...access.header, ...channelsAsSections(access.header) } : access.header;
  const { shape, voxelSize, voxelSizeKnown, origin } = header;
  const read = factor > 1 ? await access.readBinned(index, factor) : await access.read(index);
  const part = last ? { ...read, volume: channelsFirst(read.volume) } : read;
  const { min, max, mean, std, nonFinite } = part.stats;
  const data = share(nonFinite > 0 ? replaceNonFinite(part.volume.data, mean) : part.volume.data);
  // As other programs show such images, from the top.
  const rowsDown = header.format === 'tiff' && header.kind.startsWith('image');
  const volume = { ...part.volume, data, ...(rowsDown && { rowsDown }) };
  const counts = histogram(data, BINS, min, max).counts;
  const findings = [...part.findings];
  if (last)
    findings.push({
      code: 'channels-last',
      severity: 'info',
      message: `The last axis of ${shape[0]} is read as the channels of an image, one section each.`,
    });
  if (factor > 1) findings.push(averaged(header.shape, factor, volume));
  if (count < header.volumes) {
    findings.push({
      code: 'first-volumes',
      severity: 'warning',
      message: `The file holds ${header.volumes} volumes, more than the app holds at once; the first ${count} were read.`,
    });
  }
  return {
    name: header.volumes > 1 ? `${fileName} #${index + 1}` : fileName,
    volume,
    report: { ...header, stats: { min, max, mean, rms: std }, findings },
    stats: { min, max, mean, std, histogram: counts },
    ...(factor > 1 && {
      whole: { grid: { shape, voxelSize, voxelSizeKnown, origin }, index, mean },
    }),
  };
}

/** Channels of an image at most, and pixels of an edge at least, where an array may be one. */
const MOST_CHANNELS = 4;
const LEAST_EDGE = 8;

/** Whether an array is an image with its channels last, rather than a volume a few voxels wide. */
function hasChannelsLast({ format, volumes, shape: [ny, nx, channels] }: VolumeHeader): boolean {
  const few = channels > 1 && channels <= MOST_CHANNELS;
  return format === 'npy' && volumes === 1 && few && ny >= LEAST_EDGE && nx >= LEAST_EDGE;
}

function channelsAsSections({ shape: [ny, nx, channels] }: VolumeHeader) {
  return { kind: 'image-stack', shape: [channels, ny, nx], sections: channels } as const;
}

function channelsFirst(volume: SourceVolume): SourceVolume {
  const [ny, nx, channels] = volume.shape;
  const data = new Float32Array(volume.data.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < ny * nx; i++) data[c * ny * nx + i] = volume.data[i * channels + c];
  return { ...volume, data, shape: [channels, ny, nx] };
}

function averaged(
  shape: SourceVolume['shape'],
  factor: number,
  { voxelSize, voxelSizeKnown }: SourceVolume,
): Finding {
  const size = voxelSizeKnown ? `voxels are ${lengthText(voxelSize)} and ` : '';
  return {
    code: 'averaged',
    severity: 'warning',
    message: `The box of ${boxText(shape)} voxels is more than the app holds at once, so blocks of ${factor}³ were averaged for the view, where ${size}values spread less. What a network is given is read from the file itself, as long as it is not more than that.`,
  };
}

/** The values as float32, in memory that threads share where the page allows it. */
function share(data: SourceVolume['data']): Float32Array {
  if (data instanceof Float32Array && isShared(data)) return data;
  const out = new Float32Array(allocate(4 * data.length).buffer);
  out.set(data);
  return out;
}
