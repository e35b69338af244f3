import { type ReactNode, useCallback, useId, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { type Axis, quantileAt, type SlicePicture } from '../../../core/tomogram/index.ts';
import { useBoxEdge } from '../../../panels/particles/thumbnails.ts';
import { type LookChange, TomogramSlice } from '../../../slices/tomogram/TomogramSlice.tsx';
import type { SlicePoints } from '../../../slices/tomogram/draw.ts';
import { alongOf, roomsOf, type Rooms, windowAt } from '../../../slices/tomogram/view.ts';
import {
  actions,
  hasTruth,
  judge,
  particleColor,
  particlesStore,
  type TomogramInfo,
} from '../../../state/index.ts';
import { inTasks } from '../../../state/nextTask.ts';
import { classes } from '../../../ui/classes.ts';
import { useSize } from '../../../ui/useElement.ts';
import { LookBar } from './LookBar.tsx';
import { RegionSurface } from './RegionSurface.tsx';
import { keyOf, requestOf, useNewest } from './useNewest.ts';
import styles from './ParticlesPage.module.css';

const GAP = 2;
const NAMES: Readonly<Record<Axis, string>> = { z: 'xy', y: 'xz', x: 'zy' };

/** Three slices through the tomogram with the particles over them. */
export function TomogramViewer({ tomogram }: { readonly tomogram: TomogramInfo }) {
  const stage = useRef<HTMLDivElement>(null);
  const size = useSize(stage);
  const helpId = useId();
  const rooms = useMemo(() => size && roomsOf(tomogram.grid, size, GAP), [size, tomogram]);
  const points = usePoints(tomogram);
  const surface = useStore(particlesStore, (state) => state.look.surface);
  return (
    <div className={styles.viewer}>
      <LookBar tomogram={tomogram} fit={rooms?.fit ?? 1} />
      <div className={classes(styles.views, surface && styles.halved)}>
        <div ref={stage} className={styles.stage}>
          {rooms && (
            <div
              className={styles.slices}
              style={{ gridTemplateColumns: `${rooms.z.width}px ${rooms.x.width}px`, gap: GAP }}
            >
              {(['z', 'x', 'y'] as const).map((axis) => (
                <AxisSlice key={axis} {...{ axis, tomogram, rooms, points, helpId }} />
              ))}
              <div className={styles.corner}>
                <Position tomogram={tomogram} />
                <Legend />
              </div>
            </div>
          )}
        </div>
        {surface && rooms && <RegionSurface {...{ tomogram, rooms, points }} />}
      </div>
      <p id={helpId} className="visually-hidden">
        Drag moves the picture, a click goes there or takes a particle, the wheel goes through the
        slices, Control and wheel zooms. Arrows move the place, Page Up and Down go through the
        slices, plus and minus zoom.
      </p>
    </div>
  );
}

interface AxisSliceProps {
  readonly axis: Axis;
  readonly tomogram: TomogramInfo;
  readonly rooms: Rooms;
  readonly points: SlicePoints | null;
  readonly helpId: string;
}

function AxisSlice({ axis, tomogram, rooms, points, helpId }: AxisSliceProps) {
  const look = useStore(particlesStore, (state) => state.look);
  const { at, thickness, lowPass, percentiles } = look;
  const pixel = look.pixel ?? rooms.fit;
  const room = rooms[axis];
  const window = useMemo(
    () => windowAt(axis, look.centre, pixel, room),
    [axis, look.centre, pixel, room],
  );
  const along = alongOf(axis);
  const request = requestOf(axis, at[along], window, pixel, { thickness, lowPass });
  const picture = useNewest(request, keyOf(tomogram), actions.sliceTomogram);
  const grey = useMemo(() => greyOf(picture, percentiles), [picture, percentiles]);
  const onLook = useCallback((change: LookChange) => actions.lookAt(change), []);
  const nm = Number(((at[along] - tomogram.grid.origin[along]) / 10).toFixed(1));
  return (
    <TomogramSlice
      label={`${NAMES[axis]} slice at ${'xyz'[along]} = ${nm} nm`}
      onPick={actions.goToParticle}
      inParts={inTasks}
      centre={look.centre}
      {...{ axis, helpId, room, window, pixel, at, picture, grey, points, onLook }}
      grid={tomogram.grid}
    />
  );
}

function greyOf(
  picture: SlicePicture | null,
  [low, high]: readonly [number, number],
): readonly [number, number] {
  if (!picture) return [0, 1];
  return [quantileAt(picture.quantiles, low), quantileAt(picture.quantiles, high)];
}

/** What lies at the crosshair, in the corner that the three slices leave. */
function Position({ tomogram: { grid } }: { readonly tomogram: TomogramInfo }) {
  const at = useStore(particlesStore, (state) => state.look.at);
  const rows = (['x', 'y', 'z'] as const).map((name, i) => {
    const away = at[i] - grid.origin[i];
    const voxel = Math.round(away / grid.voxelSize[i]) + 1;
    return { name, nm: (away / 10).toFixed(1), voxel, of: grid.shape[2 - i] };
  });
  return (
    <dl className={styles.position} aria-label="Place">
      {rows.map(({ name, nm, voxel, of }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {grid.voxelSizeKnown && `${nm} nm `}
            <span className="faint">
              {voxel}/{of}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What the marks over the slices mean, where picks are true or false. */
function Legend() {
  const shown = useStore(particlesStore, (state) => state.placed !== null && hasTruth(state));
  const missed = useStore(particlesStore, (state) => state.matches !== null);
  if (!shown) return null;
  return (
    <ul className={styles.legend} aria-label="Marks of the picks">
      <li>
        <Mark>
          <circle cx="9" cy="9" r="7" />
          <circle cx="9" cy="9" r="1.5" fill="currentColor" />
        </Mark>
        true
      </li>
      <li>
        <Mark>
          <circle cx="9" cy="9" r="7" />
          <path d="m5.5 5.5 7 7m0-7-7 7" />
        </Mark>
        false
      </li>
      {missed && (
        <li>
          <Mark>
            <circle cx="9" cy="9" r="7" strokeDasharray="4 3" />
          </Mark>
          missed
        </li>
      )}
    </ul>
  );
}

const Mark = ({ children }: { readonly children: ReactNode }) => (
  <svg width="18" height="18" fill="none" stroke="currentColor" strokeWidth="1.75" aria-hidden>
    {children}
  </svg>
);

/** The listed particles as the slices draw them. */
function usePoints({ grid }: TomogramInfo): SlicePoints | null {
  const state = useStore(particlesStore);
  const { placed, scores, particles, current, matches, truth } = state;
  const shown = useStore(particlesStore, (state) => state.listed.placed);
  const radius = useBoxEdge() / 4;
  return useMemo(() => {
    if (!placed) return null;
    const colorOf = (k: number) => particleColor({ scores, particles, placed }, k);
    const { positions: places } = placed;
    const missed = matches?.missed ?? null;
    const isRight = judge({ placed, scores, particles, matches, truth });
    return { places, origin: grid.origin, shown, colorOf, isRight, radius, current, missed };
  }, [placed, grid, shown, scores, particles, radius, current, matches, truth]);
}
