// 64-bit numbers are pairs of 32-bit ones, low first: BigInt takes some twenty times as long.
type Word = readonly [low: number, high: number];

const P1: Word = [0x85ebca87, 0x9e3779b1];
const P2: Word = [0x27d4eb4f, 0xc2b2ae3d];
const P3: Word = [0x9e3779f9, 0x165667b1];
const P4: Word = [0xc2b2ae63, 0x85ebca77];
const P5: Word = [0x165667c5, 0x27d4eb2f];

const STRIPE = 32;

/** XXH64 with seed 0 over bytes that come in pieces (Yann Collet's specification), as Zstandard uses it. */
export class XxHash64 {
  /** Low and high words of the four accumulators. */
  private readonly lanes = new Uint32Array(8);
  private readonly held = new Uint8Array(STRIPE);
  private length = 0;

  constructor() {
    [add(P1, P2), P2, [0, 0] as const, negative(P1)].forEach((word, lane) => {
      this.lanes.set(word, 2 * lane);
    });
  }

  add(bytes: Uint8Array): void {
    let at = 0;
    const filled = this.length % STRIPE;
    this.length += bytes.length;
    if (filled > 0) {
      at = Math.min(bytes.length, STRIPE - filled);
      this.held.set(bytes.subarray(0, at), filled);
      if (filled + at < STRIPE) return;
      this.stripe(this.held, 0);
    }
    for (; at + STRIPE <= bytes.length; at += STRIPE) this.stripe(bytes, at);
    this.held.set(bytes.subarray(at));
  }

  /** The low 32 bits. */
  get low(): number {
    const lane = (i: number): Word => [this.lanes[2 * i], this.lanes[2 * i + 1]];
    let hash: Word = P5;
    if (this.length >= STRIPE) {
      hash = [1, 7, 12, 18].map((bits, i) => rotate(lane(i), bits)).reduce(add);
      for (let i = 0; i < 4; i++) {
        hash = add(multiply(xor(hash, round([0, 0], lane(i))), P1), P4);
      }
    }
    hash = add(hash, [this.length >>> 0, Math.floor(this.length / 2 ** 32)]);
    const rest = this.length % STRIPE;
    let at = 0;
    for (; at + 8 <= rest; at += 8) {
      const word = round([0, 0], [word32(this.held, at), word32(this.held, at + 4)]);
      hash = add(multiply(rotate(xor(hash, word), 27), P1), P4);
    }
    if (at + 4 <= rest) {
      const word = multiply([word32(this.held, at), 0], P1);
      hash = add(multiply(rotate(xor(hash, word), 23), P2), P3);
      at += 4;
    }
    for (; at < rest; at++) {
      hash = multiply(rotate(xor(hash, multiply([this.held[at], 0], P5)), 11), P1);
    }
    hash = multiply(xor(hash, shifted(hash, 33)), P2);
    hash = multiply(xor(hash, shifted(hash, 29)), P3);
    return xor(hash, shifted(hash, 32))[0];
  }

  /** `lane = rotate(lane + word * P2, 31) * P1` for the four lanes, without a pair made for each. */
  private stripe(bytes: Uint8Array, from: number): void {
    const { lanes } = this;
    for (let i = 0; i < 8; i += 2) {
      const wordLow = word32(bytes, from + 4 * i);
      const wordHigh = word32(bytes, from + 4 * i + 4);
      const low = lanes[i] + (Math.imul(wordLow, P2[0]) >>> 0);
      const high =
        lanes[i + 1] +
        highOf(wordLow, P2[0]) +
        (Math.imul(wordLow, P2[1]) + Math.imul(wordHigh, P2[0])) +
        (low >= 2 ** 32 ? 1 : 0);
      const a = low >>> 0;
      const b = high >>> 0;
      const turnedLow = ((a << 31) | (b >>> 1)) >>> 0;
      const turnedHigh = ((b << 31) | (a >>> 1)) >>> 0;
      lanes[i] = Math.imul(turnedLow, P1[0]);
      lanes[i + 1] =
        highOf(turnedLow, P1[0]) + Math.imul(turnedLow, P1[1]) + Math.imul(turnedHigh, P1[0]);
    }
  }
}

function word32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

/** The upper 32 bits of the product of two 32-bit numbers. */
function highOf(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  return (
    (aHigh * bHigh +
      Math.floor(middle / 2 ** 16) +
      ((middle & 0xffff) + aLow * bHigh) / 2 ** 16) >>>
    0
  );
}

function multiply([aLow, aHigh]: Word, [bLow, bHigh]: Word): Word {
  const high = highOf(aLow, bLow) + Math.imul(aLow, bHigh) + Math.imul(aHigh, bLow);
  return [Math.imul(aLow, bLow) >>> 0, high >>> 0];
}

function add([aLow, aHigh]: Word, [bLow, bHigh]: Word): Word {
  const low = aLow + bLow;
  return [low >>> 0, (aHigh + bHigh + (low >= 2 ** 32 ? 1 : 0)) >>> 0];
}

function negative([low, high]: Word): Word {
  return add([~low >>> 0, ~high >>> 0], [1, 0]);
}

function xor([aLow, aHigh]: Word, [bLow, bHigh]: Word): Word {
  return [(aLow ^ bLow) >>> 0, (aHigh ^ bHigh) >>> 0];
}

/** To the left, by 1 to 31. */
function rotate([low, high]: Word, bits: number): Word {
  const back = 32 - bits;
  return [((low << bits) | (high >>> back)) >>> 0, ((high << bits) | (low >>> back)) >>> 0];
}

/** To the right, by 1 to 63. */
function shifted([low, high]: Word, bits: number): Word {
  if (bits >= 32) return [bits === 32 ? high : high >>> (bits - 32), 0];
  return [((low >>> bits) | (high << (32 - bits))) >>> 0, high >>> bits];
}

function round(accumulator: Word, word: Word): Word {
  return multiply(rotate(add(accumulator, multiply(word, P2)), 31), P1);
}
