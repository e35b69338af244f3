import { type RefObject, useEffect, useLayoutEffect, useState } from 'react';

/** Width and height of an element's content in CSS pixels, known before the first paint; null while it has none. */
export function useSize(
  ref: RefObject<HTMLElement | null>,
): { readonly width: number; readonly height: number } | null {
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  useLayoutEffect(() => {
    const element = ref.current!;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((before) => {
        if (width === 0 || height === 0) return null;
        return before?.width === width && before.height === height ? before : { width, height };
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
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
