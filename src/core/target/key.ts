import type { Target } from './types.ts';

/** Distinguishes targets of one output. */
export function targetKey(target: Target): string {
  return JSON.stringify(target, (name, part: unknown) =>
    // Names change no number.
    name === 'names'
      ? undefined
      : part instanceof Uint8Array || part instanceof Float32Array
        ? hash(part)
        : part,
  );
}

/** FNV-1a of the bytes. */
function hash({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array): string {
  let sum = 0x811c9dc5;
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength))
    sum = Math.imul(sum ^ byte, 0x01000193);
  return `${byteLength} ${(sum >>> 0).toString(16)}`;
}
