import { type PointerEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { BOX, type NetworkLayout, type Point } from '../../core/network/index.ts';
import { useSize } from '../../ui/useElement.ts';

const LEAST = 0.08;
const MOST = 2;
/** Text is read from this scale on; a little below it rather than cutting columns off. */
const LEGIBLE = 0.8;
const BARELY = 0.75;
/** Height of the column titles over the drawing, px. */
const HEAD = 26;
/** A press that moves less is a click, px. */
const STILL = 4;

/** Scrolls and scales a drawing in a scrolling element: wheel with Ctrl, pinch, buttons; dragged by its ground. */
export function useZoom(view: RefObject<HTMLElement | null>, layout: NetworkLayout) {
  const size = useSize(view);
  const [scale, setScale] = useState(1);
  const latest = useRef({ scale, layout });
  latest.current = { scale, layout };

  const zoom = useMemo(() => {
    /** Scales about a point of the element, px from its corner; its middle by default. */
    const to = (next: number, at?: Point) => {
      const element = view.current!;
      const { scale: before } = latest.current;
      const after = Math.min(MOST, Math.max(LEAST, next));
      const { x, y } = at ?? { x: element.clientWidth / 2, y: element.clientHeight / 2 };
      const left = ((element.scrollLeft + x) * after) / before - x;
      const top = ((element.scrollTop + y - HEAD) * after) / before - y + HEAD;
      latest.current.scale = after;
      setScale(after);
      // Where the sheet has its new size.
      requestAnimationFrame(() => element.scrollTo(left, top));
    };
    const fitting = () => {
      const { clientWidth, clientHeight } = view.current!;
      const { width, height } = latest.current.layout;
      return Math.min(clientWidth / width, (clientHeight - HEAD) / height);
    };
    /** Begins where the network begins if the box is in sight then, else with the box in the middle. */
    const begin = (element: HTMLElement, place: Point) => {
      const { scale: now } = latest.current;
      const along = (from: number, length: number, seen: number) =>
        (from + length) * now <= seen ? 0 : (from + length / 2) * now - seen / 2;
      element.scrollTo(
        along(place.x, BOX.width, element.clientWidth),
        along(place.y, BOX.height, element.clientHeight - HEAD),
      );
    };
    return {
      to,
      by: (factor: number) => to(latest.current.scale * factor),
      fit: () => to(Math.min(1, fitting())),
      /** All of it where it can be read then, else what is about `place`. */
      start(place: Point) {
        const element = view.current!;
        const across = element.clientWidth / latest.current.layout.width;
        const least = Math.max(BARELY, Math.min(LEGIBLE, across));
        const next = Math.min(1, Math.max(least, fitting()));
        latest.current.scale = next;
        setScale(next);
        requestAnimationFrame(() => begin(element, place));
      },
      /** Scrolls as far as is needed to see a box. */
      reveal(place: Point) {
        const element = view.current!;
        const { scale: now } = latest.current;
        const margin = 24;
        const along = (from: number, length: number, seen: number, start: number) => {
          if (from - margin < start) return from - margin;
          return Math.max(start, from + length + margin - seen);
        };
        const { scrollLeft, scrollTop, clientWidth, clientHeight } = element;
        element.scrollTo(
          along(place.x * now, BOX.width * now, clientWidth, scrollLeft),
          along(place.y * now, BOX.height * now, clientHeight - HEAD, scrollTop),
        );
      },
    };
  }, [view]);

  useEffect(() => {
    const element = view.current!;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      const at = { x: event.clientX - left, y: event.clientY - top };
      zoom.to(latest.current.scale * Math.exp(-event.deltaY / 300), at);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [view, zoom]);

  const drag = useRef<Point | null>(null);
  const moved = useRef(false);
  const handlers = {
    onPointerDown(event: PointerEvent) {
      if (event.pointerType !== 'mouse' || event.button !== 0) return;
      drag.current = { x: event.clientX, y: event.clientY };
      moved.current = false;
    },
    onPointerMove(event: PointerEvent) {
      if (!drag.current) return;
      const [dx, dy] = [event.clientX - drag.current.x, event.clientY - drag.current.y];
      if (!moved.current && Math.hypot(dx, dy) < STILL) return;
      if (!moved.current) view.current?.setPointerCapture(event.pointerId);
      moved.current = true;
      view.current?.scrollBy(-dx, -dy);
      drag.current = { x: event.clientX, y: event.clientY };
    },
    onPointerUp() {
      drag.current = null;
    },
    onClickCapture(event: { stopPropagation(): void }) {
      // The end of a drag is no click.
      if (moved.current) event.stopPropagation();
      moved.current = false;
    },
  };
  return { ...zoom, size, scale, handlers };
}
