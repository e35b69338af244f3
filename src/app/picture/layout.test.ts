import { describe, expect, it } from 'vitest';
import { shortened } from './pen.ts';
import type { SliceLayout } from '../../state/index.ts';
import { layoutRow, SLICE_LAYOUTS } from '../sliceLayouts/index.ts';
import type { Box } from './box.ts';
import { layOutPicture } from './layout.ts';

const cube = { shape: [40, 40, 40] } as const;

const inside = (box: Box, width: number, height: number) =>
  box.x >= 0 && box.y >= 0 && box.x + box.width <= width + 1e-9 && box.y + box.height <= height;

const apart = (a: Box, b: Box) =>
  a.x + a.width <= b.x + 1e-9 ||
  b.x + b.width <= a.x + 1e-9 ||
  a.y + a.height <= b.y + 1e-9 ||
  b.y + b.height <= a.y + 1e-9;

describe('layOutPicture', () => {
  it.each(
    (Object.keys(SLICE_LAYOUTS) as SliceLayout[]).flatMap((slices) =>
      [
        { width: 210, height: 300, bars: 1 },
        { width: 420, height: 260, bars: 1 },
        { width: 900, height: 400, bars: 2 },
      ].map((scene) => ({ ...scene, slices })),
    ),
  )(
    'keeps everything inside and apart: $width x $height, $slices, $bars colour bars',
    ({ slices, bars, ...scene }) => {
      const layout = layOutPicture(scene, layoutRow(slices, cube), 3, bars, 51);
      const boxes = [
        layout.heading,
        ...layout.columns.flatMap((column) => [column.head, column.scene, ...column.slices]),
        layout.sliceScale,
        ...layout.bars,
        layout.footer,
      ];
      expect(boxes.every((box) => inside(box, layout.width, layout.height))).toBe(true);
      boxes.forEach((a, i) => {
        for (const b of boxes.slice(i + 1)) expect(apart(a, b)).toBe(true);
      });
    },
  );

  it('keeps the proportions of the 3D views', () => {
    const { columns } = layOutPicture(
      { width: 350, height: 420 },
      layoutRow('orthogonal', cube),
      3,
      1,
      51,
    );
    expect(columns[1].scene.height / columns[1].scene.width).toBeCloseTo(420 / 350, 2);
  });
});

describe('shortened', () => {
  const widthOf = (text: string) => [...text].length;

  it('leaves alone what fits', () => {
    expect(shortened('particle.mrc', 12, widthOf)).toBe('particle.mrc');
    expect(shortened('particle.mrc', undefined, widthOf)).toBe('particle.mrc');
  });

  it('cuts the end, never before nothing is left', () => {
    expect(shortened('particle 12.mrc', 10, widthOf)).toBe('particle…');
    expect(shortened('particle', 0, widthOf)).toBe('…');
  });
});
