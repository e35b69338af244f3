import { type ReactNode, useMemo } from 'react';
import { useStore } from 'zustand';
import {
  channelOf,
  type ChannelRow,
  partialMap,
  type WalkMethod,
} from '../../../../core/cam/index.ts';
import {
  formatValue,
  levelStyle,
  PALETTES,
  peakOf,
  signedLevels,
} from '../../../../core/color/index.ts';
import { type FloatVolume, regrid, resample } from '../../../../core/volume/index.ts';
import { METHOD_NAMES } from '../../../../panels/index.ts';
import { type Shell, SurfaceView } from '../../../../scene/index.ts';
import { type CameraState, displayStore, viewStore, type Walk } from '../../../../state/index.ts';
import { densityShell } from '../ColumnScene.tsx';
import styles from './WalkView.module.css';

/** Voxels along an edge that a map is drawn with: many enough to be smooth, few enough to follow the hand. */
const EDGE = 40;
/** Shares of a map's largest magnitude at which its surfaces lie. */
const LEVELS = [0.2, 0.5, 0.8];

interface SeenProps {
  readonly walk: Walk;
  readonly camera: CameraState;
  readonly onCameraChange: (camera: CameraState) => void;
}

/** The feature map of the channel that is looked at. */
export function OneChannel({ row, ...seen }: SeenProps & { readonly row: ChannelRow }) {
  const { channels } = seen.walk;
  const data = useMemo(
    () => channelOf(channels.activations, channels.channels, row.index),
    [channels, row],
  );
  return (
    <MapView
      {...seen}
      id="walk-channel"
      title={`Channel ${row.index}`}
      detail={`Σ A ${formatValue(row.sumA)}`}
      data={data}
      limit={peakOf(data)}
    />
  );
}

interface MapSoFarProps extends SeenProps {
  readonly method: WalkMethod;
  /** Channels in the sum. */
  readonly rows: readonly ChannelRow[];
  readonly score: number;
}

/** A method's map as far as it is built up. */
export function MapSoFar({ method, rows, score, ...seen }: MapSoFarProps) {
  const { channels } = seen.walk;
  const data = useMemo(() => partialMap(channels, rows, method), [channels, rows, method]);
  const limit = useLimit(seen.walk, method);
  const sum = rows.reduce((total, { adds }) => total + adds[method], 0);
  return (
    <MapView
      {...seen}
      id={`walk-${method}`}
      title={METHOD_NAMES[method]}
      detail={
        <>
          Σ <strong>{formatValue(sum)}</strong> of score {formatValue(score)}
        </>
      }
      data={data}
      limit={limit}
    />
  );
}

/** The largest magnitude of the whole map, so that a part of it is drawn as weak as it is. */
function useLimit({ answer, classIndex }: Walk, method: WalkMethod): number {
  const map = answer.result.layers[0].classes.find(({ index }) => index === classIndex)?.methods[
    method
  ];
  return map ? Math.max(Math.abs(map.min), Math.abs(map.max)) : 0;
}

interface MapViewProps extends SeenProps {
  readonly id: string;
  readonly title: string;
  readonly detail: ReactNode;
  /** On the layer's grid. */
  readonly data: Float32Array;
  /** Half-range of the colours. */
  readonly limit: number;
}

function MapView({ walk, camera, onCameraChange, id, title, detail, data, limit }: MapViewProps) {
  const palette = useStore(viewStore, (view) => view.palette);
  const inputIso = useStore(displayStore, (display) => display.inputIso);
  const dust = useStore(viewStore, (view) => view.dust);
  const { volume } = walk.answer.prepared;
  const heat = useMemo((): FloatVolume => {
    const [nz, ny, nx] = volume.shape;
    const shape = [Math.min(EDGE, nz), Math.min(EDGE, ny), Math.min(EDGE, nx)] as const;
    return { ...regrid(volume, shape), data: resample(data, walk.grid, shape), shape };
  }, [volume, data, walk]);
  const shells = useMemo((): Shell[] => {
    const scale = { limit, palette: PALETTES[palette] };
    const density =
      inputIso === null ? [] : [densityShell(volume, inputIso, { dust, densityOpacity: 0.16 })];
    const magnitudes = LEVELS.map((share) => share * limit);
    return [
      ...density,
      ...signedLevels(magnitudes, 'both').map((level) => ({
        ...{ volume: heat, level },
        ...levelStyle(level, scale),
      })),
    ];
  }, [volume, heat, limit, palette, inputIso, dust]);
  return (
    <figure className={styles.view}>
      <figcaption>
        <strong>{title}</strong>
        <span>{detail}</span>
      </figcaption>
      <SurfaceView
        {...{ id, shells, camera, onCameraChange }}
        label={`${title} in 3D`}
        grid={volume}
        marks={['box', 'axes']}
      />
    </figure>
  );
}
