import { expect, it } from 'vitest';
import { boxesOf, layoutOf, type NetworkNode } from '../../core/network/index.ts';
import { countText, gridText, shapeText, shortened, voxelText } from './graphWords.ts';
import { moveTo } from './moves.ts';

it('sizes are read x first, with the channels behind', () => {
  expect(gridText([40, 40, 40])).toBe('40³');
  expect(shapeText([12, 14, 16, 3])).toBe('16 × 14 × 12 × 3');
  expect(shapeText([96, 128, 3])).toBe('128 × 96 × 3');
  expect(shapeText([512])).toBe('512');
});

it('voxels are in nm where their size is known', () => {
  expect(voxelText([5, 5, 5], [40, 40, 40, 1], 10)).toBe('8 nm');
  expect(voxelText([16, 20, 20], [16, 40, 40, 1], 10)).toBe('2 × 2 × 1 nm');
  expect(voxelText([20, 20, 20], [40, 40, 40, 1], null)).toBe('2 × input voxel');
  expect(voxelText([12, 20, 20], [36, 40, 40, 1], null)).toBe('2 × 2 × 3 input voxels');
  expect(voxelText([6, 6], [192, 192, 3], null)).toBe('32 × input pixel');
});

it('counts are short', () => {
  expect([896, 27_680, 32_768_512].map(countText)).toEqual(['896', '27.7 k', '32.8 M']);
  expect(shortened('encoder.stages.0.blocks.0.conv1', 12)).toBe('…cks.0.conv1');
});

it('arrows go along the network, and over its skip connections', () => {
  const node = (name: string, size: number, ...inputs: number[]): NetworkNode => ({
    ...{ name, aliases: [], kind: 'Conv', shape: [size, size, size, 4] },
    ...{ parameters: 0, inputs, follows: false },
  });
  const nodes = [
    node('input', 8),
    node('encoder', 8, 0),
    node('down', 4, 1),
    node('up', 8, 2),
    node('concat', 8, 1, 3),
  ];
  const boxes = boxesOf(nodes, { unfolded: new Set(), all: false });
  const drawn = { boxes, layout: layoutOf(nodes, boxes) };
  const go = (key: string, at: number) => moveTo(key, at, drawn);
  expect(go('ArrowDown', 1)).toBe(2);
  expect(go('ArrowRight', 1)).toBe(4);
  expect(go('ArrowLeft', 4)).toBe(1);
  expect(go('ArrowUp', 4)).toBe(3);
  expect(go('ArrowUp', 0)).toBe(0);
  expect([go('Home', 3), go('End', 3), go('x', 3)]).toEqual([0, 4, null]);
});
