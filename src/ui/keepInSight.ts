import { type RefObject, useEffect } from 'react';

/** Scrolls a list sideways as far as is needed to see one of its entries within its padding; the page itself stays where it is. */
function keepInSight(entry: HTMLElement, list: HTMLElement): void {
  const before = entry.getBoundingClientRect().left - list.getBoundingClientRect().left;
  const left = before - list.clientLeft + list.scrollLeft;
  const { paddingLeft, paddingRight } = getComputedStyle(list);
  const right = left + entry.getBoundingClientRect().width + Number.parseFloat(paddingRight);
  const over = Math.ceil(right - list.clientWidth);
  const under = left - Number.parseFloat(paddingLeft);
  if (list.scrollLeft < over) list.scrollLeft = over;
  if (list.scrollLeft > under) list.scrollLeft = under;
}

/** Keeps the entry of a list that is marked as chosen in sight, also when the list or what it holds changes its size. */
export function useChosenInSight(list: RefObject<HTMLElement | null>, ...changes: unknown[]): void {
  useEffect(() => {
    const { current } = list;
    if (!current) return;
    // Called once at the start, too.
    const observer = new ResizeObserver(() => {
      const entry = current.querySelector<HTMLElement>('[aria-current=true], [aria-checked=true]');
      if (entry) keepInSight(entry, current);
    });
    for (const element of [current, ...current.children]) observer.observe(element);
    return () => observer.disconnect();
  }, [list, ...changes]);
}
