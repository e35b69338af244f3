import { writePdf, writeSvg } from '../../core/drawing/index.ts';
import { AppError } from '../../core/errors.ts';
import { type PngChunk, sizeChunk, textChunk, withChunks } from '../../core/picture/write-png.ts';
import { layoutRow } from '../sliceLayouts/index.ts';
import { layOutPicture, type PictureLayout } from './layout.ts';
import { PICTURE_FORMATS, type PictureOptions } from './options.ts';
import {
  BAR_HEIGHT,
  drawBars,
  drawColumnHead,
  drawFooter,
  drawHeading,
  drawScene,
  drawSceneScale,
  drawSliceScale,
  drawSlices,
  notesOf,
  type RenderView,
} from './parts.ts';
import { Pen, type PictureStyle } from './pen.ts';
import type { PictureContent } from './pictureContent.ts';
import { Recorder } from './recorder.ts';
import { nextTask } from '../../state/nextTask.ts';

export interface ComposeOptions {
  /** Size of one 3D view on the page, CSS pixels; the picture keeps its proportions. */
  readonly scene: { readonly width: number; readonly height: number };
  readonly style: PictureStyle;
  readonly renderView: RenderView;
  /** Whether a column's view can be drawn. */
  readonly isDrawn: (id: string) => boolean;
  /** More that a PNG carries. */
  readonly chunks?: readonly PngChunk[];
}

/** The font of lines: what its letters are measured with is what other programs have, or have the same as. */
const LINES_FAMILY = 'Helvetica, Arial, "Liberation Sans", "Nimbus Sans", sans-serif';

/**
 * The comparison as one picture: heading, 3D views, their slices, colour bars, scale bars and notes, with the
 * provenance inside the file. Lets the page breathe between its parts.
 * @throws AppError `unsupported` when the browser cannot make a picture this large, or what
 *   `renderView` throws
 */
export async function composePicture(
  whole: PictureContent,
  options: PictureOptions,
  compose: ComposeOptions,
): Promise<Blob> {
  const content = chosen(whole, options, compose);
  const layout = layOutPicture(
    compose.scene,
    layoutRow(content.view.sliceLayout, content.columns[0].slices.density),
    content.columns.length,
    content.colorBars.length,
    BAR_HEIGHT,
    notesOf(content, options.parts).length,
  );
  const { type, drawn } = PICTURE_FORMATS[options.format];
  const scale = ((options.widthMm / 25.4) * options.dpi) / layout.width;
  if (drawn === 'pixels') return paintPicture(content, options, compose, layout, scale);

  const recorder = new Recorder();
  const style = { ...compose.style, family: LINES_FAMILY };
  await draw(new Pen(recorder, 1, style, scale), content, options, compose.renderView, layout);
  const drawing = {
    width: layout.width,
    height: layout.height,
    items: recorder.items,
    title: content.texts.Title,
    program: content.program,
  };
  const { widthMm, format } = options;
  const data =
    format === 'pdf' ? writePdf(drawing, widthMm) : writeSvg(drawing, widthMm, LINES_FAMILY);
  return new Blob([data], { type });
}

async function paintPicture(
  content: PictureContent,
  options: PictureOptions,
  { style, renderView, chunks = [] }: ComposeOptions,
  layout: PictureLayout,
  scale: number,
): Promise<Blob> {
  const width = Math.round(layout.width * scale);
  const height = Math.round(layout.height * scale);
  const canvas = new OffscreenCanvas(width, height);
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  const refused = `This browser cannot draw a picture of ${width} x ${height} pixels; a smaller size or fewer dpi may do.`;
  if (!ctx) throw new AppError('unsupported', refused);
  await draw(new Pen(ctx, scale, style, scale), content, options, renderView, layout);
  const png = await canvas.convertToBlob({ type: 'image/png' }).catch((cause: unknown) => {
    throw new AppError('unsupported', refused, { cause });
  });
  const texts = Object.entries(content.texts).map(([keyword, text]) => textChunk(keyword, text));
  const bytes = withChunks(new Uint8Array(await png.arrayBuffer()), [
    sizeChunk(options.dpi),
    ...texts,
    ...chunks,
  ]);
  return new Blob([bytes], { type: 'image/png' });
}

async function draw(
  pen: Pen,
  content: PictureContent,
  { parts }: PictureOptions,
  renderView: RenderView,
  layout: PictureLayout,
): Promise<void> {
  if (pen.style.ground !== null) {
    pen.ctx.fillStyle = pen.style.ground;
    pen.ctx.fillRect(0, 0, layout.width, layout.height);
  }
  drawHeading(pen, content, layout);
  for (const [i, column] of content.columns.entries()) {
    const place = layout.columns[i];
    drawColumnHead(pen, column, place.head);
    if (place.scene.height > 0) {
      drawScene(pen, content, column, place.scene, renderView);
      if (parts.scale) drawSceneScale(pen, content, place.scene);
    }
    await nextTask();
    drawSlices(pen, content, column, place.slices);
    await nextTask();
  }
  if (parts.scale) drawSliceScale(pen, content, layout);
  drawBars(pen, content, layout);
  drawFooter(pen, content, layout, parts);
}

/** What of the page is wanted and can be drawn; every column where all were left out. */
function chosen(
  content: PictureContent,
  { hidden, parts }: PictureOptions,
  { scene, isDrawn }: ComposeOptions,
): PictureContent {
  const there = content.columns.filter(({ id }) => scene.height === 0 || isDrawn(id));
  const kept = there.filter(({ id }) => !hidden.includes(id));
  const columns = kept.length > 0 ? kept : there;
  const shown = columns.map(({ id }) => id);
  const bars = content.colorBars.filter((bar) => bar.columns.some((id) => shown.includes(id)));
  return { ...content, columns, colorBars: parts.colors ? bars : [] };
}
