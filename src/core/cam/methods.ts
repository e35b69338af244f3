import { GUIDED, INPUT_ROWS, type InputGradient, type InputRow } from './input-methods.ts';
import { LAYER_ROWS, type LayerRow } from './layer-methods.ts';
import { type MethodText, SCORE_PER_VOXEL } from './text.ts';
import { CAM_METHODS, type CamMethod, type InputMethod, type LayerMethod } from './types.ts';
import type { Shape3 } from '../volume/types.ts';

/** A map of a layer, resized to the input's grid, times a gradient for the input. */
export interface ProductRow extends MethodText {
  readonly at: 'both';
  /** What is negative in its map is set to 0. */
  readonly layer: LayerMethod;
  readonly gradient: InputGradient;
}

export type MethodRow = LayerRow | InputRow | ProductRow;

type Rows = Readonly<Record<LayerMethod, LayerRow> & Record<InputMethod, InputRow>> & {
  readonly 'guided-grad': ProductRow;
};

/** All that the program knows of each method. */
export const METHODS: Rows = {
  ...LAYER_ROWS,
  'guided-grad': {
    at: 'both',
    name: 'Guided Grad-CAM',
    short: 'G-CAM',
    about:
      'Guided backpropagation where Grad-CAM of the layer is positive: the detail of the one at the places of the other.',
    formula: 'L = (Σ_l guided g_l at the input) · resized max(Grad-CAM of the layer, 0)',
    source: 'Selvaraju et al., Grad-CAM, ICCV 2017, section 3.2',
    unit: 'product of the two maps',
    keepsSum: false,
    layer: 'grad',
    gradient: GUIDED,
  },
  ...INPUT_ROWS,
};

/** The row of any method. */
export const methodRow = (method: CamMethod): MethodRow => METHODS[method];

/** What the values of a map on a grid are; one without depth has pixels. */
export const mapUnit = (method: CamMethod, [depth]: Shape3): string =>
  depth === 1 ? METHODS[method].unit.replace('voxel', 'pixel') : METHODS[method].unit;

/** Whether the sum of a map is to be compared with the score: its values are parts of the score. */
export const sumsToScore = (method: CamMethod): boolean => METHODS[method].unit === SCORE_PER_VOXEL;

/** One text for each method, e.g. its name. */
export function eachMethod<T>(of: (row: MethodText) => T): Readonly<Record<CamMethod, T>> {
  return Object.fromEntries(
    CAM_METHODS.map((method) => [method, of(METHODS[method])]),
  ) as unknown as Record<CamMethod, T>;
}
