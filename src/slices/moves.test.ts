import { describe, expect, it } from 'vitest';
import type { FloatVolume } from '../core/volume/types.ts';
import { moved, moveOfKey, WheelSteps } from './moves.ts';
import { positionText } from '../core/volume/notation.ts';
import { captionOf } from './captions.ts';

const volume: FloatVolume = {
  data: new Float32Array(40 ** 3),
  shape: [40, 40, 40],
  voxelSize: [10, 10, 10],
  origin: [0, 0, 0],
};

describe('keys', () => {
  it('walk within the slice and through the slices', () => {
    const walk = (axis: 'x' | 'y' | 'z', key: string, shift = false) =>
      moved(volume, [100, 100, 100], axis, moveOfKey(key, shift)!);
    expect(walk('z', 'ArrowRight')).toEqual([110, 100, 100]);
    expect(walk('z', 'ArrowUp')).toEqual([100, 110, 100]);
    expect(walk('x', 'ArrowRight')).toEqual([100, 110, 100]);
    expect(walk('y', 'ArrowUp')).toEqual([100, 100, 110]);
    expect(walk('y', 'PageUp')).toEqual([100, 110, 100]);
    expect(walk('x', 'PageDown', true)).toEqual([50, 100, 100]);
    expect(walk('z', 'End')).toEqual([100, 100, 390]);
    expect(walk('z', 'Home', true)).toEqual([100, 100, 0]);
    expect(moveOfKey('Tab', false)).toBeNull();
  });

  it('stop at the border and snap to voxel centres', () => {
    const right = moveOfKey('ArrowRight', true)!;
    expect(moved(volume, [378, 4, 6], 'z', right)).toEqual([390, 0, 10]);
  });
});

describe('the wheel', () => {
  it('makes one step per notch and collects the small steps of a touchpad', () => {
    const wheel = new WheelSteps();
    expect(wheel.take({ deltaY: -120, deltaMode: 0 })).toBe(1);
    expect(wheel.take({ deltaY: 3, deltaMode: 1 })).toBe(-1);
    const steps = Array.from({ length: 12 }, () => wheel.take({ deltaY: 4, deltaMode: 0 }));
    expect(steps.reduce((a, b) => a + b, 0)).toBe(-2);
  });
});

describe('captions', () => {
  it('say where the slice is in nm or Å and count from 1', () => {
    expect(captionOf(volume, 'z', [0, 0, 125], 'nm')).toEqual({
      position: 'z 13.0 nm',
      count: '14/40',
      index: 13,
    });
    expect(captionOf(volume, 'x', [0, 0, 0], 'Å').position).toBe('x 0 Å');
  });

  it('never show a minus zero', () => {
    expect([-0.2, -12, 12].map((v) => positionText(v, 'nm'))).toEqual(['0.0', '−1.2', '1.2']);
  });
});
