import { mapTo } from '../typed-arrays.ts';

let table: Float32Array | undefined;

/** The numbers of 16-bit float patterns (IEEE 754 binary16). */
export function fromHalves(bits: Uint16Array): Float32Array<ArrayBuffer> {
  table ??= halfTable();
  const of = table;
  return mapTo(new Float32Array(bits.length), bits, (half) => of[half]);
}

/** The number of one 16-bit float pattern. */
export function fromHalf(bits: number): number {
  table ??= halfTable();
  return table[bits & 0xffff];
}

function halfTable(): Float32Array {
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 31) table[bits] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else table[bits] = sign * (1024 + fraction) * 2 ** (exponent - 25);
  }
  return table;
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/**
 * The 16-bit float nearest to `value`, ties to even (IEEE 754 binary16); infinity from 65520 on, where
 * the nearest would be beyond the largest, 65504.
 */
export function toHalf(value: number): number {
  float[0] = value;
  const bits = word[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 halves are whole multiples of 2^-24.
  if (magnitude < 0x38800000) return sign | roundEven(Math.abs(float[0]) * 2 ** 24);
  // Rebias the exponent from 127 to 15 and round 13 bits off the fraction; a carry goes the right way.
  const kept = (magnitude - 0x38000000) >>> 13;
  const rest = magnitude & 0x1fff;
  return sign | (kept + (rest > 0x1000 || (rest === 0x1000 && kept % 2 === 1) ? 1 : 0));
}

function roundEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
