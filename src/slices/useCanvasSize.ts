import { type RefObject, useLayoutEffect, useState } from 'react';

/** Size of an element's content in device pixels, and how many of them make a CSS pixel. */
export interface CanvasSize {
  readonly width: number;
  readonly height: number;
  readonly pixel: number;
  /** The same for elements of one size wherever they lie: as many device pixels as each of them has. */
  readonly least: readonly [width: number, height: number];
}

/** Follows the size of an element and of the screen's pixels; null while it has none. */
export function useCanvasSize(ref: RefObject<HTMLElement | null>): CanvasSize | null {
  const [size, setSize] = useState<CanvasSize | null>(null);
  useLayoutEffect(() => {
    const element = ref.current!;
    const take = (cssWidth: number, cssHeight: number, exact?: ResizeObserverSize) => {
      const pixel = window.devicePixelRatio;
      const width = snapped(cssWidth * pixel, exact?.inlineSize);
      const height = snapped(cssHeight * pixel, exact?.blockSize);
      setSize((before) => {
        if (width <= 0 || height <= 0) return null;
        const same = before?.width === width && before.height === height && before.pixel === pixel;
        const least = [Math.floor(cssWidth * pixel), Math.floor(cssHeight * pixel)] as const;
        return same ? before : { width, height, pixel, least };
      });
    };
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      take(width, height, entry.devicePixelContentBoxSize?.[0]);
    });
    try {
      observer.observe(element, { box: 'device-pixel-content-box' });
    } catch {
      observer.observe(element); // Safari knows the content box only.
    }
    // The observer answers a frame later.
    const { width, height } = element.getBoundingClientRect();
    take(width, height);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** The browser's own count of device pixels, unless it ignores an emulated screen. */
function snapped(computed: number, exact = computed): number {
  return Math.abs(exact - computed) <= 1 ? Math.round(exact) : Math.round(computed);
}
