import type { Rgb } from '../color/index.ts';

/** Units of a drawing are those of its page, from its top left corner, y downwards. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Paint {
  /** sRGB, 0..255. */
  readonly color: Rgb;
  /** 0..1. */
  readonly alpha: number;
}

/** Move to, line to, close. */
export type Segment = readonly ['M' | 'L', number, number] | readonly ['Z'];

export interface PathItem {
  readonly kind: 'path';
  readonly segments: readonly Segment[];
  readonly fill: Paint | null;
  readonly stroke: (Paint & { readonly width: number; readonly round: boolean }) | null;
  readonly clip: Box | null;
}

export interface TextItem {
  readonly kind: 'text';
  readonly text: string;
  /** Where its baseline starts. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly bold: boolean;
  /** As it was measured; the same in every program, whatever its fonts. */
  readonly width: number;
  readonly paint: Paint;
}

/** Straight (not premultiplied) RGBA, top row first. */
export interface Raster {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

export interface ImageItem {
  readonly kind: 'image';
  readonly raster: Raster;
  /** Where its top left corner goes, and its edges: x = a u + c v + e, y = b u + d v + f for u, v in 0..1. */
  readonly matrix: readonly [a: number, b: number, c: number, d: number, e: number, f: number];
  /** False keeps pixels square blocks. */
  readonly smooth: boolean;
  readonly alpha: number;
  readonly clip: Box | null;
}

export type DrawingItem = PathItem | TextItem | ImageItem;

/** What is drawn on one page, the first item lowest. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly items: readonly DrawingItem[];
  readonly title: string;
  readonly program: string;
}
