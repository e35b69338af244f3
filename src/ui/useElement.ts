import { type RefObject, useEffect, useState } from 'react';

/** Width and height of an element's content in CSS pixels; null until it is laid out. */
export function useSize(
  ref: RefObject<HTMLElement | null>,
): { width: number; height: number } | null {
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => {
      const width = Math.round(contentRect.width);
      const height = Math.round(contentRect.height);
      setSize(width > 0 && height > 0 ? { width, height } : null);
    });
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** The text colour of an element as the page's theme has it now; null before the first layout. */
export function useTextColor(ref: RefObject<HTMLElement | null>): string | null {
  const [textColor, setTextColor] = useState<string | null>(null);
  useEffect(() => {
    const read = () => setTextColor(getComputedStyle(ref.current!).color);
    read();
    const choice = new MutationObserver(read);
    choice.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', read);
    return () => {
      choice.disconnect();
      system.removeEventListener('change', read);
    };
  }, [ref]);
  return textColor;
}
