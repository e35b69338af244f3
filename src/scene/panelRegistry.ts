import type { ShellMesh } from '../core/surface/shells.ts';
import type { CameraState } from '../state/view.ts';
import type { Frame, Triple } from './camera.ts';
import type { ShellLook } from './shellGeometry.ts';

/** What one panel of the page wants drawn in its place on the shared canvas. */
export interface PanelSpec {
  readonly id: string;
  readonly element: HTMLElement;
  readonly frame: Frame;
  readonly mesh: ShellMesh | null;
  readonly looks: readonly ShellLook[];
  readonly camera: CameraState;
  /** Å, world. */
  readonly crosshair: Triple | null;
  /** Whether the box of `frame` is drawn. */
  readonly boxed: boolean;
}

/** Carries panels from the page's tree to the canvas's; one per canvas. */
export class PanelRegistry {
  /** The camera is being dragged in some panel. */
  moving = false;
  private readonly specs = new Map<string, PanelSpec>();
  private readonly listeners = new Set<() => void>();
  private list: readonly PanelSpec[] = [];

  set(spec: PanelSpec): void {
    this.specs.set(spec.id, spec);
    this.changed();
  }

  remove(id: string): void {
    this.specs.delete(id);
    this.changed();
  }

  setMoving(moving: boolean): void {
    if (moving === this.moving) return;
    this.moving = moving;
    this.changed();
  }

  readonly panels = (): readonly PanelSpec[] => this.list;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private changed(): void {
    this.list = [...this.specs.values()];
    for (const listener of this.listeners) listener();
  }
}
