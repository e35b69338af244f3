import { describe, expect, it } from 'vitest';
import { fromHalves, toHalf } from './half.ts';

const TABLE = fromHalves(new Uint16Array(65536).map((_, bits) => bits));

describe('toHalf', () => {
  it('gives back every half that is a number', () => {
    let wrong = 0;
    for (let bits = 0; bits < 65536; bits++) {
      if (!Number.isNaN(TABLE[bits]) && toHalf(TABLE[bits]) !== bits) wrong++;
    }
    expect(wrong).toBe(0);
    expect(TABLE[toHalf(Number.NaN)]).toBeNaN();
  });

  it('rounds to the nearest, and half way to the even one', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [TABLE[bits], TABLE[bits + 1]];
      const middle = (low + high) / 2;
      const nudge = (high - low) / 64;
      if (toHalf(middle - nudge) !== bits || toHalf(middle + nudge) !== bits + 1)
        throw new Error(`around ${middle}`);
      if (toHalf(middle) !== bits + (bits % 2)) throw new Error(`at ${middle}`);
      if (toHalf(-middle) !== (0x8000 | (bits + (bits % 2)))) throw new Error(`at ${-middle}`);
    }
    expect(toHalf(65519)).toBe(0x7bff);
    expect(toHalf(65520)).toBe(0x7c00);
    expect(toHalf(-1e9)).toBe(0xfc00);
    expect(Object.is(TABLE[toHalf(-0)], -0)).toBe(true);
  });
});
