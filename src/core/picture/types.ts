/** A picture as samples 0 (black) to 255 (white). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Each `[height, width]`, the top row first: grey, or red, green and blue. */
  readonly planes: readonly Float32Array[];
}
