import { PALETTES, type SliceMix } from '../core/color/index.ts';

/** One value to choose, as menus show it. */
export interface ChoiceRow {
  readonly label: string;
  readonly hint?: string;
}

const MIXES: Readonly<Record<SliceMix, ChoiceRow>> = {
  density: { label: 'Density', hint: 'Slices show the density with contours' },
  overlay: { label: 'Both', hint: 'Slices show the heatmap over the density' },
  heatmap: { label: 'Heatmap', hint: 'Slices show the heatmap alone' },
};

/**
 * What is chosen about how things are drawn. The state's type, the menus and the commands are made from
 * these rows.
 */
export const VIEW_CHOICES = {
  sign: {
    title: 'Sign of the evidence shown',
    values: {
      both: { label: '±', hint: 'Evidence in favour and against' },
      positive: { label: '+', hint: 'Only evidence in favour of the class' },
      negative: { label: '−', hint: 'Only evidence against the class' },
    },
  },
  scaleMode: {
    title: 'Colour scale',
    values: {
      shared: {
        label: 'Shared scale',
        hint: 'Maps in the same units on the same colours and levels, so that they can be compared',
      },
      own: {
        label: 'Own scales',
        hint: 'Each map by its own maximum, so that a weak map can be read',
      },
    },
  },
  sliceMix: { title: 'Slices show', values: MIXES },
  palette: { title: 'Colours', values: PALETTES },
  sliceLayout: {
    title: 'Slices',
    values: {
      orthogonal: { label: 'Three planes' },
      mosaic: { label: 'All sections' },
      projection: {
        label: 'Projections',
        hint: 'Of the map the largest value along each line of sight, over the mean density',
      },
    },
  },
  cut: {
    title: 'Cut away',
    values: {
      none: { label: 'Nothing' },
      half: { label: 'Front', hint: 'All that is nearer to you than the crosshair' },
      corner: { label: 'Corner', hint: 'The corner of the box towards you, from the crosshair on' },
    },
  },
  lengthUnit: { title: 'Lengths', values: { nm: { label: 'nm' }, Å: { label: 'Å' } } },
  theme: {
    title: 'Theme',
    values: {
      system: { label: 'as the system' },
      light: { label: 'light' },
      dark: { label: 'dark' },
    },
  },
} as const satisfies Readonly<
  Record<string, { title: string; values: Readonly<Record<string, ChoiceRow>> }>
>;

export type ViewChoice = keyof typeof VIEW_CHOICES;

export type ViewChoices = {
  readonly [K in ViewChoice]: keyof (typeof VIEW_CHOICES)[K]['values'];
};

/** The rows of one choice in their order. */
export function choiceRows<K extends ViewChoice>(
  choice: K,
): (ChoiceRow & { readonly value: ViewChoices[K] })[] {
  const rows = Object.entries<ChoiceRow>(VIEW_CHOICES[choice].values);
  return rows.map(([value, { label, hint }]) => ({
    value: value as ViewChoices[K],
    label,
    hint,
  }));
}
