/** `low` is black and `high` white. */
export function fillGrey(
  out: Uint8ClampedArray,
  data: Float32Array,
  low: number,
  high: number,
): void {
  const scale = high > low ? 255 / (high - low) : 0;
  const pixels = new Uint32Array(out.buffer, out.byteOffset, data.length);
  for (let i = 0; i < data.length; i++) {
    const grey = Math.min(255, Math.max(0, Math.round((data[i] - low) * scale)));
    // Opaque; the three bytes of a grey are the same in any order.
    pixels[i] = 0xff000000 | (grey * 0x010101);
  }
}
