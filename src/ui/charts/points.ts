/** Points in the order in which they came; later ones are only added at the end. */
export interface Points {
  /** Changes when the points are others, not when there are more of them. */
  readonly key: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly count: number;
}

/** Where and how points are drawn, CSS pixels. */
export interface PointStyle {
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly pixel: number;
  readonly textColor: string;
  atX(value: number): number;
  atY(value: number): number;
  /** Same key, same mapping. */
  readonly key: string;
}

/** Drawn in one turn, a few milliseconds. */
const SLICE = 8000;
const DOT = 2.2;
const REACH = 6;

/**
 * Draws points on a canvas and finds which one lies under a place. More points are added without
 * drawing the others again; many are drawn over several frames, so that the page stays quick.
 */
export class PointPainter {
  #key = '';
  #done = 0;
  #frame = 0;
  /** One more than the index of the point drawn last at a CSS pixel; 0 is none. */
  #owner = new Int32Array(0);
  #width = 0;
  #height = 0;

  paint(canvas: HTMLCanvasElement, points: Points, style: PointStyle): void {
    cancelAnimationFrame(this.#frame);
    const { width, height, pixel, textColor } = style;
    const key = [points.key, style.key, width, height, pixel, textColor].join('|');
    if (key !== this.#key || points.count < this.#done) {
      this.#key = key;
      this.#done = 0;
      this.#width = width;
      this.#height = height;
      this.#owner = new Int32Array(width * height);
      canvas.width = Math.round(width * pixel);
      canvas.height = Math.round(height * pixel);
    }
    const next = () => {
      this.#slice(canvas.getContext('2d')!, points, style);
      if (this.#done < points.count) this.#frame = requestAnimationFrame(next);
    };
    next();
  }

  cancel(): void {
    cancelAnimationFrame(this.#frame);
  }

  #slice(context: CanvasRenderingContext2D, points: Points, style: PointStyle): void {
    const { pixel, textColor } = style;
    const end = Math.min(points.count, this.#done + SLICE);
    const side = Math.max(1, Math.round(DOT * pixel));
    context.fillStyle = textColor;
    context.globalAlpha = 0.45;
    for (let i = this.#done; i < end; i++) {
      const x = style.atX(points.x[i]);
      const y = style.atY(points.y[i]);
      context.fillRect(
        Math.round(x * pixel - side / 2),
        Math.round(y * pixel - side / 2),
        side,
        side,
      );
      const column = Math.floor(x);
      const row = Math.floor(y);
      if (column >= 0 && column < this.#width && row >= 0 && row < this.#height) {
        this.#owner[row * this.#width + column] = i + 1;
      }
    }
    this.#done = end;
  }

  /** Index of the point nearest to a place, CSS pixels; null when none is within reach. */
  pick(x: number, y: number): number | null {
    let best = REACH ** 2 + 1;
    let found = 0;
    const row0 = Math.max(0, Math.floor(y) - REACH);
    const row1 = Math.min(this.#height - 1, Math.floor(y) + REACH);
    const column0 = Math.max(0, Math.floor(x) - REACH);
    const column1 = Math.min(this.#width - 1, Math.floor(x) + REACH);
    for (let row = row0; row <= row1; row++) {
      for (let column = column0; column <= column1; column++) {
        const owner = this.#owner[row * this.#width + column];
        const distance = (row + 0.5 - y) ** 2 + (column + 0.5 - x) ** 2;
        if (owner === 0 || distance >= best) continue;
        best = distance;
        found = owner;
      }
    }
    return found === 0 ? null : found - 1;
  }
}
