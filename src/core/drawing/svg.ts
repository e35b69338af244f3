import { encodePng } from '../picture/write-png.ts';
import { toBase64 } from '../base64.ts';
import type { Drawing, DrawingItem, ImageItem, Paint, PathItem, TextItem } from './types.ts';

/**
 * A drawing as SVG 1.1: lines and text as such, pictures inside as PNG.
 *
 * @param widthMm of the page in print
 * @param family CSS font family
 */
export function writeSvg(drawing: Drawing, widthMm: number, family: string): string {
  const { width, height, items, title, program } = drawing;
  const clips = new Clips();
  const body = items.map((item) => itemText(item, clips)).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" width="${num(widthMm)}mm" height="${num((widthMm * height) / width)}mm" viewBox="0 0 ${num(width)} ${num(height)}" font-family="${escaped(family)}">
<title>${escaped(title)}</title>
<desc>${escaped(program)}</desc>
<defs>${clips.text()}</defs>
${body}
</svg>
`;
}

/** Clipping rectangles, each defined once. */
class Clips {
  readonly #ids = new Map<string, string>();

  attribute(clip: PathItem['clip']): string {
    if (!clip) return '';
    const { x, y, width, height } = clip;
    const rect = `<rect x="${num(x)}" y="${num(y)}" width="${num(width)}" height="${num(height)}"/>`;
    const id = this.#ids.get(rect) ?? `clip${this.#ids.size + 1}`;
    this.#ids.set(rect, id);
    return ` clip-path="url(#${id})"`;
  }

  text(): string {
    return Array.from(this.#ids, ([rect, id]) => `<clipPath id="${id}">${rect}</clipPath>`).join(
      '',
    );
  }
}

function itemText(item: DrawingItem, clips: Clips): string {
  if (item.kind === 'text') return textElement(item);
  return item.kind === 'path' ? pathElement(item, clips) : imageElement(item, clips);
}

function pathElement({ segments, fill, stroke, clip }: PathItem, clips: Clips): string {
  const d = segments.map(([verb, ...at]) => `${verb}${at.map(num).join(' ')}`).join('');
  const line = stroke
    ? ` stroke-width="${num(stroke.width)}"${stroke.round ? ' stroke-linejoin="round" stroke-linecap="round"' : ''}`
    : '';
  return `<path d="${d}"${paint('fill', fill)}${paint('stroke', stroke)}${line}${clips.attribute(clip)}/>`;
}

function textElement({ text, x, y, size, bold, width, paint: ink }: TextItem): string {
  const weight = bold ? ' font-weight="600"' : '';
  return `<text x="${num(x)}" y="${num(y)}" font-size="${num(size)}"${weight} textLength="${num(width)}" lengthAdjust="spacingAndGlyphs"${paint('fill', ink)}>${escaped(text)}</text>`;
}

function imageElement({ raster, matrix, smooth, alpha, clip }: ImageItem, clips: Clips): string {
  const png = toBase64(encodePng(raster.data, raster.width, raster.height));
  const rendering = smooth ? '' : ' style="image-rendering:pixelated"';
  const faint = alpha < 1 ? ` opacity="${num(alpha)}"` : '';
  const image = `<image width="1" height="1" preserveAspectRatio="none" transform="matrix(${matrix.map(num).join(' ')})"${rendering}${faint} xlink:href="data:image/png;base64,${png}"/>`;
  const attribute = clips.attribute(clip);
  return attribute ? `<g${attribute}>${image}</g>` : image;
}

function paint(name: 'fill' | 'stroke', ink: Paint | null): string {
  if (!ink) return name === 'fill' ? ' fill="none"' : '';
  const faint = ink.alpha < 1 ? ` ${name}-opacity="${num(ink.alpha)}"` : '';
  return ` ${name}="rgb(${ink.color.join(',')})"${faint}`;
}

const num = (value: number) => String(Number(value.toFixed(3)));

/** For text and attributes; what XML 1.0 cannot hold is left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
