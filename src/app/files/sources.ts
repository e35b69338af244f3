import { AppError, aborted, badFile } from '../../core/errors.ts';
import { type ByteSource, memorySource } from '../../core/volume/index.ts';

/** Files from this size on are read in ranges, never whole. */
const RANGED_BYTES = 256 * 2 ** 20;

export interface ReadTask {
  readonly signal: AbortSignal;
  onFraction(fraction: number): void;
}

export interface FileBytes {
  readonly bytes: ByteSource;
  /** Whether they are in memory already. */
  readonly inMemory: boolean;
}

/**
 * The bytes of a file or URL, in memory unless there are too many of them, or `ranged` asks for no more than is
 * needed. A server that hands out no ranges is read whole.
 */
export async function bytesOf(
  name: string,
  source: Blob | string,
  task: ReadTask,
  { ranged = false } = {},
): Promise<FileBytes> {
  if (typeof source !== 'string') {
    if (ranged || source.size > RANGED_BYTES) return apart(blobSource(name, source, task));
    return held(name, await collect(source.stream(), source.size, task));
  }
  const { headers, body } = await answerOf(source, name, task.signal);
  // The length is that of the packed body when the server packed it.
  const packed = headers.has('content-encoding');
  const size = packed ? 0 : Number(headers.get('content-length') ?? 0);
  if (size > RANGED_BYTES && headers.get('accept-ranges') === 'bytes') {
    await body.cancel();
    return apart(urlSource(name, source, size, task));
  }
  return held(name, await collect(body, size > 0 ? size : null, task));
}

function apart(bytes: ByteSource): FileBytes {
  return { bytes, inMemory: false };
}

function held(name: string, bytes: Uint8Array): FileBytes {
  return { bytes: memorySource(name, bytes), inMemory: true };
}

/** A file of which ranges are read; `onFraction` gets the furthest byte so far. */
export function blobSource(
  name: string,
  blob: Blob,
  { onFraction }: Pick<ReadTask, 'onFraction'>,
): ByteSource {
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

/** The same of a file on a server. */
function urlSource(
  name: string,
  url: string,
  size: number,
  { signal, onFraction }: ReadTask,
): ByteSource {
  return {
    name,
    size,
    async read(from, to) {
      const end = Math.min(to, size);
      if (end <= from) return new Uint8Array(0);
      const headers = { Range: `bytes=${from}-${end - 1}` };
      const { status, body } = await answerOf(url, name, signal, headers);
      if (status !== 206) {
        await body.cancel();
        throw badFile(name, 'the server does not hand out parts of it any more', 'the same server');
      }
      const bytes = await collect(body, end - from, { signal, onFraction: () => undefined });
      onFraction(end / size);
      return bytes;
    },
  };
}

/**
 * The bytes of a stream, written as they arrive into memory that threads can share where the page allows it, so
 * that handing a volume to the page or to another worker copies nothing.
 */
async function collect(
  stream: ReadableStream<Uint8Array>,
  length: number | null,
  { signal, onFraction }: ReadTask,
): Promise<Uint8Array> {
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

async function answerOf(
  url: string,
  name: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(url, { signal, headers }).catch((cause: unknown) => {
    if (signal.aborted) throw aborted();
    const problem = `${name}: there is no connection to the server; what was opened before opens without one`;
    throw new AppError('bad-file', problem, { cause });
  });
  const page = response.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (!response.ok || !response.body || page) {
    const answer = page ? 'a page' : `status ${response.status}`;
    throw badFile(name, `the server answered with ${answer}`, 'a file of this app');
  }
  return { status: response.status, headers: response.headers, body: response.body };
}

function canShare(): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && globalThis.crossOriginIsolated;
}

/** Memory that threads can share where the page allows it. */
export function allocate(length: number): Uint8Array {
  return new Uint8Array(canShare() ? new SharedArrayBuffer(length) : new ArrayBuffer(length));
}

/** Whether values can stay where they are. */
export function isShared({ buffer }: ArrayBufferView): boolean {
  return !canShare() || !(buffer instanceof ArrayBuffer);
}
