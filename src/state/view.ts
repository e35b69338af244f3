import type { HeatmapUnit, LevelUnit } from '../core/color/index.ts';
import { createStore } from 'zustand/vanilla';
import type { OwnLook } from './look.ts';
import type { ViewChoices } from './viewChoices.ts';

export type SignChoice = ViewChoices['sign'];
export type SliceLayout = ViewChoices['sliceLayout'];

export interface CameraState {
  readonly quaternion: readonly [number, number, number, number];
  /** 1 fits the volume's bounding sphere in the view. */
  readonly zoom: number;
  /** Å, relative to the volume's centre. */
  readonly target: readonly [number, number, number];
  readonly projection: 'orthographic' | 'perspective';
}

export interface Levels {
  readonly unit: HeatmapUnit;
  /** Magnitudes, used for both signs: percent of the scale's maximum, deviations, raw, or percent of the mass beyond. */
  readonly values: readonly number[];
}

export interface InputLevel {
  readonly unit: LevelUnit;
  /** Percent or sigma towards the molecule's side (core `densityBasis`), or raw. */
  readonly value: number;
}

export interface ViewState extends ViewChoices {
  readonly camera: CameraState;
  /** Å, world; put at the centre of each newly shown grid. */
  readonly crosshair: readonly [number, number, number];
  readonly levels: Levels;
  readonly inputLevel: InputLevel;
  /** 0..1 of the density's surface around a map. */
  readonly densityOpacity: number;
  /** Voxels along an edge; separate pieces of the density's surface that are smaller are not drawn. */
  readonly dust: number;
  /** Panels with a camera and a crosshair of their own. */
  readonly unlinked: readonly OwnLook[];
  /** Id of the one panel that is shown large beside the input; null shows all. */
  readonly maximised: string | null;
}

/** The paper's contours (Figure 3): 10, 30, 50, 70, 90% of the maximum; input surface at 30%. */
export const DEFAULT_LEVELS: Levels = { unit: 'percent', values: [10, 30, 50, 70, 90] };
export const DEFAULT_INPUT_LEVEL: InputLevel = { unit: 'percent', value: 30 };

/** x to the right, y up, the beam tilted towards the viewer, as the slices are seen. */
export const DEFAULT_CAMERA: CameraState = {
  quaternion: [0.1706, -0.2145, -0.0376, 0.961],
  zoom: 1,
  target: [0, 0, 0],
  projection: 'orthographic',
};

export const INITIAL_VIEW: ViewState = {
  camera: DEFAULT_CAMERA,
  crosshair: [0, 0, 0],
  levels: DEFAULT_LEVELS,
  inputLevel: DEFAULT_INPUT_LEVEL,
  maximised: null,
  unlinked: [],
  densityOpacity: 0.16,
  dust: 5,
  cut: 'none',
  sign: 'both',
  palette: 'diverging',
  scaleMode: 'shared',
  sliceMix: 'overlay',
  sliceLayout: 'orthogonal',
  lengthUnit: 'nm',
  theme: 'system',
};

export const createViewStore = () => createStore<ViewState>(() => INITIAL_VIEW);
