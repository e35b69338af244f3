/**
 * Whether threads may share a memory is one bit of a WebAssembly binary. TensorFlow.js's own has it cleared; set, the
 * kernels of this project run on all threads in the memory where it keeps its tensors.
 */

const IMPORTS = 2;
const MEMORIES = 5;
const SHARED = 2;
/** Kinds of imports. */
const [FUNCTION, , MEMORY] = [0, 1, 2];
const CONTINUES = 0x80;

/** Pages of 64 KiB that a shared memory may grow to: its addresses are reserved when it is made, which not every machine grants. */
const MAXIMA = [65536, 32768, 16384];

export function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  return (
    typeof globalThis.crossOriginIsolated === 'undefined' || globalThis.crossOriginIsolated === true
  );
}

/**
 * A copy of a binary in which the memory that it makes or imports is shared.
 *
 * @param pages to which it may grow, for a binary that makes it with a maximum written in three bytes
 */
export function shareMemory(binary: Uint8Array, pages?: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(binary);
  const flags = findMemory(copy);
  copy[flags] |= SHARED;
  if (pages === undefined) return copy;
  let at = flags + 1;
  while (copy[at] & CONTINUES) at++;
  const bytes = [pages | CONTINUES, (pages >> 7) | CONTINUES, pages >> 14];
  copy.set(bytes, at + 1);
  return copy;
}

/** Where the flags of a binary's only memory are, in front of its pages and their maximum. */
function findMemory(binary: Uint8Array): number {
  let at = 8;
  const whole = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      value |= (byte & ~CONTINUES) << shift;
      if (!(byte & CONTINUES)) return value;
    }
  };
  while (at < binary.length) {
    const section = binary[at++];
    const bytes = whole();
    const end = at + bytes;
    if (section === MEMORIES) {
      whole();
      return at;
    }
    for (let left = section === IMPORTS ? whole() : 0; left > 0; left--) {
      for (let name = 0; name < 2; name++) {
        const length = whole();
        at += length;
      }
      const kind = binary[at++];
      if (kind === MEMORY) return at;
      if (kind !== FUNCTION) break;
      whole();
    }
    at = end;
  }
  throw new Error('This WebAssembly has no memory.');
}

/**
 * Runs `start`, which instantiates TensorFlow.js's binary, so that its memory is shared where this machine and page allow
 * that, and as it always was elsewhere.
 */
export async function sharingMemory<T>(start: () => Promise<T>): Promise<T> {
  if (!canShareMemory()) return start();
  const { instantiate, instantiateStreaming } = WebAssembly;
  const shared = async (source: BufferSource, imports: WebAssembly.Imports) => {
    const binary = ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);
    for (const pages of MAXIMA) {
      try {
        return await instantiate(shareMemory(binary, pages), imports);
      } catch {
        // Fewer pages may still be granted.
      }
    }
    return instantiate(source, imports);
  };
  Object.assign(WebAssembly, {
    instantiate: shared,
    instantiateStreaming: async (response: Promise<Response>, imports: WebAssembly.Imports) =>
      shared(await (await response).arrayBuffer(), imports),
  });
  try {
    return await start();
  } finally {
    Object.assign(WebAssembly, { instantiate, instantiateStreaming });
  }
}
