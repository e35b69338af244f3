import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef } from 'react';
import { ACROSS, type Axis, type SlicePicture } from '../../core/tomogram/index.ts';
import type { SourceGrid, Vec3 } from '../../core/volume/index.ts';
import type { inTasks } from '../../state/nextTask.ts';
import { moveOfKey, WheelSteps } from '../moves.ts';
import {
  drawCross,
  drawingPoints,
  drawScaleBar,
  GreyPicture,
  placeOf,
  type SlicePoints,
} from './draw.ts';
import { alongOf, pixelOf, placeUnder, type Room, type SliceWindow, within } from './view.ts';
import styles from './TomogramSlice.module.css';

/** What a hand on a slice changes. */
export interface LookChange {
  readonly at?: Vec3;
  readonly centre?: Vec3;
  readonly pixel?: number;
}

interface TomogramSliceProps {
  readonly axis: Axis;
  readonly label: string;
  /** Id of the element that describes the keys. */
  readonly helpId: string;
  readonly grid: SourceGrid;
  readonly room: Room;
  readonly window: SliceWindow;
  /** Å of a CSS pixel. */
  readonly pixel: number;
  readonly at: Vec3;
  readonly centre: Vec3;
  readonly picture: SlicePicture | null;
  /** Values that are black and white. */
  readonly grey: readonly [number, number];
  readonly points: SlicePoints | null;
  onLook(change: LookChange): void;
  /** Does the drawing of very many particles part by part. */
  readonly inParts: typeof inTasks;
  /** A particle was clicked. */
  onPick(k: number): void;
}

const ZOOM_KEYS: Readonly<Record<string, number>> = { '+': 0.8, '=': 0.8, '-': 1.25 };
/** CSS pixels that a press may move and still be a click. */
const CLICK = 4;

/** One slice of a tomogram: drag to move, click to go there, wheel for the next slice, Ctrl and wheel to zoom. */
export function TomogramSlice(props: TomogramSliceProps) {
  const { axis, label, helpId, grid, room, window, pixel, at, centre } = props;
  const { picture, grey, points, inParts, onLook, onPick } = props;
  const stage = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const painter = useMemo(() => new GreyPicture(), []);
  const wheel = useMemo(() => new WheelSteps(), []);
  const pressed = useRef<{ x: number; y: number; centre: Vec3; moved: boolean } | null>(null);
  const scale = globalThis.devicePixelRatio;
  const [width, height] = [Math.round(room.width * scale), Math.round(room.height * scale)];
  const along = alongOf(axis);

  useEffect(() => {
    const ctx = base.current!.getContext('2d')!;
    ctx.clearRect(0, 0, width, height);
    if (picture) painter.draw(ctx, picture, grey, window, pixel, scale);
  }, [painter, picture, grey, window, pixel, width, height]);

  useEffect(() => {
    const ctx = over.current!.getContext('2d')!;
    const drawMarks = () => {
      drawCross(ctx, axis, at, window, pixel, scale);
      if (axis !== 'z') return;
      if (grid.voxelSizeKnown) drawScaleBar(ctx, pixel, 'nm', 10, scale);
      else drawScaleBar(ctx, pixel, 'voxels', grid.voxelSize[0], scale);
    };
    if (points) {
      const drawing = drawingPoints(ctx, points, axis, at, window, pixel, scale);
      return inParts(points.shown.length, drawing, drawMarks);
    }
    ctx.clearRect(0, 0, width, height);
    drawMarks();
  }, [points, axis, at, window, pixel, width, height, grid, inParts]);

  const through = (steps: number) => {
    const next: [number, number, number] = [...at];
    next[along] += steps * grid.voxelSize[along];
    onLook({ at: within(grid, next) });
  };
  const zoom = (factor: number, x = room.width / 2, y = room.height / 2) => {
    const under = placeUnder(axis, window, pixel, at, x, y);
    const next: [number, number, number] = [...centre];
    for (const i of ACROSS[axis]) next[i] = under[i] + (centre[i] - under[i]) * factor;
    onLook({ pixel: pixel * factor, centre: next });
  };

  // React listens to the wheel passively; a step must keep the page from scrolling.
  const turn = useRef<(event: WheelEvent) => void>(() => undefined);
  turn.current = (event) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      const box = stage.current!.getBoundingClientRect();
      zoom(2 ** (event.deltaY / 200), event.clientX - box.left, event.clientY - box.top);
      return;
    }
    const steps = wheel.take(event);
    if (steps !== 0) through(steps);
  };
  useEffect(() => {
    const element = stage.current!;
    const take = (event: WheelEvent) => turn.current(event);
    element.addEventListener('wheel', take, { passive: false });
    return () => element.removeEventListener('wheel', take);
  }, []);

  const placeOf = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top] as const;
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const [x, y] = placeOf(event);
    pressed.current = { x, y, centre, moved: false };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const from = pressed.current;
    if (!from) return;
    const [x, y] = placeOf(event);
    if (!from.moved && Math.hypot(x - from.x, y - from.y) < CLICK) return;
    from.moved = true;
    const [column, row] = ACROSS[axis];
    const next: [number, number, number] = [...from.centre];
    next[column] -= (x - from.x) * pixel;
    next[row] += (y - from.y) * pixel;
    onLook({ centre: next, pixel });
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    const from = pressed.current;
    pressed.current = null;
    if (!from || from.moved) return;
    const place = placeUnder(axis, window, pixel, at, from.x, from.y);
    const near = points && nearest(points, axis, at, window, pixel, from.x, from.y);
    if (near !== null) onPick(near);
    else onLook({ at: within(grid, place) });
    event.currentTarget.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moveOfKey(event.key, event.shiftKey);
    const factor = ZOOM_KEYS[event.key];
    if (!move && !factor) return;
    event.preventDefault();
    if (factor) zoom(factor);
    if (!move) return;
    const [column, row] = ACROSS[axis];
    const next: [number, number, number] = [...at];
    const steps = [
      [column, move.across],
      [row, move.up],
      [along, move.through],
    ] as const;
    for (const [i, step] of steps) if (step !== 0) next[i] += step * grid.voxelSize[i];
    onLook({ at: within(grid, next) });
  };

  const size = { width: room.width, height: room.height };
  return (
    <div
      ref={stage}
      className={styles.stage}
      style={size}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is interactive
      tabIndex={0}
      role="application"
      aria-roledescription="slice"
      aria-label={label}
      aria-describedby={helpId}
      aria-busy={picture === null}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onKeyDown={onKeyDown}
    >
      <canvas ref={base} width={width} height={height} style={size} />
      <canvas ref={over} width={width} height={height} style={size} />
      {picture === null && <span className={styles.waiting}>Comes with the coarser levels…</span>}
    </div>
  );
}

/** CSS pixels around a click in which a particle is taken. */
const REACH = 9;

/** The particle under a click of those that the slice cuts. */
function nearest(
  points: SlicePoints,
  axis: Axis,
  at: Vec3,
  window: SliceWindow,
  pixel: number,
  x: number,
  y: number,
): number | null {
  const { shown, places, origin, radius } = points;
  const along = alongOf(axis);
  let best: number | null = null;
  let least = Math.max(REACH, Math.min(40, radius / pixel));
  for (const k of shown) {
    if (Math.abs(places[3 * k + along] + origin[along] - at[along]) > radius) continue;
    const place = placeOf(points, k);
    const [px, py] = pixelOf(axis, window, pixel, place);
    const away = Math.hypot(px - x, py - y);
    if (away > least) continue;
    least = away;
    best = k;
  }
  return best;
}
