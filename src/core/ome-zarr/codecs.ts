import { registry } from 'zarrita';

/** Bytes of the header of a Blosc chunk, and where it says how many bytes the chunk has. */
const HEADER = 16;
const PACKED_BYTES = 12;

/**
 * The decoder of Blosc reads as far as a chunk's header says, also beyond its bytes, where it finds those of a chunk
 * before. @throws Error for a chunk that is cut off
 */
function requireWhole(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const said = bytes.length < HEADER ? HEADER : view.getUint32(PACKED_BYTES, true);
  if (bytes.length < said) throw new Error(`it is cut off: ${bytes.length} of ${said} bytes`);
}

for (const name of ['blosc', 'numcodecs.blosc']) {
  const load = registry.get(name)!;
  registry.set(name, async () => {
    const entry = await load();
    return {
      fromConfig(configuration, array) {
        const codec = entry.fromConfig(configuration, array) as {
          readonly kind: 'bytes_to_bytes';
          encode(bytes: Uint8Array): Promise<Uint8Array>;
          decode(bytes: Uint8Array): Promise<Uint8Array>;
        };
        return {
          kind: 'bytes_to_bytes',
          encode: (bytes: Uint8Array) => codec.encode(bytes),
          decode(bytes: Uint8Array) {
            requireWhole(bytes);
            return codec.decode(bytes);
          },
        };
      },
    };
  });
}
