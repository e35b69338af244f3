import type { ComponentType } from 'react';
import type { LengthUnit } from '../../core/volume/index.ts';
import type { Vec3 } from '../../core/volume/types.ts';
import type { SliceLayoutProps } from '../../slices/index.ts';
import type { SliceContent } from '../../slices/painter.ts';
import type { Box } from '../picture/box.ts';
import type { Pen } from '../picture/pen.ts';

/** One way to lay out the slices of a column, on the page and in the exported picture. */
export interface SliceLayoutRow {
  readonly View: ComponentType<SliceLayoutProps>;
  /** All slices have one scale, so that a scale bar holds for them. */
  readonly scaled: boolean;
  /** Where the slices lie in a column `width` CSS pixels wide, without their captions. */
  boxes(width: number): Omit<Box, 'y'>[];
  /** @param crosshair Å, world */
  draw(
    pen: Pen,
    slices: SliceContent,
    boxes: readonly Box[],
    crosshair: Vec3,
    unit: LengthUnit,
  ): void;
}
