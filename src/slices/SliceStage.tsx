import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef } from 'react';
import type { FloatVolume, Vec3 } from '../core/volume/types.ts';
import { moved, moveOfKey, WheelSteps } from './moves.ts';
import type { Axis } from './planes.ts';
import { type CanvasSize, useCanvasSize } from './useCanvasSize.ts';
import { type Paint, usePaint } from './usePaint.ts';
import styles from './slices.module.css';

interface SliceStageProps {
  /** Accessible name. */
  readonly label: string;
  /** Id of the element that describes the keys. */
  readonly helpId: string;
  readonly volume: FloatVolume;
  readonly axis: Axis;
  /** Å, world. */
  readonly crosshair: Vec3;
  /** Draws the picture. */
  readonly paint: Paint;
  /** Draws what lies over the picture and changes more often. */
  readonly paintOver: Paint;
  /** World position of a pixel. */
  locate(x: number, y: number, size: CanvasSize): Vec3;
  onMove(crosshair: Vec3): void;
  /** The position under the pointer; null when it leaves. */
  onHover(axis: Axis, position: Vec3 | null): void;
}

/** A picture of slices with a crosshair that pointer, wheel, touch and keyboard move. */
export function SliceStage(props: SliceStageProps) {
  const { label, helpId, volume, axis, crosshair, paint, paintOver, locate, onMove, onHover } =
    props;
  const stage = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const wheel = useMemo(() => new WheelSteps(), []);
  const size = useCanvasSize(stage);

  usePaint(base, size, paint);
  usePaint(over, size, paintOver);

  // React listens to the wheel passively; a step must keep the page from scrolling.
  useEffect(() => {
    const element = stage.current!;
    const step = (event: WheelEvent) => {
      if (event.ctrlKey) return;
      event.preventDefault();
      const through = wheel.take(event);
      if (through !== 0) onMove(moved(volume, crosshair, axis, { across: 0, up: 0, through }));
    };
    element.addEventListener('wheel', step, { passive: false });
    return () => element.removeEventListener('wheel', step);
  }, [wheel, volume, crosshair, axis, onMove]);

  const onPointer = (event: PointerEvent<HTMLDivElement>) => {
    if (!size) return;
    const target = event.currentTarget;
    const box = target.getBoundingClientRect();
    const x = (event.clientX - box.left) * size.pixel;
    const y = (event.clientY - box.top) * size.pixel;
    const position = locate(x, y, size);
    const pressed = event.type === 'pointerdown' && event.button === 0;
    if (pressed) target.setPointerCapture(event.pointerId);
    onHover(axis, position);
    if (pressed || target.hasPointerCapture(event.pointerId)) onMove(position);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const move = moveOfKey(event.key, event.shiftKey);
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onMove(moved(volume, crosshair, axis, move));
  };

  return (
    <div
      ref={stage}
      className={styles.stage}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is interactive
      tabIndex={0}
      role="application"
      aria-roledescription="slice"
      aria-label={label}
      aria-describedby={helpId}
      onPointerDown={onPointer}
      onPointerMove={onPointer}
      onPointerLeave={() => onHover(axis, null)}
      onKeyDown={onKeyDown}
    >
      <canvas ref={base} />
      <canvas ref={over} />
    </div>
  );
}
