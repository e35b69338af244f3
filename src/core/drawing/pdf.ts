import { joinBytes } from '../bytes.ts';
import { zlibSync } from 'fflate';
import { FIRST_CODE, FONT_WIDTHS, type FontName, runsOf, widthOf } from './fonts.ts';
import type { Box, Drawing, ImageItem, PathItem, TextItem } from './types.ts';

const FONTS: Readonly<Record<FontName, string>> = {
  Helvetica: 'F1',
  'Helvetica-Bold': 'F2',
  Symbol: 'F3',
};

/**
 * A drawing as one page of PDF 1.4 (ISO 32000-1): lines and text as such, in the fonts that every reader has,
 * pictures inside without loss.
 *
 * @param widthMm of the page
 */
export function writePdf(drawing: Drawing, widthMm: number): Uint8Array<ArrayBuffer> {
  const { width, height, items, title, program } = drawing;
  const file = new PdfFile();
  const pageWidth = (widthMm / 25.4) * 72;
  const scale = pageWidth / width;
  const pageHeight = height * scale;
  const images = new Map<ImageItem, string>();
  const alphas = new Map<number, string>();
  const fade = (alpha: number) => {
    const rounded = Number(alpha.toFixed(3));
    const name = alphas.get(rounded) ?? `G${alphas.size + 1}`;
    alphas.set(rounded, name);
    return `/${name} gs`;
  };
  // The page's y runs downwards.
  const content = [`${num(scale)} 0 0 ${num(-scale)} 0 ${num(pageHeight)} cm`];
  for (const item of items) {
    if (item.kind === 'text') content.push(textOf(item, fade));
    else if (item.kind === 'path') content.push(pathOf(item, fade));
    else {
      images.set(item, `I${images.size + 1}`);
      content.push(imageOf(item, images.get(item)!, fade));
    }
  }
  const contents = file.stream('', bytesOf(content.join('\n')));
  const fonts = (Object.keys(FONTS) as FontName[]).map((font) => {
    const encoding = font === 'Symbol' ? '' : ' /Encoding /WinAnsiEncoding';
    const widths = `/FirstChar ${FIRST_CODE} /LastChar 255 /Widths [${FONT_WIDTHS[font].join(' ')}]`;
    const id = file.add(
      `<< /Type /Font /Subtype /Type1 /BaseFont /${font}${encoding} ${widths} >>`,
    );
    return `/${FONTS[font]} ${id} 0 R`;
  });
  const pictures = Array.from(images, ([item, name]) => `/${name} ${file.image(item)} 0 R`);
  const states = Array.from(alphas, ([alpha, name]) => `/${name} << /ca ${alpha} /CA ${alpha} >>`);
  const resources = `<< /Font << ${fonts.join(' ')} >> /XObject << ${pictures.join(' ')} >> /ExtGState << ${states.join(' ')} >> >>`;
  const pages = file.reserve();
  const page = file.add(
    `<< /Type /Page /Parent ${pages} 0 R /MediaBox [0 0 ${num(pageWidth)} ${num(pageHeight)}] /Contents ${contents} 0 R /Resources ${resources} /Group << /S /Transparency /CS /DeviceRGB >> >>`,
  );
  file.put(pages, `<< /Type /Pages /Kids [${page} 0 R] /Count 1 >>`);
  const catalog = file.add(`<< /Type /Catalog /Pages ${pages} 0 R >>`);
  const info = file.add(`<< /Title ${utf16(title)} /Producer ${utf16(program)} >>`);
  return file.bytes(catalog, info);
}

type Fade = (alpha: number) => string;

function textOf({ text, x, y, size, bold, width, paint }: TextItem, fade: Fade): string {
  const { runs, lost } = runsOf(text, bold);
  const natural = widthOf(runs) * size;
  const stretch = natural > 0 ? (100 * width) / natural : 100;
  const shown = runs.map(
    ({ font, codes }) => `/${FONTS[font]} ${num(size)} Tf <${hexOf(codes)}> Tj`,
  );
  const ink = paint.color.map((channel) => num(channel / 255)).join(' ');
  return [
    'q',
    fade(paint.alpha),
    // What is read or copied is the text also where the fonts lack a character.
    ...(lost ? [`/Span << /ActualText ${utf16(text)} >> BDC`] : []),
    `BT ${ink} rg ${num(stretch)} Tz 1 0 0 -1 ${num(x)} ${num(y)} Tm ${shown.join(' ')} ET`,
    ...(lost ? ['EMC'] : []),
    'Q',
  ].join('\n');
}

function pathOf({ segments, fill, stroke, clip }: PathItem, fade: Fade): string {
  const verbs = { M: 'm', L: 'l', Z: 'h' };
  const trace = segments.map(([verb, ...at]) => [...at.map(num), verbs[verb]].join(' ')).join('\n');
  const colour = (ink: NonNullable<PathItem['fill']>, operator: string) =>
    `${fade(ink.alpha)} ${ink.color.map((channel) => num(channel / 255)).join(' ')} ${operator}`;
  const parts = ['q', ...clipped(clip)];
  if (fill) parts.push(colour(fill, 'rg'), trace, 'f');
  if (stroke) {
    const style = stroke.round ? '1 J 1 j' : '0 J 0 j';
    parts.push(colour(stroke, 'RG'), `${num(stroke.width)} w ${style}`, trace, 'S');
  }
  return [...parts, 'Q'].join('\n');
}

function imageOf({ matrix, alpha, clip }: ImageItem, name: string, fade: Fade): string {
  const [a, b, c, d, e, f] = matrix;
  // An image of PDF stands on its lower edge: v runs the other way.
  const placed = [a, b, -c, -d, e + c, f + d].map(num).join(' ');
  return ['q', ...clipped(clip), fade(alpha), `${placed} cm /${name} Do`, 'Q'].join('\n');
}

function clipped(clip: Box | null): string[] {
  if (!clip) return [];
  return [`${[clip.x, clip.y, clip.width, clip.height].map(num).join(' ')} re W n`];
}

/** Numbered objects, then the table of where they are. */
class PdfFile {
  readonly #objects: Uint8Array[][] = [];

  reserve(): number {
    return this.#objects.push([]);
  }

  put(id: number, text: string): void {
    this.#objects[id - 1] = [bytesOf(text)];
  }

  add(text: string): number {
    return this.#objects.push([bytesOf(text)]);
  }

  stream(entries: string, data: Uint8Array): number {
    const packed = zlibSync(data);
    const head = `<< ${entries} /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`;
    return this.#objects.push([bytesOf(head), packed, bytesOf('\nendstream')]);
  }

  image({ raster: { data, width, height }, smooth }: ImageItem): number {
    const rgb = new Uint8Array(width * height * 3);
    const alpha = new Uint8Array(width * height);
    for (let i = 0; i < alpha.length; i++) {
      for (let k = 0; k < 3; k++) rgb[3 * i + k] = data[4 * i + k];
      alpha[i] = data[4 * i + 3];
    }
    const size = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 8`;
    const look = smooth ? ' /Interpolate true' : '';
    const opaque = alpha.every((value) => value === 255);
    const mask = opaque
      ? ''
      : ` /SMask ${this.stream(`${size} /ColorSpace /DeviceGray${look}`, alpha)} 0 R`;
    return this.stream(`${size} /ColorSpace /DeviceRGB${look}${mask}`, rgb);
  }

  bytes(catalog: number, info: number): Uint8Array<ArrayBuffer> {
    const parts: Uint8Array[] = [bytesOf('%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n')];
    let at = parts[0].length;
    const put = (part: Uint8Array) => {
      parts.push(part);
      at += part.length;
    };
    const places = this.#objects.map((object, i) => {
      const place = at;
      put(bytesOf(`${i + 1} 0 obj\n`));
      object.forEach(put);
      put(bytesOf('\nendobj\n'));
      return place;
    });
    const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`);
    put(
      bytesOf(
        `xref\n0 ${rows.length + 1}\n0000000000 65535 f \n${rows.join('')}trailer\n<< /Size ${rows.length + 1} /Root ${catalog} 0 R /Info ${info} 0 R >>\nstartxref\n${at}\n%%EOF\n`,
      ),
    );
    return joinBytes(parts);
  }
}

const num = (value: number) => String(Number(value.toFixed(4)));
const hexOf = (codes: readonly number[]) =>
  codes.map((code) => code.toString(16).padStart(2, '0')).join('');

/** Latin-1. */
const bytesOf = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** A text string of PDF: UTF-16, big-endian, with its mark. */
function utf16(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return `<feff${units.map((unit) => unit.toString(16).padStart(4, '0')).join('')}>`;
}
