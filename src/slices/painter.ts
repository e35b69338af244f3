import { fillColour, fillLabels, fillSlice, type SliceColors } from '../core/color/index.ts';
import { type IsoLines, isoLines } from '../core/surface/isolines.ts';
import type { FloatVolume, Volume } from '../core/volume/types.ts';
import {
  type Context,
  drawEdge,
  drawHeatLines,
  drawInputLine,
  drawMarkLine,
} from './sliceLines.ts';
import type { Rect } from './fit.ts';
import { labelsAlong, marksAlong } from './labels.ts';
import { type Axis, planeOf, sliceOf } from './planes.ts';

/** What the slices of one panel show. Compared by identity: keep it while nothing changes. */
export interface SliceContent {
  readonly density: FloatVolume;
  /** Red, green and blue on the grid of `density`, painted in its place where there is no heatmap. */
  readonly colour: readonly Float32Array[] | null;
  /** On the grid of `density`; null for the input's own panel and while there is none. */
  readonly heat: FloatVolume | null;
  readonly colors: SliceColors;
  /** Signed iso-levels of the heatmap, ascending. */
  readonly levels: readonly number[];
  /** Level of the input's isosurface, in units of `density`. */
  readonly inputIso: number | null;
  /** Classes of voxels, painted over the density. */
  readonly labels?: LabelOverlay;
  /** Voxels that are outlined, 1 or 0 on any grid; null for none. */
  readonly marked: Volume<Uint8Array> | null;
}

/** A segmentation, on the grid of the density or a coarser one over the same box. */
export interface LabelOverlay {
  readonly volume: Volume<Uint8Array>;
  /** `[256][r, g, b, a]` */
  readonly table: Uint8ClampedArray;
}

/** The picture of a slice is written voxel by voxel. */
const SETTINGS: CanvasRenderingContext2DSettings = { willReadFrequently: true };

/** Paints the slices of one view, redoing only what changed and reusing its memory. */
export class SlicePainter {
  #canvas: OffscreenCanvas | null = null;
  #pixels: ImageData | null = null;
  #painted: { content: SliceContent; axis: Axis; index: number } | null = null;
  #heatLines: readonly IsoLines[] = [];
  #inputLine: IsoLines | null = null;
  #markLine: IsoLines | null = null;

  /** Draws slice `index` into `rect`; `pixel` is device pixels per CSS pixel. */
  paint(
    ctx: Context,
    content: SliceContent,
    axis: Axis,
    index: number,
    rect: Rect,
    pixel: number,
  ): void {
    const plane = planeOf(content.density, axis);
    this.#update(content, axis, index);
    // Voxels stay square blocks when enlarged; only shrinking averages.
    ctx.imageSmoothingEnabled = rect.width < plane.width;
    ctx.imageSmoothingQuality = 'medium';
    ctx.save();
    // The canvas has the last row on top.
    if (plane.down)
      ctx.setTransform(
        ctx
          .getTransform()
          .translate(0, 2 * rect.top + rect.height)
          .scale(1, -1),
      );
    ctx.drawImage(this.#canvas!, rect.left, rect.top, rect.width, rect.height);
    ctx.restore();
    ctx.save();
    ctx.beginPath();
    ctx.rect(rect.left, rect.top, rect.width, rect.height);
    ctx.clip();
    if (this.#inputLine) drawInputLine(ctx, this.#inputLine, plane, rect, pixel);
    if (this.#markLine) drawMarkLine(ctx, this.#markLine, plane, rect, pixel);
    drawHeatLines(ctx, this.#heatLines, content.colors.scale, plane, rect, pixel);
    ctx.restore();
    drawEdge(ctx, rect, pixel);
  }

  #update(content: SliceContent, axis: Axis, index: number): void {
    const last = this.#painted;
    if (last?.content === content && last.axis === axis && last.index === index) return;
    const { density, colour, heat, colors, levels, inputIso } = content;
    const { width, height } = planeOf(density, axis);
    if (this.#canvas?.width !== width || this.#canvas.height !== height) {
      this.#canvas = new OffscreenCanvas(width, height);
      this.#pixels = new ImageData(width, height);
    }
    const grey = sliceOf(density, axis, index);
    const hot = heat && sliceOf(heat, axis, index);
    if (colour && !hot) fillColour(this.#pixels!.data, width, height, colour);
    else fillSlice(this.#pixels!.data, width, height, grey, hot, colors);
    if (content.labels) {
      const { volume, table } = content.labels;
      const labelAt = labelsAlong(density, volume, axis, index);
      fillLabels(this.#pixels!.data, width, height, labelAt, table);
    }
    this.#canvas.getContext('2d', SETTINGS)!.putImageData(this.#pixels!, 0, 0);
    this.#heatLines = hot ? isoLines(hot, width, height, levels) : [];
    const drawsInput = inputIso !== null && (!heat || colors.mix === 'heatmap');
    this.#inputLine = drawsInput ? isoLines(grey, width, height, [inputIso])[0] : null;
    const { marked } = content;
    const marks = marked && marksAlong(density, marked, axis, index);
    this.#markLine = marks && isoLines(marks, width, height, [0.5])[0];
    this.#painted = { content, axis, index };
  }
}
