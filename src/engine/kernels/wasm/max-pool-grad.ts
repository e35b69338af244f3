type Pair = readonly [y: number, x: number];

/** Geometry of a 2D pooling; `pad` counts the pixels added before the first one. */
export interface PoolShape {
  readonly batch: number;
  readonly channels: number;
  readonly input: Pair;
  readonly output: Pair;
  readonly window: Pair;
  readonly stride: Pair;
  readonly pad: Pair;
}

/**
 * Gradient of 2D max-pooling, `x` and `dx` `[batch, y, x, channels]`: each window's gradient goes to its
 * first largest element alone, also where several tie (after a ReLU whole windows are zero), as in
 * PyTorch. Adds into `dx`, which the caller has cleared.
 */
export function maxPoolGrad(
  x: Float32Array,
  dy: Float32Array,
  dx: Float32Array,
  s: PoolShape,
): void {
  const { channels, pad, stride, window } = s;
  const [ny, nx] = s.input;
  const [oy, ox] = s.output;
  const best = new Float32Array(channels);
  const winner = new Int32Array(channels);
  let out = 0;
  for (let b = 0; b < s.batch; b++) {
    for (let row = 0; row < oy; row++) {
      for (let column = 0; column < ox; column++, out += channels) {
        best.fill(-Infinity);
        winner.fill(-1);
        for (let wy = 0; wy < window[0]; wy++) {
          const iy = row * stride[0] - pad[0] + wy;
          if (iy < 0 || iy >= ny) continue;
          for (let wx = 0; wx < window[1]; wx++) {
            const ix = column * stride[1] - pad[1] + wx;
            if (ix < 0 || ix >= nx) continue;
            let at = ((b * ny + iy) * nx + ix) * channels;
            for (let c = 0; c < channels; c++, at++) {
              if (x[at] > best[c]) {
                best[c] = x[at];
                winner[c] = at;
              }
            }
          }
        }
        for (let c = 0; c < channels; c++) if (winner[c] >= 0) dx[winner[c]] += dy[out + c];
      }
    }
  }
}
