import { useMemo } from 'react';
import { useStore } from 'zustand';
import { greyWindow, labelColor, labelTable, PALETTES } from '../../../core/color/index.ts';
import {
  classShares,
  componentVolume,
  maskShares,
  SHARE_LEVEL,
} from '../../../core/segmentation/index.ts';
import { boxCentre, lengthUnitOf, type Vec3 } from '../../../core/volume/index.ts';
import type { FloatVolume, SourceVolume } from '../../../core/volume/types.ts';
import { usePicked } from '../../../panels/segmentation/useShown.ts';
import { LinkedViews, type PlaneImage, type Shell, SurfaceView } from '../../../scene/index.ts';
import { Slices } from '../../../slices/index.ts';
import type { SliceContent } from '../../../slices/painter.ts';
import {
  type CameraState,
  type Marked,
  placeInside,
  type SegmentedVolume,
  segmentationStore,
  viewStore,
} from '../../../state/index.ts';
import { classes } from '../../../ui/classes.ts';
import { useMedia } from '../../../ui/useMedia.ts';
import { SCROLLING } from '../../breakpoints.ts';
import { layoutRow } from '../../sliceLayouts/index.ts';
import { planesOf } from '../explain/slicePlanes.ts';
import styles from './SegmentPage.module.css';

const OVER_SLICES = 0.45;
/** Of the surfaces beside the chosen component. */
const BESIDE = 0.2;
const NO_HEAT = { limit: 0, palette: PALETTES.diverging };
const NO_SHELLS: readonly Shell[] = [];
const NO_PLANES: readonly PlaneImage[] = [];

const setCamera = (camera: CameraState) => viewStore.setState({ camera });
const setCrosshair = (crosshair: Vec3) => viewStore.setState({ crosshair });

/** The classes as surfaces, and over the slices of the volume; the component at the crosshair stands out. */
export function SegmentViews({ shown }: { readonly shown: SegmentedVolume }) {
  const hidden = useStore(segmentationStore, (state) => state.hidden);
  const running = useStore(segmentationStore, (state) => state.status === 'running');
  const picked = usePicked()?.component ?? null;
  const { volume, model, grid, found } = shown;
  const chosen = picked && !hidden.includes(picked.label) ? picked : null;
  const marked = useMemo(
    () => chosen && componentVolume(found.components, chosen, grid),
    [found, chosen, grid],
  );
  const shells = useShells(shown, hidden, marked, chosen?.label ?? 0);
  const content = useContent(shown, hidden, marked);
  return (
    <Views
      {...{ volume, shells, content }}
      label={`What ${model.title} finds, in 3D`}
      stale={running}
      pick={(place) => placeInside(shown, place)}
    />
  );
}

/** A volume that is not segmented yet: its slices, and the same where they stand in it. */
export function VolumeViews({
  volume,
  name,
}: {
  volume: SourceVolume<Float32Array>;
  name: string;
}) {
  const crosshair = useStore(viewStore, (view) => view.crosshair);
  const content = useMemo(() => plainContent(volume), [volume]);
  const planes = useMemo(
    () => planesOf(content, crosshair ?? boxCentre(volume)),
    [content, crosshair, volume],
  );
  return (
    <Views {...{ volume, content, planes }} shells={NO_SHELLS} label={`Slices of ${name}, in 3D`} />
  );
}

interface ViewsProps {
  readonly volume: SourceVolume<Float32Array>;
  /** What is shown in 3D, in words. */
  readonly label: string;
  readonly shells: readonly Shell[];
  readonly planes?: readonly PlaneImage[];
  readonly content: SliceContent;
  /** What is shown is about to be replaced. */
  readonly stale?: boolean;
  /** Where the crosshair goes by a click on a surface. */
  pick?(place: Vec3): Vec3;
}

function Views({
  volume,
  label,
  shells,
  planes = NO_PLANES,
  content,
  stale = false,
  pick = (place) => place,
}: ViewsProps) {
  const camera = useStore(viewStore, (view) => view.camera);
  const crosshair = useStore(viewStore, (view) => view.crosshair) ?? boxCentre(volume);
  const lengthUnit = useStore(viewStore, (view) => view.lengthUnit);
  const scrolls = useMedia(SCROLLING);
  const unit = lengthUnitOf(volume, lengthUnit);
  const flat = volume.shape[0] === 1;
  return (
    <LinkedViews className={classes(styles.views, stale && 'is-stale')}>
      {!flat && (
        <div className={styles.scene}>
          <SurfaceView
            id="segmentation"
            {...{ label, shells, planes, camera, crosshair, scrolls }}
            grid={volume}
            onCameraChange={setCamera}
            onPick={(place) => setCrosshair(pick(place))}
            lengthUnit={unit}
          />
        </div>
      )}
      <div className={styles.slices}>
        <Slices
          title="Segmentation"
          {...{ content, crosshair }}
          method={null}
          View={layoutRow('orthogonal', volume).View}
          lengthUnit={unit}
          onMove={setCrosshair}
        />
      </div>
    </LinkedViews>
  );
}

/** One surface for each class that is there, and one for what is marked. */
function useShells(
  { found, grid }: SegmentedVolume,
  hidden: readonly number[],
  marked: Marked | null,
  markedLabel: number,
): readonly Shell[] {
  const all = useMemo(
    () => [...classShares(found, grid)].map(([label, volume]) => ({ label, volume })),
    [found, grid],
  );
  const mark = useMemo(() => marked && maskShares(marked), [marked]);
  return useMemo(() => {
    const shell = (volume: Shell['volume'], label: number, opacity: number): Shell => ({
      ...{ volume, level: SHARE_LEVEL, enclose: 'above', color: labelColor(label), opacity },
    });
    const drawn = all.filter(({ label }) => !hidden.includes(label));
    return [
      ...drawn.map(({ label, volume }) => shell(volume, label, mark ? BESIDE : 1)),
      ...(mark ? [shell(mark, markedLabel, 1)] : []),
    ];
  }, [all, hidden, mark, markedLabel]);
}

function plainContent(volume: FloatVolume): Omit<SliceContent, 'labels'> {
  return {
    density: volume,
    colour: null,
    heat: null,
    colors: { window: greyWindow(volume.data), scale: NO_HEAT, mix: 'density', sign: 'both' },
    levels: [],
    inputIso: null,
    marked: null,
  };
}

function useContent(
  { found, grid, volume }: SegmentedVolume,
  hidden: readonly number[],
  marked: Marked | null,
): SliceContent {
  const plain = useMemo(() => plainContent(volume), [volume]);
  return useMemo(() => {
    const labels = found.channels.map((_, i) => i + 1).filter((label) => !hidden.includes(label));
    const colors = new Map(labels.map((label) => [label, labelColor(label)]));
    return {
      ...plain,
      marked,
      labels: { volume: { ...grid, data: found.labels }, table: labelTable(colors, OVER_SLICES) },
    };
  }, [plain, found, grid, hidden, marked]);
}
