import type { Window } from './window.ts';

// Where the probabilities of each decision lie.
const MATCH = 0;
const REP = MATCH + 12 * 16;
const REP0 = REP + 12;
const REP1 = REP0 + 12;
const REP2 = REP1 + 12;
const REP0_LONG = REP2 + 12;
const SLOT = REP0_LONG + 12 * 16;
const SPECIAL = SLOT + 4 * 64;
const ALIGN = SPECIAL + 128;
const LENGTH = ALIGN + 16;
const REP_LENGTH = LENGTH + 514;
const LITERAL = REP_LENGTH + 514;
/** Literals have at most 4 bits of context, `lc + lp`. */
const PROBABILITIES = LITERAL + (0x300 << 4);

// Within the probabilities of a length.
const MIDDLE_CHOICE = 1;
const SHORT = 2;
const MIDDLE = SHORT + 16 * 8;
const LONG = MIDDLE + 16 * 8;

const EVEN = 1024;

const RANGE = 0;
const CODE = 1;

/** Below this the range gets its next byte. */
const NORMAL = 2 ** 24;

/**
 * Unpacks LZMA as the chunks of LZMA2 hold it, after the specification of Igor Pavlov. Everything throws a
 * plain Error on damage.
 */
export class Lzma {
  private readonly probabilities = new Uint16Array(PROBABILITIES).fill(EVEN);
  private lc = 0;
  private literalMask = 0;
  private positionMask = 0;
  private state = 0;
  // How far back the last four matches reached, 0 for one byte.
  private rep0 = 0;
  private rep1 = 0;
  private rep2 = 0;
  private rep3 = 0;

  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private end = 0;
  /** Range and code. Numbers of 32 bits are not boxed in a typed array. */
  private readonly coder = new Uint32Array(2);

  constructor(private readonly window: Window) {}

  /** Sets how much context decisions have, by the byte `(pb * 5 + lp) * 9 + lc`. */
  setProperties(byte: number): void {
    const lc = byte % 9;
    const lp = Math.floor(byte / 9) % 5;
    const pb = Math.floor(byte / 45);
    if (pb > 4 || lc + lp > 4) throw new Error('the properties of a chunk are invalid');
    this.lc = lc;
    this.literalMask = (1 << lp) - 1;
    this.positionMask = (1 << pb) - 1;
  }

  resetState(): void {
    this.probabilities.fill(EVEN);
    this.state = 0;
    this.rep0 = this.rep1 = this.rep2 = this.rep3 = 0;
  }

  /**
   * Unpacks the bytes `[from, end)`, which hold `length`, into the window; `position` bytes came since it was
   * reset.
   */
  decode(bytes: Uint8Array, from: number, end: number, length: number, position: number): void {
    this.start(bytes, from, end);
    const last = position + length;
    for (let at = position; at < last; ) at += this.next(at, last - at);
    this.finish();
  }

  /** Unpacks a literal or a match, of no more than `most` bytes; returns how many. */
  private next(position: number, most: number): number {
    const place = position & this.positionMask;
    if (!this.bit(MATCH + 16 * this.state + place)) {
      this.literal(position);
      return 1;
    }
    const late = this.state >= 7;
    let length = 1;
    if (!this.bit(REP + this.state)) {
      length = this.length(LENGTH, place);
      this.rep3 = this.rep2;
      this.rep2 = this.rep1;
      this.rep1 = this.rep0;
      this.rep0 = this.distance(length);
      this.state = late ? 10 : 7;
    } else if (this.bit(REP0 + this.state)) {
      this.takeOlder();
      length = this.length(REP_LENGTH, place);
      this.state = late ? 11 : 8;
    } else if (this.bit(REP0_LONG + 16 * this.state + place)) {
      length = this.length(REP_LENGTH, place);
      this.state = late ? 11 : 8;
    } else this.state = late ? 11 : 9;

    const { window, rep0 } = this;
    if (!window.reaches(rep0)) throw new Error('a match reaches too far back');
    if (length > most) throw new Error('a match leads out of its chunk');
    for (let i = 0; i < length; i++) window.put(window.get(rep0));
    return length;
  }

  /** Brings the second, third or fourth of the last distances to the front. */
  private takeOlder(): void {
    let distance = this.rep1;
    if (this.bit(REP1 + this.state)) {
      distance = this.rep2;
      if (this.bit(REP2 + this.state)) {
        distance = this.rep3;
        this.rep3 = this.rep2;
      }
      this.rep2 = this.rep1;
    }
    this.rep1 = this.rep0;
    this.rep0 = distance;
  }

  private literal(position: number): void {
    const { window, lc, state } = this;
    const previous = position === 0 ? 0 : window.get(0);
    const context = ((position & this.literalMask) << lc) + (previous >> (8 - lc));
    const base = LITERAL + 0x300 * context;
    let symbol = 1;
    if (state >= 7) {
      // After a match, the byte that would have continued it is context too, as long as it is right.
      if (!window.reaches(this.rep0)) throw new Error('a match reaches too far back');
      let match = window.get(this.rep0);
      for (let same = 0x100; symbol < 0x100 && same !== 0; ) {
        match <<= 1;
        const expected = match & same;
        const bit = this.bit(base + same + expected + symbol);
        symbol = (symbol << 1) | bit;
        if ((expected !== 0) !== (bit === 1)) same = 0;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.bit(base + symbol);
    window.put(symbol & 255);
    this.state = state < 4 ? 0 : state - (state < 10 ? 3 : 6);
  }

  /** From 2 on. */
  private length(base: number, place: number): number {
    if (!this.bit(base)) return 2 + this.tree(base + SHORT + 8 * place, 3);
    if (!this.bit(base + MIDDLE_CHOICE)) return 10 + this.tree(base + MIDDLE + 8 * place, 3);
    return 18 + this.tree(base + LONG, 8);
  }

  private distance(length: number): number {
    const slot = this.tree(SLOT + 64 * Math.min(length - 2, 3), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return high + this.reversed(SPECIAL + high - slot, bits);
    return high + this.direct(bits - 4) * 16 + this.reversed(ALIGN, 4);
  }

  private tree(base: number, bits: number): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = (node << 1) | this.bit(base + node);
    return node - (1 << bits);
  }

  /** The same with the lowest bit first. */
  private reversed(base: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(base + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  /** Bits that are 0 or 1 as often. */
  private direct(bits: number): number {
    let value = 0;
    const { coder } = this;
    for (let i = 0; i < bits; i++) {
      if (coder[RANGE] < NORMAL) this.normalise();
      coder[RANGE] >>>= 1;
      const one = coder[CODE] >= coder[RANGE];
      if (one) coder[CODE] -= coder[RANGE];
      value = 2 * value + (one ? 1 : 0);
    }
    return value;
  }

  private bit(index: number): 0 | 1 {
    const { coder, probabilities } = this;
    if (coder[RANGE] < NORMAL) this.normalise();
    const probability = probabilities[index];
    const bound = Math.imul(coder[RANGE] >>> 11, probability) >>> 0;
    if (coder[CODE] < bound) {
      coder[RANGE] = bound;
      probabilities[index] = probability + ((2048 - probability) >> 5);
      return 0;
    }
    coder[RANGE] -= bound;
    coder[CODE] -= bound;
    probabilities[index] = probability - (probability >> 5);
    return 1;
  }

  private normalise(): void {
    if (this.at >= this.end) throw new Error('a chunk ends too early');
    this.coder[RANGE] <<= 8;
    this.coder[CODE] = (this.coder[CODE] << 8) | this.bytes[this.at++];
  }

  private start(bytes: Uint8Array, from: number, end: number): void {
    if (end - from < 5 || bytes[from] !== 0) throw new Error('a chunk begins wrong');
    this.bytes = bytes;
    this.at = from + 1;
    this.end = end;
    this.coder[RANGE] = 0xffffffff;
    for (let i = 0; i < 4; i++) this.coder[CODE] = (this.coder[CODE] << 8) | bytes[this.at++];
  }

  private finish(): void {
    if (this.coder[RANGE] < NORMAL) this.normalise();
    if (this.coder[CODE] !== 0 || this.at !== this.end) throw new Error('a chunk ends wrong');
  }
}
