import { createStore } from 'zustand/vanilla';

interface Row {
  readonly label: string;
  readonly hint?: string;
}

/** What a picture is saved as. */
export const PICTURE_FORMATS = {
  png: {
    label: 'PNG',
    hint: 'pixels; dropped on the app it opens this comparison again',
    ending: '.png',
    type: 'image/png',
    drawn: 'pixels',
  },
  svg: {
    label: 'SVG',
    hint: 'lines and text that can be edited; surfaces as pixels',
    ending: '.svg',
    type: 'image/svg+xml',
    drawn: 'lines',
  },
  pdf: {
    label: 'PDF',
    hint: 'lines and text on a page of this size; surfaces as pixels',
    ending: '.pdf',
    type: 'application/pdf',
    drawn: 'lines',
  },
} as const satisfies Readonly<
  Record<string, Row & { ending: string; type: string; drawn: 'pixels' | 'lines' }>
>;

export const GROUNDS = {
  page: { label: 'As here', hint: 'The colours of the page' },
  white: { label: 'White' },
  clear: { label: 'Transparent', hint: 'No ground; dark text, for a light page' },
} as const satisfies Readonly<Record<string, Row>>;

/** What may be left out of a picture. */
export const PICTURE_PARTS = {
  scale: { label: 'Scale bars' },
  colors: { label: 'Colour bar' },
  levels: { label: 'Levels' },
  grid: { label: 'Map grid' },
  agreement: { label: 'Agreement' },
} as const satisfies Readonly<Record<string, Row>>;

export type PictureFormat = keyof typeof PICTURE_FORMATS;
export type Ground = keyof typeof GROUNDS;
export type PicturePart = keyof typeof PICTURE_PARTS;

export interface PictureOptions {
  readonly format: PictureFormat;
  readonly ground: Ground;
  /** Width in print. */
  readonly widthMm: number;
  /** Pixels per inch, also of what is pixels inside lines. */
  readonly dpi: number;
  readonly parts: Readonly<Record<PicturePart, boolean>>;
  /** Ids of columns that are left out. */
  readonly hidden: readonly string[];
}

export const WIDTH_RANGE = [20, 1000] as const;
export const DPI_RANGE = [50, 1200] as const;

/** Two columns of a journal, at the resolution that journals ask for. */
export const INITIAL_PICTURE: PictureOptions = {
  format: 'png',
  ground: 'page',
  widthMm: 180,
  dpi: 300,
  parts: { scale: true, colors: true, levels: true, grid: true, agreement: true },
  hidden: [],
};

export const pictureStore = createStore<PictureOptions>(() => INITIAL_PICTURE);
