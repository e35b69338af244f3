/** Table of the bit-reflected CRC-64 (polynomial 0xC96C5795D7870F42), as xz uses it: low and high words. */
const LOW = new Uint32Array(256);
const HIGH = new Uint32Array(256);
for (let n = 0; n < 256; n++) {
  let low = n;
  let high = 0;
  for (let k = 0; k < 8; k++) {
    const odd = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (odd) {
      low ^= 0xd7870f42;
      high ^= 0xc96c5795;
    }
  }
  LOW[n] = low;
  HIGH[n] = high;
}

/** CRC-64 of xz over bytes that come in pieces. */
export class Crc64 {
  private low = -1;
  private high = -1;

  add(bytes: Uint8Array): void {
    let { low, high } = this;
    for (let i = 0; i < bytes.length; i++) {
      const entry = (low ^ bytes[i]) & 255;
      low = ((low >>> 8) | (high << 24)) ^ LOW[entry];
      high = (high >>> 8) ^ HIGH[entry];
    }
    this.low = low;
    this.high = high;
  }

  /** Low and high 32 bits. */
  get words(): readonly [number, number] {
    return [~this.low >>> 0, ~this.high >>> 0];
  }
}
