import { aborted, badFile } from '../../core/errors.ts';
import {
  computeStats,
  histogram,
  openVolumeFile,
  replaceNonFinite,
  toFloat32,
  volumeOf,
} from '../../core/volume/index.ts';
import type { OpenedVolume } from '../../state/types.ts';

const BINS = 96;

/** Every volume of a file's bytes as float32, with statistics and histogram. Throws `bad-file`. */
export function readVolumes(name: string, bytes: Uint8Array): OpenedVolume[] {
  const file = openVolumeFile(bytes, name);
  const { report } = file;
  return Array.from({ length: report.volumes }, (_, index) => {
    const raw = volumeOf(file, index);
    const { min, max, mean, std, count, nonFinite } = computeStats(raw.data);
    if (count === 0) {
      throw badFile(name, 'every value is NaN or infinite', 'volumes with finite values');
    }
    const data = nonFinite > 0 ? replaceNonFinite(raw.data, mean) : toFloat32(raw.data);
    const volume = { ...raw, data };
    const counts = histogram(data, BINS, min, max).counts;
    return {
      name: report.volumes > 1 ? `${name} #${index + 1}` : name,
      volume,
      report,
      stats: { min, max, mean, std, histogram: counts },
    };
  });
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
  const response = await fetch(source, { signal });
  if (!response.ok || !response.body) {
    throw badFile(name, `${source} answered ${response.status}`, 'a file of this app');
  }
  // The length is that of the packed body when the server packed it.
  const packed = response.headers.has('content-encoding');
  const length = packed ? Number.NaN : Number(response.headers.get('content-length') ?? Number.NaN);
  return { stream: response.body, length: length > 0 ? length : null };
}

function allocate(length: number): Uint8Array {
  const shared = typeof SharedArrayBuffer !== 'undefined' && globalThis.crossOriginIsolated;
  return new Uint8Array(shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length));
}
