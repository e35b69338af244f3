import type { CameraState } from '../state/view.ts';
import { dragged, type Bounds, panned, pixelsPerAngstrom, rotated, zoomed } from './camera.ts';

export interface ViewControls {
  readonly camera: CameraState;
  readonly bounds: Bounds;
  readonly onCameraChange: (camera: CameraState) => void;
  readonly onReset: () => void;
  /** A click that did not move, in CSS pixels from the top left corner. */
  readonly onClick: (x: number, y: number) => void;
  /** Enter. */
  readonly onOpen?: () => void;
  /** The wheel belongs to the page unless Ctrl is held (as a pinch on a trackpad reports). */
  readonly scrolls?: boolean;
  readonly onMoving: (moving: boolean) => void;
}

const CLICK_SLACK = 4;
const KEY_TURN = Math.PI / 12;
const KEY_PAN = 24;

/**
 * Mouse, touch and keyboard on a view, as `controls` says at the time of each event: drag turns, Shift or
 * right drag pans, wheel and pinch zoom, double click resets; arrows turn, Shift with arrows pans, + and - zoom, 0 or Home
 * resets.
 *
 * @returns what takes the controls off again
 */
export function attachViewControls(element: HTMLElement, controls: () => ViewControls): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  // Several events can come before the next rendering; each starts from the one before.
  let camera = controls().camera;
  let shown = camera;

  function change(next: (camera: CameraState) => CameraState): void {
    if (controls().camera !== shown) camera = shown = controls().camera;
    camera = next(camera);
    controls().onCameraChange(camera);
  }

  function pan(dx: number, dy: number): void {
    const { bounds } = controls();
    const { clientWidth, clientHeight } = element;
    change((from) => {
      const scale = pixelsPerAngstrom(from, bounds, clientWidth, clientHeight);
      return panned(from, dx, dy, scale, bounds);
    });
  }

  function local(event: { clientX: number; clientY: number }): { x: number; y: number } {
    const rect = element.getBoundingClientRect();
    return { x: event.clientX - rect.left, y: event.clientY - rect.top };
  }

  /** Trackball coordinates: half the smaller side is 1, y up. */
  function onTrackball({ x, y }: { x: number; y: number }): [number, number] {
    const { clientWidth: w, clientHeight: h } = element;
    const half = Math.min(w, h) / 2;
    return [(x - w / 2) / half, (h / 2 - y) / half];
  }

  function pointerDown(event: PointerEvent): void {
    if (event.button === 1 || onControl(event)) return;
    element.setPointerCapture(event.pointerId);
    if (pointers.size === 0) travelled = 0;
    pointers.set(event.pointerId, local(event));
  }

  function pointerMove(event: PointerEvent): void {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = local(event);
    const dx = now.x - before.x;
    const dy = now.y - before.y;
    travelled += Math.abs(dx) + Math.abs(dy);
    if (travelled < CLICK_SLACK) return;
    controls().onMoving(true);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, now);
    if (other) {
      const spread = (p: { x: number; y: number }) => Math.hypot(p.x - other.x, p.y - other.y);
      pan(dx / 2, dy / 2);
      change((from) => zoomed(from, spread(now) / Math.max(1, spread(before))));
    } else if (event.shiftKey || (event.buttons & 2) !== 0) {
      pan(dx, dy);
    } else {
      change((from) => dragged(from, onTrackball(before), onTrackball(now)));
    }
  }

  function pointerUp(event: PointerEvent): void {
    if (!pointers.delete(event.pointerId) || pointers.size > 0) return;
    controls().onMoving(false);
    if (event.type === 'pointerup' && event.button === 0 && travelled < CLICK_SLACK) {
      const { x, y } = local(event);
      controls().onClick(x, y);
    }
  }

  function wheel(event: WheelEvent): void {
    if (controls().scrolls && !event.ctrlKey) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    change((from) => zoomed(from, Math.exp(-event.deltaY * lines * 0.0012)));
  }

  function keyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || onControl(event)) return;
    const arrow = ARROWS[event.key];
    if (arrow && event.shiftKey) pan(arrow[0] * KEY_PAN, arrow[1] * KEY_PAN);
    else if (arrow) change((from) => rotated(from, [arrow[1], arrow[0], 0], KEY_TURN));
    else if (event.key === '+' || event.key === '=') change((from) => zoomed(from, 1.2));
    else if (event.key === '-') change((from) => zoomed(from, 1 / 1.2));
    else if (event.key === '0' || event.key === 'Home') controls().onReset();
    else if (event.key === 'Enter' && controls().onOpen) controls().onOpen?.();
    else return;
    event.preventDefault();
  }

  const reset = (event: Event) => {
    if (!onControl(event)) controls().onReset();
  };
  const still = (event: Event) => event.preventDefault();
  element.addEventListener('pointerdown', pointerDown);
  element.addEventListener('pointermove', pointerMove);
  element.addEventListener('pointerup', pointerUp);
  element.addEventListener('pointercancel', pointerUp);
  element.addEventListener('dblclick', reset);
  element.addEventListener('contextmenu', still);
  element.addEventListener('wheel', wheel, { passive: false });
  element.addEventListener('keydown', keyDown);
  return () => {
    element.removeEventListener('pointerdown', pointerDown);
    element.removeEventListener('pointermove', pointerMove);
    element.removeEventListener('pointerup', pointerUp);
    element.removeEventListener('pointercancel', pointerUp);
    element.removeEventListener('dblclick', reset);
    element.removeEventListener('contextmenu', still);
    element.removeEventListener('wheel', wheel);
    element.removeEventListener('keydown', keyDown);
  };
}

/** Buttons laid over the view keep their clicks and keys. */
function onControl({ target }: Event): boolean {
  return target instanceof Element && target.closest('button') !== null;
}

/** Where the front of the object goes, or the picture with Shift: right, down. */
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
