/** Table of the bit-reflected CRC-32 (polynomial 0xEDB88320), as gzip uses it. */
function reflectedTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    table[n] = c;
  }
  return table;
}

/** Table of the most-significant-bit-first CRC-32 (polynomial 0x04C11DB7), as bzip2 uses it. */
function forwardTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n << 24;
    for (let k = 0; k < 8; k++) c = c & 0x80000000 ? (c << 1) ^ 0x04c11db7 : c << 1;
    table[n] = c;
  }
  return table;
}

const REFLECTED = reflectedTable();
export const BZIP2_CRC_TABLE = forwardTable();

/** CRC-32 of gzip and ZIP over bytes that come in pieces. */
export class Crc32 {
  /** Bytes so far. */
  length = 0;
  private crc = 0xffffffff;

  add(bytes: Uint8Array): void {
    let crc = this.crc;
    for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ REFLECTED[(crc ^ bytes[i]) & 255];
    this.crc = crc;
    this.length += bytes.length;
  }

  get value(): number {
    return ~this.crc >>> 0;
  }
}

/** CRC-32 of gzip and ZIP. */
export function crc32(bytes: Uint8Array): number {
  const crc = new Crc32();
  crc.add(bytes);
  return crc.value;
}
