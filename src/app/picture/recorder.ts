import type { Rgb } from '../../core/color/index.ts';
import type { Box, DrawingItem, Paint, Segment } from '../../core/drawing/index.ts';
import type { Context } from '../../slices/sliceLines.ts';

/** What a canvas keeps with `save`. */
interface Style {
  fillStyle: Context['fillStyle'];
  strokeStyle: Context['strokeStyle'];
  globalAlpha: number;
  lineWidth: number;
  lineJoin: CanvasLineJoin;
  lineCap: CanvasLineCap;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  imageSmoothingEnabled: boolean;
  imageSmoothingQuality: ImageSmoothingQuality;
  transform: DOMMatrix;
  clip: Box | null;
}

const INITIAL: Omit<Style, 'transform'> = {
  fillStyle: '#000',
  strokeStyle: '#000',
  globalAlpha: 1,
  lineWidth: 1,
  lineJoin: 'miter',
  lineCap: 'butt',
  font: '10px sans-serif',
  textAlign: 'start',
  textBaseline: 'alphabetic',
  imageSmoothingEnabled: true,
  imageSmoothingQuality: 'low',
  clip: null,
};

/**
 * Takes down what is drawn on it, as lines, text and pictures, instead of painting it: whatever draws on a canvas
 * with what {@link Context} has is written as SVG and PDF through it. Clips are rectangles.
 */
export class Recorder implements Context {
  readonly items: DrawingItem[] = [];
  /** Measures text and reads colours. */
  readonly #ruler = new OffscreenCanvas(1, 1).getContext('2d')!;
  #style: Style = { ...INITIAL, transform: new DOMMatrix() };
  readonly #saved: Style[] = [];
  #path: Segment[] = [];

  get fillStyle() {
    return this.#style.fillStyle;
  }
  set fillStyle(value) {
    this.#style.fillStyle = value;
  }
  get strokeStyle() {
    return this.#style.strokeStyle;
  }
  set strokeStyle(value) {
    this.#style.strokeStyle = value;
  }
  get globalAlpha() {
    return this.#style.globalAlpha;
  }
  set globalAlpha(value) {
    this.#style.globalAlpha = value;
  }
  get lineWidth() {
    return this.#style.lineWidth;
  }
  set lineWidth(value) {
    this.#style.lineWidth = value;
  }
  get lineJoin() {
    return this.#style.lineJoin;
  }
  set lineJoin(value) {
    this.#style.lineJoin = value;
  }
  get lineCap() {
    return this.#style.lineCap;
  }
  set lineCap(value) {
    this.#style.lineCap = value;
  }
  get font() {
    return this.#style.font;
  }
  set font(value) {
    this.#style.font = value;
  }
  get textAlign() {
    return this.#style.textAlign;
  }
  set textAlign(value) {
    this.#style.textAlign = value;
  }
  get textBaseline() {
    return this.#style.textBaseline;
  }
  set textBaseline(value) {
    this.#style.textBaseline = value;
  }
  get imageSmoothingEnabled() {
    return this.#style.imageSmoothingEnabled;
  }
  set imageSmoothingEnabled(value) {
    this.#style.imageSmoothingEnabled = value;
  }
  get imageSmoothingQuality() {
    return this.#style.imageSmoothingQuality;
  }
  set imageSmoothingQuality(value) {
    this.#style.imageSmoothingQuality = value;
  }

  save(): void {
    this.#saved.push({ ...this.#style });
  }

  restore(): void {
    this.#style = this.#saved.pop() ?? this.#style;
  }

  scale(x: number, y: number): void {
    this.#style.transform = this.#style.transform.scale(x, y);
  }

  getTransform(): DOMMatrix {
    return DOMMatrix.fromMatrix(this.#style.transform);
  }

  setTransform(transform?: DOMMatrix2DInit): void;
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  setTransform(first: DOMMatrix2DInit | number = {}, ...rest: number[]): void {
    this.#style.transform =
      typeof first === 'number' ? new DOMMatrix([first, ...rest]) : DOMMatrix.fromMatrix(first);
  }

  beginPath(): void {
    this.#path = [];
  }

  moveTo(x: number, y: number): void {
    this.#path.push(['M', ...this.#at(x, y)]);
  }

  lineTo(x: number, y: number): void {
    this.#path.push([this.#path.length === 0 ? 'M' : 'L', ...this.#at(x, y)]);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path.push(...this.#rectangle(x, y, width, height));
  }

  closePath(): void {
    this.#path.push(['Z']);
  }

  fill(): void {
    this.#fill(this.#path);
  }

  stroke(): void {
    this.#stroke(this.#path);
  }

  /** Clips to the box around the path, which is a rectangle. */
  clip(): void {
    const points = this.#path.flatMap((segment) => (segment[0] === 'Z' ? [] : [segment]));
    const xs = points.map(([, x]) => x);
    const ys = points.map(([, , y]) => y);
    const box = boxOf(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
    const { clip } = this.#style;
    this.#style.clip = clip ? overlap(clip, box) : box;
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#fill(this.#rectangle(x, y, width, height));
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#stroke(this.#rectangle(x, y, width, height));
  }

  measureText(text: string): TextMetrics {
    this.#ruler.font = this.#style.font;
    this.#ruler.textBaseline = this.#style.textBaseline;
    return this.#ruler.measureText(text);
  }

  fillText(text: string, x: number, y: number): void {
    const { textAlign, textBaseline, font } = this.#style;
    const { width } = this.measureText(text);
    const share = { left: 0, start: 0, center: 0.5, right: 1, end: 1 }[textAlign];
    this.#ruler.font = font;
    this.#ruler.textBaseline = 'alphabetic';
    // How much lower the baseline lies than the line that the text was placed on.
    const drop =
      this.#ruler.measureText(text).fontBoundingBoxAscent -
      this.measureText(text).fontBoundingBoxAscent;
    const [left, baseline] = this.#at(
      x - share * width,
      y + (textBaseline === 'alphabetic' ? 0 : drop),
    );
    const { size, bold } = fontOf(font);
    const scale = this.#scale();
    this.items.push({
      kind: 'text',
      text,
      x: left,
      y: baseline,
      size: size * scale,
      bold,
      width: width * scale,
      paint: this.#paint(this.#style.fillStyle),
    });
  }

  drawImage(image: OffscreenCanvas, x: number, y: number, width: number, height: number): void {
    const { globalAlpha: alpha, imageSmoothingEnabled: smooth, clip } = this.#style;
    const ctx = image.getContext('2d', { willReadFrequently: true })!;
    const raster = ctx.getImageData(0, 0, image.width, image.height);
    const { a, b, c, d, e, f } = this.getTransform().translate(x, y).scale(width, height);
    this.items.push({ kind: 'image', raster, matrix: [a, b, c, d, e, f], smooth, alpha, clip });
  }

  #fill(segments: readonly Segment[]): void {
    const fill = this.#paint(this.#style.fillStyle);
    const { clip } = this.#style;
    this.items.push({ kind: 'path', segments: [...segments], fill, stroke: null, clip });
  }

  #stroke(segments: readonly Segment[]): void {
    const { strokeStyle, lineWidth, lineJoin, lineCap, clip } = this.#style;
    const stroke = {
      ...this.#paint(strokeStyle),
      width: lineWidth * this.#scale(),
      round: lineJoin === 'round' || lineCap === 'round',
    };
    this.items.push({ kind: 'path', segments: [...segments], fill: null, stroke, clip });
  }

  #rectangle(x: number, y: number, width: number, height: number): Segment[] {
    return [
      ['M', ...this.#at(x, y)],
      ['L', ...this.#at(x + width, y)],
      ['L', ...this.#at(x + width, y + height)],
      ['L', ...this.#at(x, y + height)],
      ['Z'],
    ];
  }

  #at(x: number, y: number): [number, number] {
    const { a, b, c, d, e, f } = this.#style.transform;
    return [a * x + c * y + e, b * x + d * y + f];
  }

  /** Lengths on the page for one unit of what is drawn. */
  #scale(): number {
    const { a, b, c, d } = this.#style.transform;
    return Math.sqrt(Math.abs(a * d - b * c));
  }

  /** A canvas writes colours that it was given in any notation as #rrggbb or rgba(r, g, b, a). */
  #paint(style: Context['fillStyle']): Paint {
    this.#ruler.fillStyle = style;
    const text = String(this.#ruler.fillStyle);
    const { globalAlpha } = this.#style;
    if (text.startsWith('#')) {
      const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
      return { color: [r, g, b], alpha: globalAlpha };
    }
    const [r, g, b, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    const color: Rgb = [r, g, b];
    return { color, alpha: alpha * globalAlpha };
  }
}

function boxOf(left: number, top: number, right: number, bottom: number): Box {
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

function overlap(a: Box, b: Box): Box {
  return boxOf(
    Math.max(a.x, b.x),
    Math.max(a.y, b.y),
    Math.min(a.x + a.width, b.x + b.width),
    Math.min(a.y + a.height, b.y + b.height),
  );
}

/** Size in its units and weight of a CSS font, e.g. `600 14px sans-serif`. */
function fontOf(font: string): { size: number; bold: boolean } {
  const weight = /^(\d+) /.exec(font)?.[1];
  return { size: Number(/([\d.]+)px/.exec(font)?.[1] ?? 10), bold: Number(weight ?? 400) >= 600 };
}
