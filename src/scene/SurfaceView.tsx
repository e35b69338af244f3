import type { LengthUnit } from '../core/volume/index.ts';
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { projectRay } from '../core/surface/projectRay.ts';
import { mostVisible, rayHits } from '../core/surface/ray.ts';
import { shellOf } from '../core/surface/shells.ts';
import type { Volume } from '../core/volume/types.ts';
import { type CameraState, DEFAULT_CAMERA } from '../state/view.ts';
import type { AtomsSpec, PointsSpec } from './atoms.ts';
import { type Cut, cutAway } from './cut.ts';
import {
  type Bounds,
  boundsOf,
  pixelsPerAngstrom,
  type Ray,
  rayThrough,
  sameBounds,
  type Triple,
} from './camera.ts';
import { useScene } from './LinkedViews.tsx';
import type { ProjectionSpec } from './projection.ts';
import type { PlaneImage } from './slicePlanes.ts';
import { AxisTriad, ScaleBar } from './Overlays.tsx';
import { ViewButtons } from './ViewButtons.tsx';
import type { ShellLook } from './shellGeometry.ts';
import { useShellMesh } from './useShellMesh.ts';
import { useSize } from '../ui/useElement.ts';
import { useViewControls } from './useViewControls.ts';
import { classes } from '../ui/classes.ts';
import shared from './scene.module.css';
import styles from './SurfaceView.module.css';

/** One isosurface and how it looks; volumes are compared by identity, so keep them. */
export interface Shell extends ShellLook {
  readonly volume: Volume;
  /** In units of the volume. */
  readonly level: number;
  /** By default above a level >= 0 and below a negative one. */
  readonly enclose?: 'above' | 'below';
  /** Å; separate pieces smaller than this are left out. By default none. */
  readonly dust?: number;
}

/** What is drawn in and over a view beside its surfaces. */
export type SceneMark = 'box' | 'axes' | 'scale' | 'buttons' | 'dust';
const NO_PLANES: readonly PlaneImage[] = [];
const ALL_MARKS: readonly SceneMark[] = ['box', 'axes', 'scale', 'buttons', 'dust'];

export interface SurfaceViewProps {
  /** Unique among the views of the canvas; names the view for `renderToImage`. */
  readonly id: string;
  /** What is shown, in words, for assistive technology. */
  readonly label: string;
  /** The grid whose box is drawn and which the camera is fitted to. */
  readonly grid: Volume;
  readonly shells: readonly Shell[];
  readonly camera: CameraState;
  readonly onCameraChange: (camera: CameraState) => void;
  /** Å, world. */
  readonly crosshair?: Triple | null;
  /** A click on a surface: the point of it that shows most, Å, world. */
  readonly onPick?: (point: [number, number, number]) => void;
  /** A click anywhere or Enter; a click picks nothing then. */
  readonly onOpen?: () => void;
  /** What is taken away in front of the crosshair. */
  readonly cut?: Cut;
  /** Pictures of slices in the box; compared by identity. */
  readonly planes?: readonly PlaneImage[];
  /** A map as seen along the line of sight; compared by identity. */
  readonly projection?: ProjectionSpec | null;
  /** A structure among the surfaces; compared by identity. */
  readonly atoms?: AtomsSpec | null;
  /** Over the surfaces; compared by identity. */
  readonly points?: PointsSpec | null;
  /** Shown where all pieces of the surfaces are as small as dust. */
  readonly onlyDust?: ReactNode;
  readonly lengthUnit?: LengthUnit;
  /** What reset goes back to, the projection apart. */
  readonly home?: CameraState;
  /** By default all. */
  readonly marks?: readonly SceneMark[];
  /** The views scroll: the wheel scrolls them here too, and zooms with Ctrl. */
  readonly scrolls?: boolean;
}

/** One 3D view: nested translucent surfaces with box, axes, scale bar and crosshair. */
export function SurfaceView(props: SurfaceViewProps) {
  const { id, label, grid, shells, camera, onCameraChange, onPick, onOpen } = props;
  const { crosshair = null, lengthUnit = 'nm', marks = ALL_MARKS, scrolls = false } = props;
  const { home = DEFAULT_CAMERA, atoms = null, cut = 'none', planes = NO_PLANES } = props;
  const { points = null, projection = null } = props;
  const { registry, client } = useScene();
  const element = useRef<HTMLDivElement>(null);
  const size = useSize(element);
  const bounds = useBounds(grid);
  const { mesh, step, hidden, onlyDust, error } = useShellMesh(
    client,
    shells.map(({ volume, level, enclose = level < 0 ? 'below' : 'above', dust = 0 }) => ({
      ...{ volume, level, enclose, dust },
    })),
    bounds,
  );
  const looks = useLooks(shells, mesh ? mesh.vertexStarts.length - 1 : 0);

  const boxed = marks.includes('box');
  const dusted = hidden > 0 && marks.includes('dust');
  useLayoutEffect(() => {
    if (!element.current) return;
    const drawn = { bounds, mesh, looks, camera, crosshair, atoms, points, boxed, cut, planes };
    registry.set({ id, element: element.current, ...drawn, projection });
  }, [
    registry,
    id,
    bounds,
    mesh,
    looks,
    camera,
    crosshair,
    atoms,
    points,
    boxed,
    cut,
    planes,
    projection,
  ]);
  useEffect(() => () => registry.remove(id), [registry, id]);

  const latest = useRef(props);
  latest.current = props;
  const change = useCallback((part: Partial<CameraState>) => {
    latest.current.onCameraChange({ ...latest.current.camera, ...part });
  }, []);
  const reset = useCallback(() => {
    const { quaternion, zoom, target } = home;
    change({ quaternion, zoom, target });
  }, [change, home]);
  useViewControls(element, {
    camera,
    bounds,
    onCameraChange,
    onReset: reset,
    onOpen,
    scrolls,
    onMoving: (moving) => registry.setMoving(moving),
    onClick(x, y) {
      if (onOpen) {
        onOpen();
        return;
      }
      if (!onPick || !size) return;
      const ray = rayThrough(camera, bounds, [x, y], [size.width, size.height]);
      const { quaternion } = camera;
      const hidden = cutAway(cut, quaternion, crosshair);
      if (projection) {
        const { heat } = projection;
        const found = projectRay(heat, ray.origin, ray.direction, signsOf(projection), hidden);
        if (found) onPick([...found.at]);
        return;
      }
      if (!mesh) return;
      const hits = rayHits(mesh, ray.origin, ray.direction).filter(
        ({ distance }) => !hidden(along(ray, distance)),
      );
      const hit = mostVisible(hits, (triangle) => looks[shellOf(mesh, triangle)]?.opacity ?? 0);
      if (!hit) return;
      onPick(along(ray, hit.distance));
    },
  });

  return (
    <div
      ref={element}
      className={classes(shared.view, scrolls && styles.scrolls)}
      role="application"
      aria-roledescription="3D view"
      aria-label={`${label}. Arrow keys turn, Shift with arrow keys moves, plus and minus zoom, 0 resets${onOpen ? ', Enter opens' : ''}.`}
      aria-busy={shells.length > 0 && !mesh && !error}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the view answers to keys
      tabIndex={0}
    >
      {marks.includes('buttons') && (
        <ViewButtons projection={camera.projection} change={change} onReset={reset} />
      )}
      {marks.includes('axes') && <AxisTriad quaternion={camera.quaternion} />}
      {marks.includes('scale') && size && camera.projection === 'orthographic' && (
        <ScaleBar
          pixelsPerA={pixelsPerAngstrom(camera, bounds, size.width, size.height)}
          room={Math.min(120, size.width * 0.3)}
          unit={lengthUnit}
        />
      )}
      {error && <p className={styles.note}>{error}</p>}
      {mesh && mesh.indices.length === 0 && (
        <p className={styles.note}>Nothing reaches this level.</p>
      )}
      {onlyDust && props.onlyDust}
      {(step > 1 || dusted) && (
        <span className={shared.corner}>
          {[
            ...(step > 1 ? [`every ${ordinal(step)} voxel`] : []),
            ...(dusted ? [`${hidden} specks hidden`] : []),
          ].join(', ')}
        </span>
      )}
    </div>
  );
}

function along({ origin, direction }: Ray, distance: number): [number, number, number] {
  const at = (i: number) => origin[i] + distance * direction[i];
  return [at(0), at(1), at(2)];
}

/** Range of the values that a projection shows. */
const signsOf = ({ colors: { sign } }: ProjectionSpec): readonly [number, number] => [
  sign === 'positive' ? 0 : Number.NEGATIVE_INFINITY,
  sign === 'negative' ? 0 : Number.POSITIVE_INFINITY,
];

/** Colours of the shells that `mesh` has: while new shells are made, those of the old ones stay. */
function useLooks(shells: readonly ShellLook[], count: number): readonly ShellLook[] {
  const last = useRef<readonly ShellLook[]>([]);
  const fits = shells.length === count;
  const same =
    last.current.length === shells.length &&
    shells.every(({ color, opacity, paint }, i) => {
      const old = last.current[i];
      return (
        opacity === old.opacity &&
        paint === old.paint &&
        color.every((channel, j) => channel === old.color[j])
      );
    });
  if (fits && !same) {
    last.current = shells.map(({ color, opacity, paint }) => ({ color, opacity, paint }));
  }
  return last.current;
}

/** The same object while the box is the same. */
function useBounds(grid: Volume): Bounds {
  const bounds = useMemo(() => boundsOf(grid), [grid]);
  const last = useRef(bounds);
  if (!sameBounds(last.current, bounds)) last.current = bounds;
  return last.current;
}

const ordinal = (n: number) => (n === 2 ? '2nd' : n === 3 ? '3rd' : `${n}th`);
