import { describe, expect, it } from 'vitest';
import { clearContrast, contrastOf } from './contrast.ts';

describe('the side of the molecule', () => {
  it('believes clear data over the expectation, and the expectation over noise', () => {
    const bright = { min: -1, max: 9, mean: 0, std: 1 };
    const noise = { min: -4, max: 4.1, mean: 0, std: 1 };
    expect(contrastOf(bright, 'dark')).toBe('bright');
    expect(contrastOf(noise, 'dark')).toBe('dark');
    expect(contrastOf(noise)).toBe('bright');
    expect(clearContrast(noise)).toBeNull();
  });
});
