import { useCallback, useRef } from 'react';
import {
  COLOR_BAR_HEIGHT,
  type ColorBarContent,
  describeColorBar,
  drawColorBar,
} from './colorBar.ts';
import { useCanvasSize } from './useCanvasSize.ts';
import { type Paint, usePaint } from './usePaint.ts';
import styles from './ColorBar.module.css';

interface ColorBarProps {
  readonly content: ColorBarContent;
  /** Stands over the bar where there is room; by default the unit. */
  readonly title?: string;
  /** Changes when the page's colours do. */
  readonly theme: 'light' | 'dark';
}

/** The colour scale with ticks and level markers; takes the width it is given. */
export function ColorBar({ content, title, theme }: ColorBarProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the computed colours
  const paint: Paint = useCallback(
    (ctx, { width, height, pixel }) => {
      const style = getComputedStyle(ctx.canvas);
      const label = { text: style.color, family: style.fontFamily };
      drawColorBar(ctx, content, { left: 0, top: 0, width, height }, pixel, label, title);
      return true;
    },
    [content, title, theme],
  );
  usePaint(canvas, useCanvasSize(box), paint);

  return (
    <div
      className={styles.colorBar}
      style={{ height: COLOR_BAR_HEIGHT }}
      ref={box}
      role="img"
      aria-label={describeColorBar(content, title)}
    >
      <canvas ref={canvas} />
    </div>
  );
}
