import { boxCentre, type FloatVolume, lengthUnitOf } from '../../../core/volume/index.ts';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { labelColor, levelStyle, PALETTES, signedLevels } from '../../../core/color/index.ts';
import { maskShares, SHARE_LEVEL } from '../../../core/segmentation/index.ts';
import { VIEW_KINDS } from '../../../core/session/index.ts';
import { type AtomsSpec, type SceneMark, type Shell, SurfaceView } from '../../../scene/index.ts';
import {
  type Column,
  lookOf,
  type Marked,
  setLook,
  statsOf,
  structureStore,
  type ViewState,
  viewStore,
} from '../../../state/index.ts';
import { useMedia } from '../../../ui/useMedia.ts';
import { SCROLLING } from '../../breakpoints.ts';
import { paintAt, usePaintedShell } from './brush.ts';
import { sightProjection } from './sightProjection.ts';
import { slicePlanes } from './slicePlanes.ts';

const DENSITY: Shell['color'] = [184, 189, 196];
/** What is hidden of the density is said once, beside the input. */
const MAP_MARKS: readonly SceneMark[] = ['box', 'axes', 'scale', 'buttons'];
/** Of maps that are no longer the ones asked for. */
const FAINT = 0.35;

/** What is chosen about the surfaces. */
type SurfaceLooks = Pick<ViewState, 'palette' | 'sign' | 'densityOpacity' | 'dust'>;

/** The surface of a density, on the side of its mean where the level lies. */
export function densityShell(
  volume: FloatVolume,
  level: number,
  { densityOpacity, dust }: Pick<SurfaceLooks, 'densityOpacity' | 'dust'>,
): Shell {
  const [x, y, z] = volume.voxelSize;
  const enclose = level < statsOf(volume.data).mean ? 'below' : 'above';
  const size = dust * Math.cbrt(x * y * z);
  return { volume, level, enclose, color: DENSITY, opacity: densityOpacity, dust: size };
}

const markShells = new WeakMap<Marked, Shell>();

/** What is explained, in the colour of its class; in the input's column alone: elsewhere it would hide the map. */
function markShell(marked: Marked, label: number): Shell | null {
  const known = markShells.get(marked);
  if (known) return known;
  const volume = maskShares(marked);
  if (!volume) return null;
  const shell: Shell = { volume, level: SHARE_LEVEL, color: labelColor(label), opacity: 1 };
  markShells.set(marked, shell);
  return shell;
}

/** The surfaces of a column: the density, and the heatmap's levels nested in it. */
export function shellsOf(
  { volume, inputIso, panel, shown, stale, marked, answer }: Column,
  { palette, sign, densityOpacity, dust }: SurfaceLooks,
): Shell[] {
  if (!volume || inputIso === null) return [];
  const density = densityShell(volume, inputIso, {
    densityOpacity: shown || marked ? densityOpacity : 1,
    dust,
  });
  const mark = marked && markShell(marked, answer?.item.tile?.label ?? 0);
  if (!shown) return mark ? [density, mark] : [density];
  const scale = { limit: shown.limit, palette: PALETTES[palette] };
  const surface = panel && VIEW_KINDS[panel.kind].surface;
  if (surface === 'slices') return [density];
  if (surface === 'density') {
    const paint = { heat: shown.drawn, scale, sign };
    return [{ ...density, opacity: stale ? FAINT : 1, paint }];
  }
  const levels = signedLevels(shown.levels, sign).map((level): Shell => {
    const { color, opacity } = levelStyle(level, scale);
    return { volume: shown.drawn, level, color, opacity: stale ? FAINT * opacity : opacity };
  });
  return [density, ...levels];
}

/** The structure as it lies in a volume; null where none is shown. */
function useAtoms(volume: Column['volume']): AtomsSpec | null {
  const { atoms, pose, visible, drawn } = useStore(structureStore);
  return useMemo(() => {
    if (!atoms || !visible || !volume) return null;
    const { positions, chains } = atoms;
    const ribbon = drawn === 'ribbon' ? atoms.ribbon : null;
    const middle = boxCentre(volume);
    const at = (axis: 0 | 1 | 2) => middle[axis] + pose.shift[axis];
    return { positions, chains, ribbon, rotation: pose.rotation, centre: [at(0), at(1), at(2)] };
  }, [atoms, visible, pose, drawn, volume]);
}

interface ColumnSceneProps {
  readonly column: Column;
  /** What is shown, for assistive technology. */
  readonly label: string;
}

/** The 3D view of one column. */
export function ColumnScene({ column, label }: ColumnSceneProps) {
  const scrolls = useMedia(SCROLLING);
  const { id } = column;
  const camera = useStore(viewStore, (view) => lookOf(view, id).camera);
  const crosshair = useStore(viewStore, (view) => lookOf(view, id).crosshair);
  const palette = useStore(viewStore, (view) => view.palette);
  const sign = useStore(viewStore, (view) => view.sign);
  const lengthUnit = useStore(viewStore, (view) => view.lengthUnit);
  const densityOpacity = useStore(viewStore, (view) => view.densityOpacity);
  const dust = useStore(viewStore, (view) => view.dust);
  const cut = useStore(viewStore, (view) => view.cut);
  const sliceMix = useStore(viewStore, (view) => view.sliceMix);
  const shells = useMemo(
    () => shellsOf(column, { palette, sign, densityOpacity, dust }),
    [column, palette, sign, densityOpacity, dust],
  );
  const planes = useMemo(
    () => slicePlanes(column, crosshair, { palette, sign, sliceMix }),
    [column, crosshair, palette, sign, sliceMix],
  );
  const projection = useMemo(
    () => sightProjection(column, { palette, sign, sliceMix }),
    [column, palette, sign, sliceMix],
  );
  const painted = usePaintedShell(column);
  const drawn = useMemo(
    () => [...(projection ? [] : shells), ...painted],
    [projection, shells, painted],
  );
  const atoms = useAtoms(column.volume);
  if (!column.volume) return null;
  return (
    <SurfaceView
      id={id}
      label={label}
      grid={column.volume}
      shells={drawn}
      camera={camera}
      onCameraChange={(next) => setLook(viewStore, id, { camera: next })}
      crosshair={crosshair}
      onPick={(next) => paintAt(column, next) || setLook(viewStore, id, { crosshair: next })}
      atoms={atoms}
      cut={cut}
      marks={column.shown ? MAP_MARKS : undefined}
      planes={planes}
      projection={projection}
      lengthUnit={lengthUnitOf(column.volume, lengthUnit)}
      scrolls={scrolls}
    />
  );
}
