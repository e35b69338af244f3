import { describe, expect, it } from 'vitest';
import type { CamMap } from '../core/cam/types.ts';
import { account, agreement, evidence } from './heatmapSentences.ts';

const map = (...values: number[]): CamMap => ({
  data: Float32Array.from(values),
  sum: values.reduce((a, b) => a + b, 0),
  min: Math.min(...values),
  max: Math.max(...values),
});

describe('sentences about heatmaps', () => {
  it('splits a map into evidence for and against that adds up to its sum', () => {
    expect(evidence(map(3, -1, 2, -0.5))).toEqual({ inFavour: 5, against: -1.5 });
  });

  it('says agreement and contradiction', () => {
    expect(agreement(1)).toMatch(/same/);
    expect(agreement(0.9)).toMatch(/agree$/);
    expect(agreement(-0.9)).toMatch(/contradict/);
    expect(agreement(null)).toMatch(/empty/);
  });

  it('gives a share only where a share means something', () => {
    expect(account('Respond-CAM', 11.9, 12)).toBe('Respond-CAM accounts for 99% of it');
    expect(account('Grad-CAM', -3.14, 12)).toBe('Grad-CAM sums to −3.14 instead');
    expect(account('Grad-CAM', 90, 12)).toBe('Grad-CAM sums to +90 instead');
    expect(account('Grad-CAM', 1, 0)).toBe('Grad-CAM sums to +1 instead');
    expect(account('Respond-CAM', -8, -10)).toBe('Respond-CAM accounts for 80% of it');
  });
});
