import type { ShellMesh } from '../core/surface/shells.ts';
import type { CameraState } from '../state/view.ts';
import type { AtomsSpec, PointsSpec } from './atoms.ts';
import type { Cut } from './cut.ts';
import type { ProjectionSpec } from './projection.ts';
import type { PlaneImage } from './slicePlanes.ts';
import type { Bounds, Triple } from './camera.ts';
import type { ShellLook } from './shellGeometry.ts';

/** What one view of the page wants drawn in its place on the shared canvas. */
export interface ViewSpec {
  readonly id: string;
  readonly element: HTMLElement;
  readonly bounds: Bounds;
  readonly mesh: ShellMesh | null;
  readonly looks: readonly ShellLook[];
  readonly camera: CameraState;
  /** Å, world. */
  readonly crosshair: Triple | null;
  /** Drawn among the surfaces. */
  readonly atoms: AtomsSpec | null;
  /** Drawn over the surfaces. */
  readonly points: PointsSpec | null;
  readonly cut: Cut;
  readonly planes: readonly PlaneImage[];
  readonly projection: ProjectionSpec | null;
  /** Whether the box of `bounds` is drawn. */
  readonly boxed: boolean;
}

/** Carries views from the page's tree to the canvas's; one per canvas. */
export class ViewRegistry {
  /** The camera is being dragged in some view. */
  moving = false;
  private readonly specs = new Map<string, ViewSpec>();
  private readonly listeners = new Set<() => void>();
  private list: readonly ViewSpec[] = [];

  set(spec: ViewSpec): void {
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

  readonly views = (): readonly ViewSpec[] => this.list;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private changed(): void {
    this.list = [...this.specs.values()];
    for (const listener of this.listeners) listener();
  }
}
