/** Scrolls a list sideways as far as is needed to see one of its entries; the page itself stays where it is. */
export function keepInSight(entry: HTMLElement, list: HTMLElement): void {
  const before = entry.getBoundingClientRect().left - list.getBoundingClientRect().left;
  const left = before - list.clientLeft + list.scrollLeft;
  const over = left + entry.offsetWidth - list.clientWidth;
  if (list.scrollLeft < over) list.scrollLeft = over;
  if (list.scrollLeft > left) list.scrollLeft = left;
}
