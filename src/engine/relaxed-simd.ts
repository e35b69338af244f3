import { setFlagsFromString } from 'node:v8';

/** A module of one function, `i8x16.relaxed_swizzle` of two vectors: valid only with relaxed SIMD. */
// biome-ignore format: one line per section
const PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0,
  1, 5, 1, 96, 0, 1, 123,
  3, 2, 1, 0,
  10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11,
]);

export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(PROBE);
}

/**
 * Switches on relaxed SIMD (fused multiply-add) for the wasm that this process and its threads compile
 * from now on. Node 20 and 22 have it behind a flag, later ones by default and without the flag.
 */
export function enableRelaxedSimd(): void {
  const behindFlag = Number.parseInt(process.versions.node, 10) <= 22;
  if (behindFlag && !hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
