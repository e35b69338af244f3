import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef } from 'react';
import type { FloatVolume, Vec3 } from '../core/volume/types.ts';
import { moved, moveOfKey, WheelSteps } from './moves.ts';
import type { Axis } from './planes.ts';
import { type CanvasSize, useCanvasSize } from './useCanvasSize.ts';
import { type Paint, usePaint } from './usePaint.ts';
import styles from './slices.module.css';

/** What a drag paints with. */
export interface Brush {
  /** Å. */
  readonly radius: number;
  /** Goes from one place (Å, world) to another in a slice. */
  paint(from: Vec3, to: Vec3, axis: Axis): void;
  /** A stroke has ended. */
  rest(): void;
}

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
  readonly brush: Brush | null;
  /** Device pixels. */
  perAngstrom(size: CanvasSize): number;
  /** The position under the pointer; null when it leaves. */
  onHover(axis: Axis, position: Vec3 | null): void;
}

/** A picture of slices with a crosshair that pointer, wheel, touch and keyboard move. */
export function SliceStage(props: SliceStageProps) {
  const { label, helpId, volume, axis, crosshair, paint, paintOver, locate, onMove, onHover } =
    props;
  const { brush, perAngstrom } = props;
  const last = useRef<Vec3 | null>(null);
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
    if (!pressed && !target.hasPointerCapture(event.pointerId)) return;
    if (brush) {
      brush.paint((pressed ? null : last.current) ?? position, position, axis);
      last.current = position;
    } else onMove(position);
  };
  const onEnd = () => {
    if (last.current) brush?.rest();
    last.current = null;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (brush && event.key === ' ') {
      event.preventDefault();
      brush.paint(crosshair, crosshair, axis);
      brush.rest();
    }
    const move = moveOfKey(event.key, event.shiftKey);
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onMove(moved(volume, crosshair, axis, move));
  };

  return (
    <div
      ref={stage}
      className={styles.stage}
      style={
        brush && size
          ? { cursor: ring((brush.radius * perAngstrom(size)) / size.pixel) }
          : undefined
      }
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is interactive
      tabIndex={0}
      role="application"
      aria-roledescription="slice"
      aria-label={label}
      aria-describedby={helpId}
      onPointerDown={onPointer}
      onPointerMove={onPointer}
      onPointerUp={onEnd}
      onPointerCancel={onEnd}
      onPointerLeave={() => onHover(axis, null)}
      onKeyDown={onKeyDown}
    >
      <canvas ref={base} />
      <canvas ref={over} />
    </div>
  );
}

/** Browsers take no larger pictures for a pointer. */
const MOST_RING = 60;

/** A pointer as large as the brush. @param radius CSS pixels */
function ring(radius: number): string {
  if (!(radius >= 2 && radius <= MOST_RING)) return 'crosshair';
  const [r, middle] = [radius.toFixed(1), Math.ceil(radius) + 2];
  const circle = (color: string, width: number) =>
    `<circle cx="${middle}" cy="${middle}" r="${r}" fill="none" stroke="${color}" stroke-width="${width}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${2 * middle}" height="${2 * middle}">${circle('white', 3)}${circle('black', 1)}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}") ${middle} ${middle}, crosshair`;
}
