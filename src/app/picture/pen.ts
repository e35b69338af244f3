import type { Context } from '../../slices/sliceLines.ts';

/** Colours and font of a picture. */
export interface PictureStyle {
  /** CSS colours; no ground leaves the picture transparent. */
  readonly ground: string | null;
  readonly text: string;
  readonly family: string;
}

/** The page's own colours and font, as seen. */
export function pageStyle(): PictureStyle {
  const { backgroundColor, color, fontFamily } = getComputedStyle(document.body);
  return { ground: backgroundColor, text: color, family: fontFamily };
}

export interface TextStyle {
  /** CSS pixels. */
  readonly size: number;
  readonly weight?: number;
  readonly align?: CanvasTextAlign;
  /** 0..1; less for what matters less. */
  readonly strength?: number;
  /** CSS pixels; longer text is cut with an ellipsis. */
  readonly room?: number;
}

/** Draws in CSS pixels on a canvas of `scale` device pixels each. */
export class Pen {
  constructor(
    readonly ctx: Context,
    readonly scale: number,
    readonly style: PictureStyle,
    /** Pixels per CSS pixel of pictures within the picture. */
    readonly raster: number,
  ) {
    ctx.scale(scale, scale);
  }

  /** One line of text with its baseline at `y`; returns its width. */
  text(text: string, x: number, y: number, style: TextStyle): number {
    const { ctx } = this;
    ctx.font = `${style.weight ?? 400} ${style.size}px ${this.style.family}`;
    ctx.textAlign = style.align ?? 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.fillStyle = this.style.text;
    ctx.globalAlpha = style.strength ?? 1;
    const fitted = shortened(text, style.room, (t) => ctx.measureText(t).width);
    ctx.fillText(fitted, x, y);
    ctx.globalAlpha = 1;
    return ctx.measureText(fitted).width;
  }

  rule(x: number, y: number, width: number, height: number, strength = 0.18): void {
    this.ctx.globalAlpha = strength;
    this.ctx.fillStyle = this.style.text;
    this.ctx.fillRect(x, y, width, height);
    this.ctx.globalAlpha = 1;
  }

  /** Runs `draw` in device pixels. */
  inDevicePixels(draw: () => void): void {
    this.ctx.save();
    this.ctx.setTransform(1, 0, 0, 1, 0, 0);
    draw();
    this.ctx.restore();
  }
}

/** The longest beginning of `text` that fits in `room`, with an ellipsis when it is cut. */
export function shortened(
  text: string,
  room: number | undefined,
  widthOf: (text: string) => number,
): string {
  if (room === undefined || widthOf(text) <= room) return text;
  let length = text.length - 1;
  while (length > 0 && widthOf(`${text.slice(0, length).trimEnd()}…`) > room) length--;
  return `${text.slice(0, length).trimEnd()}…`;
}
