import { useMemo } from 'react';
import { useStore } from 'zustand';
import { classColor, greyWindow, labelTable, PALETTES } from '../../../core/color/index.ts';
import { classShares, SHARE_LEVEL } from '../../../core/segmentation/index.ts';
import { lengthUnitOf, type Vec3 } from '../../../core/volume/index.ts';
import { LinkedViews, type Shell, SurfaceView } from '../../../scene/index.ts';
import { Slices } from '../../../slices/index.ts';
import type { SliceContent } from '../../../slices/painter.ts';
import {
  type CameraState,
  placeInside,
  type SegmentedVolume,
  segmentationStore,
  viewStore,
} from '../../../state/index.ts';
import { useMedia } from '../../../ui/useMedia.ts';
import { SCROLLING } from '../../breakpoints.ts';
import { layoutRow } from '../../sliceLayouts/index.ts';
import styles from './SegmentPage.module.css';

const OVER_SLICES = 0.45;
const NO_HEAT = { limit: 0, palette: PALETTES.diverging };

const setCamera = (camera: CameraState) => viewStore.setState({ camera });
const setCrosshair = (crosshair: Vec3) => viewStore.setState({ crosshair });

/** The classes as surfaces, and over the slices of the volume. */
export function SegmentViews({ shown }: { readonly shown: SegmentedVolume }) {
  const hidden = useStore(segmentationStore, (state) => state.hidden);
  const camera = useStore(viewStore, (view) => view.camera);
  const crosshair = useStore(viewStore, (view) => view.crosshair);
  const lengthUnit = useStore(viewStore, (view) => view.lengthUnit);
  const scrolls = useMedia(SCROLLING);
  const { volume, model } = shown;
  const shells = useShells(shown, hidden);
  const content = useContent(shown, hidden);
  const unit = lengthUnitOf(volume, lengthUnit);
  const flat = volume.shape[0] === 1;
  return (
    <LinkedViews className={styles.views}>
      {!flat && (
        <div className={styles.scene}>
          <SurfaceView
            id="segmentation"
            label={`What ${model.title} finds, in 3D`}
            grid={volume}
            shells={shells}
            camera={camera}
            onCameraChange={setCamera}
            crosshair={crosshair}
            onPick={(place) => setCrosshair(placeInside(shown, place))}
            lengthUnit={unit}
            scrolls={scrolls}
          />
        </div>
      )}
      <div className={styles.slices}>
        <Slices
          title="Segmentation"
          content={content}
          method={null}
          crosshair={crosshair}
          View={layoutRow('orthogonal', volume).View}
          lengthUnit={unit}
          onMove={setCrosshair}
        />
      </div>
    </LinkedViews>
  );
}

/** One surface for each class that is there. */
function useShells({ found, grid }: SegmentedVolume, hidden: readonly number[]): readonly Shell[] {
  const all = useMemo(
    () =>
      [...classShares(found, grid)].map(([label, volume]) => {
        const color = classColor(label - 1);
        const shell: Shell = { volume, level: SHARE_LEVEL, enclose: 'above', color, opacity: 1 };
        return { label, shell };
      }),
    [found, grid],
  );
  return useMemo(
    () => all.filter(({ label }) => !hidden.includes(label)).map(({ shell }) => shell),
    [all, hidden],
  );
}

function useContent(
  { found, grid, volume }: SegmentedVolume,
  hidden: readonly number[],
): SliceContent {
  const window = useMemo(() => greyWindow(volume.data), [volume]);
  return useMemo(() => {
    const labels = found.channels.map((_, i) => i + 1).filter((label) => !hidden.includes(label));
    const colors = new Map(labels.map((label) => [label, classColor(label - 1)]));
    return {
      density: volume,
      colour: null,
      heat: null,
      colors: { window, scale: NO_HEAT, mix: 'density', sign: 'both' },
      levels: [],
      inputIso: null,
      labels: { volume: { ...grid, data: found.labels }, table: labelTable(colors, OVER_SLICES) },
    };
  }, [found, grid, volume, hidden, window]);
}
