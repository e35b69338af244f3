import { AppError, aborted, badFile } from '../../core/errors.ts';
import {
  boxText,
  type ByteSource,
  type Finding,
  headerOf,
  histogram,
  lengthText,
  memorySource,
  openSource,
  replaceNonFinite,
  type SourceVolume,
  type VolumeAccess,
} from '../../core/volume/index.ts';
import { type PreparedVolume, type PrepareRequest, prepareRegion } from '../../state/prepare.ts';
import type { OpenedVolume, ReadingOptions, WholeVolume } from '../../state/types.ts';
import { MAX_VOXELS } from './limits.ts';

const BINS = 96;

/** Files from this size on are read in ranges, never whole. */
const RANGED_BYTES = 256 * 2 ** 20;

export interface OpenTask {
  readonly signal: AbortSignal;
  onFraction(fraction: number): void;
}

/**
 * Every volume of a file or URL as float32, with statistics and histogram. Of a file larger than the
 * app can hold blocks of voxels are averaged while it is read, and of a set of many volumes only the
 * first are read; a finding says so. Throws `bad-file`, and `aborted` when cancelled.
 */
export async function openVolumes(
  name: string,
  source: Blob | string,
  reading: ReadingOptions,
  { signal, onFraction }: OpenTask,
): Promise<OpenedVolume[]> {
  const large = typeof source !== 'string' && source.size > RANGED_BYTES;
  const ranged = large || (typeof source !== 'string' && reading.volume !== undefined);
  const bytes = ranged
    ? blobSource(name, source, onFraction)
    : memorySource(name, await readBytes(source, name, signal, onFraction));
  const smallBytes = ranged ? undefined : Number.POSITIVE_INFINITY;
  const opened = await readVolumes(bytes, reading, signal, smallBytes);
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
  const nothing = () => undefined;
  const bytes =
    typeof source === 'string'
      ? memorySource(name, await readBytes(source, name, signal, nothing))
      : blobSource(name, source, nothing);
  return prepareRegion(await openSource(bytes, reading), index, mean, request);
}

/** How many volumes a file holds, by its header; 1 where it cannot be read, which opening it says. */
export async function countVolumes(name: string, source: Blob): Promise<number> {
  const nothing = () => undefined;
  return headerOf(blobSource(name, source, nothing)).then(
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
  const access = await openSource(source, { ...reading, smallBytes, checkpoint });
  const { shape, volumes } = access.header;
  const voxels = shape[0] * shape[1] * shape[2];
  const factor = Math.ceil(Math.cbrt(voxels / maxVoxels));
  const count = Math.min(volumes, Math.max(1, Math.floor(maxVoxels / voxels)));
  if (reading.volume !== undefined) {
    return [await readOne(access, reading.volume, factor, volumes)];
  }
  const opened: ReadVolume[] = [];
  for (let index = 0; index < count; index++) {
    checkpoint();
    opened.push(await readOne(access, index, factor, count));
  }
  return opened;
}

async function readOne(
  access: VolumeAccess,
  index: number,
  factor: number,
  count: number,
): Promise<ReadVolume> {
  const { header, fileName } = access;
  const { shape, voxelSize, voxelSizeKnown, origin } = header;
  const part = factor > 1 ? await access.readBinned(index, factor) : await access.read(index);
  const { min, max, mean, std, nonFinite } = part.stats;
  const data = share(nonFinite > 0 ? replaceNonFinite(part.volume.data, mean) : part.volume.data);
  const volume = { ...part.volume, data };
  const counts = histogram(data, BINS, min, max).counts;
  const findings = [...part.findings];
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
  if (data instanceof Float32Array && (!canShare() || !(data.buffer instanceof ArrayBuffer))) {
    return data;
  }
  const out = new Float32Array(allocate(4 * data.length).buffer);
  out.set(data);
  return out;
}

/** A file of which ranges are read; `onFraction` gets the furthest byte so far. */
function blobSource(name: string, blob: Blob, onFraction: (fraction: number) => void): ByteSource {
  return {
    name,
    size: blob.size,
    async read(from, to) {
      try {
        const bytes = new Uint8Array(await blob.slice(from, to).arrayBuffer());
        onFraction(Math.min(1, to / blob.size));
        return bytes;
      } catch (cause) {
        throw badFile(
          name,
          `its bytes ${from} to ${to} cannot be read (${cause instanceof Error ? cause.message : cause})`,
          'files that stay as they are while they are open',
        );
      }
    },
  };
}

/**
 * The bytes of a file or URL, written as they arrive into memory that threads can share where the
 * page allows it, so that handing a volume to the page or to another worker copies nothing.
 */
export async function readBytes(
  source: Blob | string,
  name: string,
  signal: AbortSignal,
  onFraction: (fraction: number) => void,
): Promise<Uint8Array> {
  const { stream, length } = await streamOf(source, name, signal);
  const reader = stream.getReader();
  let bytes = allocate(length ?? 1 << 20);
  let at = 0;
  for (;;) {
    if (signal.aborted) {
      await reader.cancel();
      throw aborted();
    }
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, at);
    if (at + value.length > bytes.length) {
      const larger = allocate(Math.max(2 * bytes.length, at + value.length));
      larger.set(bytes.subarray(0, at));
      bytes = larger;
    }
    bytes.set(value, at);
    at += value.length;
    if (length) onFraction(at / length);
  }
}

async function streamOf(source: Blob | string, name: string, signal: AbortSignal) {
  if (typeof source !== 'string') return { stream: source.stream(), length: source.size };
  const response = await fetch(source, { signal }).catch((cause: unknown) => {
    if (signal.aborted) throw aborted();
    const problem = `${name}: there is no connection to the server; what was opened before opens without one`;
    throw new AppError('bad-file', problem, { cause });
  });
  const page = response.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (!response.ok || !response.body || page) {
    const answer = page ? 'a page' : `status ${response.status}`;
    throw badFile(name, `the server answered with ${answer}`, 'a file of this app');
  }
  // The length is that of the packed body when the server packed it.
  const packed = response.headers.has('content-encoding');
  const length = packed ? Number.NaN : Number(response.headers.get('content-length') ?? Number.NaN);
  return { stream: response.body, length: length > 0 ? length : null };
}

function canShare(): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && globalThis.crossOriginIsolated;
}

function allocate(length: number): Uint8Array {
  return new Uint8Array(canShare() ? new SharedArrayBuffer(length) : new ArrayBuffer(length));
}
