import { useEffect, useRef } from 'react';
import {
  COLOR_BAR_HEIGHT,
  type ColorBarContent,
  describeColorBar,
  drawColorBar,
} from './colorBar.ts';
import { beforePaint, cancelPaint } from './frame.ts';
import { useCanvasSize } from './useCanvasSize.ts';
import './slices.css';

interface ColorBarProps {
  readonly content: ColorBarContent;
  /** Changes when the page's colours do. */
  readonly theme: 'light' | 'dark';
}

/** The colour scale with ticks and level markers; takes the width it is given. */
export function ColorBar({ content, theme }: ColorBarProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useCanvasSize(box);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the computed colours
  useEffect(() => {
    const element = canvas.current!;
    if (!size) return;
    beforePaint(element, () => {
      element.width = size.width;
      element.height = size.height;
      const style = getComputedStyle(element);
      drawColorBar(
        element.getContext('2d')!,
        content,
        { left: 0, top: 0, width: size.width, height: size.height },
        size.pixel,
        { text: style.color, family: style.fontFamily },
      );
    });
    return () => cancelPaint(element);
  }, [content, size, theme]);

  return (
    <div
      className="color-bar"
      style={{ height: COLOR_BAR_HEIGHT }}
      ref={box}
      role="img"
      aria-label={describeColorBar(content)}
    >
      <canvas ref={canvas} />
    </div>
  );
}
