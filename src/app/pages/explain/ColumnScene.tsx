import { boxCentre, lengthUnitOf } from '../../../core/volume/index.ts';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { levelStyle, PALETTES, signedLevels } from '../../../core/color/index.ts';
import { VIEW_KINDS } from '../../../core/session/index.ts';
import { type AtomsSpec, type Shell, SurfaceView } from '../../../scene/index.ts';
import {
  type CameraState,
  type Column,
  type SignChoice,
  structureStore,
  viewStore,
} from '../../../state/index.ts';
import { useMedia } from '../../../ui/useMedia.ts';
import { SCROLLING } from '../../breakpoints.ts';

const DENSITY: Shell['color'] = [184, 189, 196];
/** Of maps that are no longer the ones asked for. */
const FAINT = 0.35;

/** The surfaces of a column: the density, and the heatmap's levels nested in it. */
export function shellsOf(
  { volume, volumeStats, inputIso, panel, shown, stale }: Column,
  palette: keyof typeof PALETTES,
  sign: SignChoice,
): Shell[] {
  if (!volume || !volumeStats || inputIso === null) return [];
  const density: Shell = {
    volume,
    level: inputIso,
    enclose: inputIso < volumeStats.mean ? 'below' : 'above',
    color: DENSITY,
    opacity: shown ? 0.16 : 1,
  };
  if (!shown) return [density];
  const scale = { limit: shown.limit, palette: PALETTES[palette] };
  if (panel && VIEW_KINDS[panel.kind].surface === 'density') {
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
  const { atoms, pose, visible } = useStore(structureStore);
  return useMemo(() => {
    if (!atoms || !visible || !volume) return null;
    const { positions, chains } = atoms;
    const middle = boxCentre(volume);
    const at = (axis: 0 | 1 | 2) => middle[axis] + pose.shift[axis];
    return { positions, chains, rotation: pose.rotation, centre: [at(0), at(1), at(2)] };
  }, [atoms, visible, pose, volume]);
}

const setCamera = (camera: CameraState) => viewStore.setState({ camera });
const setCrosshair = (crosshair: [number, number, number]) => viewStore.setState({ crosshair });

interface ColumnSceneProps {
  readonly column: Column;
  /** What is shown, for assistive technology. */
  readonly label: string;
}

/** The 3D view of one column. */
export function ColumnScene({ column, label }: ColumnSceneProps) {
  const scrolls = useMedia(SCROLLING);
  const camera = useStore(viewStore, (view) => view.camera);
  const crosshair = useStore(viewStore, (view) => view.crosshair);
  const palette = useStore(viewStore, (view) => view.palette);
  const sign = useStore(viewStore, (view) => view.sign);
  const lengthUnit = useStore(viewStore, (view) => view.lengthUnit);
  const shells = useMemo(() => shellsOf(column, palette, sign), [column, palette, sign]);
  const atoms = useAtoms(column.volume);
  if (!column.volume) return null;
  return (
    <SurfaceView
      id={column.id}
      label={label}
      grid={column.volume}
      shells={shells}
      camera={camera}
      onCameraChange={setCamera}
      crosshair={crosshair}
      onPick={setCrosshair}
      atoms={atoms}
      lengthUnit={lengthUnitOf(column.volume, lengthUnit)}
      scrolls={scrolls}
    />
  );
}
