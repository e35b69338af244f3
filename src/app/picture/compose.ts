import { AppError } from '../../core/errors.ts';
import type { PictureContent } from './pictureContent.ts';
import {
  BAR_HEIGHT,
  drawBars,
  drawColumnHead,
  drawFooter,
  drawHeading,
  drawScene,
  drawSliceScale,
  drawSlices,
  type RenderView,
} from './parts.ts';
import { Pen, type PictureStyle } from './pen.ts';
import { layoutRow } from '../sliceLayouts/index.ts';
import { layOutPicture } from './layout.ts';
import { withTexts } from './png.ts';

export interface ComposeOptions {
  /** Size of one 3D view on the page, CSS pixels; the picture keeps its proportions. */
  readonly scene: { readonly width: number; readonly height: number };
  readonly style: PictureStyle;
  /** Picture pixels per CSS pixel. */
  readonly scale: number;
  readonly renderView: RenderView;
}

/**
 * The comparison as one PNG: heading, the three 3D views, their slices, colour bar, scale bars, with
 * the provenance as text inside the file. Lets the page breathe between its parts.
 * @throws AppError `unsupported` when the browser cannot make a picture this large, or what
 *   `renderView` throws
 */
export async function composePicture(
  content: PictureContent,
  { scene, style, scale, renderView }: ComposeOptions,
): Promise<Blob> {
  const layout = layOutPicture(
    scene,
    layoutRow(content.view.sliceLayout, content.columns[0].slices.density),
    content.columns.length,
    content.colorBars.length,
    BAR_HEIGHT,
  );
  const canvas = new OffscreenCanvas(layout.width * scale, layout.height * scale);
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  if (!ctx) {
    throw new AppError(
      'unsupported',
      `This browser cannot draw a picture of ${canvas.width} x ${canvas.height} pixels.`,
    );
  }
  const pen = new Pen(ctx, scale, style);
  ctx.fillStyle = style.ground;
  ctx.fillRect(0, 0, layout.width, layout.height);
  drawHeading(pen, content, layout);
  for (const [i, column] of content.columns.entries()) {
    const place = layout.columns[i];
    drawColumnHead(pen, column, place.head);
    if (place.scene.height > 0) drawScene(pen, content, column, place.scene, renderView);
    await breathe();
    drawSlices(pen, content, column, place.slices);
    await breathe();
  }
  drawSliceScale(pen, content, layout);
  drawBars(pen, content, layout);
  drawFooter(pen, content, layout);
  const png = await canvas.convertToBlob({ type: 'image/png' });
  const bytes = withTexts(new Uint8Array(await png.arrayBuffer()), content.texts);
  return new Blob([bytes], { type: 'image/png' });
}

const breathe = () => new Promise<void>((resume) => setTimeout(resume));
