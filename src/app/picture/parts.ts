import { pixelsPerAngstrom } from '../../scene/camera.ts';
import type { Pixels } from '../../scene/drawView.ts';
import { axisArms } from '../../scene/axisArms.ts';
import { scaleBar } from '../../scene/scaleBar.ts';
import { COLOR_BAR_HEIGHT, drawColorBar } from '../../slices/colorBar.ts';
import { planeOf } from '../../slices/planes.ts';
import { layoutRow } from '../sliceLayouts/index.ts';
import type { CameraState } from '../../state/index.ts';
import type { PictureColumn, PictureContent } from './pictureContent.ts';
import type { Pen } from './pen.ts';
import { type Box, deviceRect } from './box.ts';
import { NOTE_LINE, type PictureLayout } from './layout.ts';
import type { PictureOptions } from './options.ts';

/** One 3D view drawn at a size in CSS pixels times a scale; see `SceneHandle` of the scene. */
export type RenderView = (
  view: string,
  width: number,
  height: number,
  scale: number,
  color: string,
  camera?: CameraState,
) => Pixels;

export function drawHeading(
  pen: Pen,
  { title, facts }: PictureContent,
  { heading }: PictureLayout,
) {
  const room = heading.width;
  pen.text(title, heading.x, heading.y + 14, { size: 17, weight: 600, room });
  pen.text(facts.join('  ·  '), heading.x, heading.y + 34, { size: 13, strength: 0.8, room });
}

export function drawColumnHead(pen: Pen, { title, detail }: PictureColumn, box: Box) {
  const y = box.y + 18;
  const detailWidth = detail
    ? pen.text(detail, box.x + box.width, y, { size: 12, align: 'right', strength: 0.8 })
    : 0;
  const room = box.width - detailWidth - 12;
  pen.text(title, box.x, y, { size: 14, weight: 600, room });
  pen.rule(box.x, box.y + box.height - 2, box.width, 1);
}

/** A 3D view with its axes. */
export function drawScene(
  pen: Pen,
  content: PictureContent,
  column: PictureColumn,
  box: Box,
  renderView: RenderView,
): void {
  const { x, y, width, height } = box;
  const pixels = renderView(column.id, width, height, pen.raster, pen.style.text);
  // putImageData would replace the ground; drawing blends the clear pixels over it.
  const layer = new OffscreenCanvas(pixels.width, pixels.height);
  layer
    .getContext('2d')!
    .putImageData(new ImageData(pixels.data, pixels.width, pixels.height), 0, 0);
  pen.ctx.drawImage(layer, x, y, width, height);

  drawAxes(pen, content.view.camera.quaternion, x + 38, y + height - 38);
}

/** The scale bar of a 3D view in parallel projection. */
export function drawSceneScale(pen: Pen, content: PictureContent, box: Box): void {
  const { x, y, width, height } = box;
  const { camera, lengthUnit } = content.view;
  if (camera.projection !== 'orthographic') return;
  const perA = pixelsPerAngstrom(camera, content.bounds, width, height);
  const bar = scaleBar(perA, Math.min(120, width * 0.3), lengthUnit);
  drawLength(pen, bar, x + width - 12 - bar.width, y + height - 12);
}

function drawAxes(
  pen: Pen,
  quaternion: PictureContent['view']['camera']['quaternion'],
  x: number,
  y: number,
) {
  const { ctx, style } = pen;
  const arm = 20;
  for (const { name, end, depth } of axisArms(quaternion, arm)) {
    const strength = depth < -0.2 ? 0.55 : 1;
    ctx.globalAlpha = strength;
    ctx.strokeStyle = style.text;
    ctx.lineWidth = 1.5;
    ctx.lineCap = 'round';
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + end[0], y + end[1]);
    ctx.stroke();
    const [dx, dy] = Math.hypot(...end) > arm / 3 ? [end[0] * 1.38, end[1] * 1.38] : [-9, 9];
    pen.text(name, x + dx, y + dy + 4, { size: 11, weight: 500, align: 'center', strength });
  }
  ctx.globalAlpha = 1;
}

/** A scale bar with its bottom left corner at `(x, y)` and its length above it. */
function drawLength(
  pen: Pen,
  { width, label }: { readonly width: number; readonly label: string },
  x: number,
  y: number,
): void {
  pen.rule(x, y - 3, width, 3, 1);
  pen.text(label, x + width / 2, y - 8, { size: 12, weight: 500, align: 'center' });
}

/** The slices of a column at the picture's resolution. */
export function drawSlices(
  pen: Pen,
  { view, crosshair }: PictureContent,
  { slices }: PictureColumn,
  boxes: readonly Box[],
): void {
  layoutRow(view.sliceLayout, slices.density).draw(pen, slices, boxes, crosshair, view.lengthUnit);
}

/** Scale bar of slices that all have the same scale. */
export function drawSliceScale(pen: Pen, content: PictureContent, layout: PictureLayout): void {
  const { density } = content.columns[0].slices;
  if (!layoutRow(content.view.sliceLayout, density).scaled) return;
  const [column] = layout.columns;
  const box = column.slices[0];
  const plane = planeOf(density, 'z');
  const perA = Math.min(box.width / plane.room[0], box.height / plane.room[1]);
  const bar = scaleBar(perA, box.width * 0.6, content.view.lengthUnit);
  drawLength(pen, bar, box.x, layout.sliceScale.y + 20);
  pen.text('in the slices', box.x + bar.width + 8, layout.sliceScale.y + 20, {
    size: 11,
    strength: 0.7,
  });
}

export function drawBars(pen: Pen, { colorBars }: PictureContent, { bars }: PictureLayout): void {
  colorBars.forEach((bar, i) => {
    drawBar(pen, bar, bars[i]);
  });
}

/** A colour bar with whose scale it is before it. */
export function drawBar(
  pen: Pen,
  { caption, content }: PictureContent['colorBars'][number],
  box: Box,
): void {
  const label = caption ? pen.text(caption, box.x, box.y + 31, { size: 12, strength: 0.8 }) : 0;
  const gap = caption ? 14 : 0;
  const rect = deviceRect(
    { ...box, x: box.x + label + gap, width: box.width - label - gap },
    pen.scale,
  );
  pen.inDevicePixels(() => drawColorBar(pen.ctx, content, rect, pen.scale, pen.style));
}

/** What stands under the picture. */
export function notesOf({ notes }: PictureContent, parts: PictureOptions['parts']): string[] {
  return (['levels', 'grid', 'agreement'] as const).flatMap((part) =>
    parts[part] && notes[part] ? [notes[part]] : [],
  );
}

export function drawFooter(
  pen: Pen,
  content: PictureContent,
  { footer }: PictureLayout,
  parts: PictureOptions['parts'],
): void {
  const style = { size: 11, strength: 0.7 };
  const right = footer.x + footer.width;
  const width = pen.text(content.program, right, footer.y + 13, { ...style, align: 'right' });
  notesOf(content, parts).forEach((note, i) => {
    const room = footer.width - (i === 0 ? width + 20 : 0);
    pen.text(note, footer.x, footer.y + 13 + i * NOTE_LINE, { ...style, room });
  });
}

export const BAR_HEIGHT = COLOR_BAR_HEIGHT;
