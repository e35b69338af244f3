import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { RegionRequest, TomogramRegion } from '../../../core/tomogram/index.ts';
import { lengthText, lengthUnitOf, type Vec3 } from '../../../core/volume/index.ts';
import { LinkedViews, type PointsSpec, type Shell, SurfaceView } from '../../../scene/index.ts';
import type { SlicePoints } from '../../../slices/tomogram/draw.ts';
import { type Rooms, windowAt, within } from '../../../slices/tomogram/view.ts';
import {
  actions,
  type CameraState,
  DEFAULT_CAMERA,
  particlesStore,
  type TomogramInfo,
  viewStore,
} from '../../../state/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Slider } from '../../../ui/Slider.tsx';
import { keyOf, useNewest } from './useNewest.ts';
import styles from './ParticlesPage.module.css';

const COLOR: Shell['color'] = [184, 189, 196];
/** Standard deviations: where the surface lies at first, and how far it can be taken. */
const USUAL = 3;
const FURTHEST = 6;
/** Edges of voxels; smaller pieces are noise. */
const DUST = 4;
/** Milliseconds that a view rests before its region is read. */
const REST = 250;

interface RegionSurfaceProps {
  readonly tomogram: TomogramInfo;
  readonly rooms: Rooms;
  readonly points: SlicePoints | null;
}

/** The surface of what the slices show, with the particles over it. */
export function RegionSurface({ tomogram, rooms, points }: RegionSurfaceProps) {
  const look = useStore(particlesStore, (state) => state.look);
  const lengthUnit = useStore(viewStore, (view) => view.lengthUnit);
  const [camera, setCamera] = useState<CameraState>(DEFAULT_CAMERA);
  const wanted = useRested(regionInView(tomogram, rooms, look), REST);
  const region = useNewest(wanted, keyOf(tomogram), actions.regionOfTomogram);
  const sigma = look.sigma ?? USUAL * (region?.side ?? -1);
  const shells = useMemo(
    () => (region ? [shellAt(region, sigma, look.specks)] : []),
    [region, sigma, look.specks],
  );
  const balls = useMemo(
    () => (region && points ? ballsIn(region, points) : null),
    [region, points],
  );
  return (
    <section className={styles.region} aria-label="Surface of the region in view">
      <div className={styles.level}>
        <span className="label">Level {sigmaText(sigma)}</span>
        <Slider
          labels={['Level of the surface, standard deviations']}
          values={[sigma]}
          min={-FURTHEST}
          max={FURTHEST}
          step={0.1}
          onChange={([value]) => actions.lookAt({ sigma: value })}
        />
        {region && (
          <span className="small">
            voxels of {lengthText(region.volume.voxelSize)}, {sigma < 0 ? 'darker' : 'lighter'}{' '}
            inside
          </span>
        )}
        {look.specks && (
          <Button tone="quiet" onClick={() => actions.lookAt({ specks: false })}>
            Hide specks
          </Button>
        )}
      </div>
      {region ? (
        <LinkedViews className={styles.scene}>
          <SurfaceView
            id="region"
            label="The region in view, in 3D"
            grid={region.volume}
            shells={shells}
            camera={camera}
            onCameraChange={setCamera}
            crosshair={look.at}
            onPick={(place) => actions.lookAt({ at: within(tomogram.grid, place) })}
            points={balls}
            onlyDust={<OnlySpecks sigma={sigma} />}
            lengthUnit={lengthUnitOf(tomogram.grid, lengthUnit)}
          />
        </LinkedViews>
      ) : (
        <p className={styles.wait}>Comes with the coarser levels…</p>
      )}
    </section>
  );
}

/** Standard deviations that one click takes the surface towards the middle. */
const LOWER = 1;

/** Where nothing is larger than noise: what brings something into sight. */
function OnlySpecks({ sigma }: { readonly sigma: number }) {
  const lower = Math.sign(sigma) * Math.max(0, Math.abs(sigma) - LOWER);
  return (
    <div className={styles.specks}>
      <p>All pieces at this level are specks no larger than noise.</p>
      <div className="button-row">
        {lower !== 0 && (
          <Button tone="primary" onClick={() => actions.lookAt({ sigma: lower })}>
            Go to {sigmaText(lower)}
          </Button>
        )}
        <Button onClick={() => actions.lookAt({ specks: true })}>Show specks</Button>
      </div>
    </div>
  );
}

const sigmaText = (sigma: number) => `${sigma < 0 ? '−' : ''}${Math.abs(sigma).toFixed(1)} σ`;

/** What the three slices show of a tomogram, as a box of it. */
function regionInView(
  { grid }: TomogramInfo,
  rooms: Rooms,
  { centre, pixel, lowPass }: { centre: Vec3; pixel: number | null; lowPass: number },
): RegionRequest {
  const seen = pixel ?? rooms.fit;
  const { columns: x, rows: y } = windowAt('z', centre, seen, rooms.z);
  const { columns: z } = windowAt('x', centre, seen, rooms.x);
  return {
    low: within(grid, [x[0], y[0], z[0]]),
    high: within(grid, [x[1], y[1], z[1]]),
    lowPass,
  };
}

function shellAt(
  { volume, middle, deviation }: TomogramRegion,
  sigma: number,
  specks: boolean,
): Shell {
  const level = middle + sigma * deviation;
  const dust = specks ? 0 : DUST * volume.voxelSize[0];
  return { volume, level, enclose: sigma < 0 ? 'below' : 'above', color: COLOR, opacity: 1, dust };
}

/** The particles in a region, a fifth as wide as their circles on the slices. */
function ballsIn({ volume }: TomogramRegion, points: SlicePoints): PointsSpec {
  const { shape, voxelSize, origin } = volume;
  const middle = (i: 0 | 1 | 2) => origin[i] + ((shape[2 - i] - 1) / 2) * voxelSize[i];
  const centre: Vec3 = [middle(0), middle(1), middle(2)];
  const half = (i: 0 | 1 | 2) => (shape[2 - i] * voxelSize[i]) / 2;
  const [halfX, halfY, halfZ] = [half(0), half(1), half(2)];
  const [fromX, fromY, fromZ] = centre.map((at, i) => points.origin[i] - at);
  const { places, shown, current, colorOf } = points;
  const positions = new Float32Array(3 * shown.length);
  const colors = new Uint8Array(3 * shown.length);
  let end = 0;
  // There may be a million.
  for (const k of shown) {
    const x = places[3 * k] + fromX;
    const y = places[3 * k + 1] + fromY;
    const z = places[3 * k + 2] + fromZ;
    if (Math.abs(x) > halfX || Math.abs(y) > halfY || Math.abs(z) > halfZ) continue;
    positions[end] = x;
    positions[end + 1] = y;
    positions[end + 2] = z;
    colors.set(k === current ? WHITE : colorOf(k), end);
    end += 3;
  }
  const radius = points.radius / 5;
  return { positions: positions.subarray(0, end), colors: colors.subarray(0, end), centre, radius };
}

const WHITE = [255, 255, 255];

/** A value once it has not changed for a while; the first one at once. */
function useRested<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(JSON.parse(key) as T), ms);
    return () => clearTimeout(timer);
  }, [key, ms]);
  return rested;
}
