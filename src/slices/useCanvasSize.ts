import { type RefObject, useEffect, useState } from 'react';

/** Size of an element's content in device pixels, and how many of them make a CSS pixel. */
export interface CanvasSize {
  readonly width: number;
  readonly height: number;
  readonly pixel: number;
}

/** Follows the size of an element and of the screen's pixels; null until it is laid out. */
export function useCanvasSize(ref: RefObject<HTMLElement | null>): CanvasSize | null {
  const [size, setSize] = useState<CanvasSize | null>(null);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const pixel = window.devicePixelRatio;
      const exact = entry.devicePixelContentBoxSize?.[0];
      const width = snapped(entry.contentRect.width * pixel, exact?.inlineSize);
      const height = snapped(entry.contentRect.height * pixel, exact?.blockSize);
      setSize(width > 0 && height > 0 ? { width, height, pixel } : null);
    });
    const element = ref.current!;
    try {
      observer.observe(element, { box: 'device-pixel-content-box' });
    } catch {
      observer.observe(element); // Safari knows the content box only.
    }
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** The browser's own count of device pixels, unless it ignores an emulated screen. */
function snapped(computed: number, exact = computed): number {
  return Math.abs(exact - computed) <= 1 ? Math.round(exact) : Math.round(computed);
}
