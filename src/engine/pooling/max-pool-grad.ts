/** Geometry of a pooling: `[z, y, x]` triples, and how many voxels the input is padded at the start. */
export interface PoolShape {
  readonly batch: number;
  readonly channels: number;
  readonly input: readonly [number, number, number];
  readonly output: readonly [number, number, number];
  readonly window: readonly [number, number, number];
  readonly stride: readonly [number, number, number];
  readonly dilation: readonly [number, number, number];
  readonly pad: readonly [number, number, number];
}

/**
 * Gradient of max-pooling, `[batch, z, y, x, channels]`: each window's gradient goes to its first
 * largest element alone, also where several tie (after a ReLU whole windows are zero), as in PyTorch.
 * Adds into `dx`, which the caller has cleared.
 */
export function maxPoolGrad(
  x: Float32Array,
  dy: Float32Array,
  dx: Float32Array,
  s: PoolShape,
): void {
  const { channels, pad, stride, dilation, window } = s;
  const [nz, ny, nx] = s.input;
  const [oz, oy, ox] = s.output;
  const best = new Float32Array(channels);
  const winner = new Int32Array(channels);
  let out = 0;
  for (let b = 0; b < s.batch; b++) {
    for (let z = 0; z < oz; z++) {
      for (let y = 0; y < oy; y++) {
        for (let xo = 0; xo < ox; xo++, out += channels) {
          best.fill(-Infinity);
          winner.fill(-1);
          for (let dz = 0; dz < window[0]; dz++) {
            const iz = z * stride[0] - pad[0] + dz * dilation[0];
            if (iz < 0 || iz >= nz) continue;
            for (let dyy = 0; dyy < window[1]; dyy++) {
              const iy = y * stride[1] - pad[1] + dyy * dilation[1];
              if (iy < 0 || iy >= ny) continue;
              for (let dxx = 0; dxx < window[2]; dxx++) {
                const ix = xo * stride[2] - pad[2] + dxx * dilation[2];
                if (ix < 0 || ix >= nx) continue;
                let at = (((b * nz + iz) * ny + iy) * nx + ix) * channels;
                for (let c = 0; c < channels; c++, at++) {
                  if (x[at] > best[c]) {
                    best[c] = x[at];
                    winner[c] = at;
                  }
                }
              }
            }
          }
          for (let c = 0; c < channels; c++) if (winner[c] >= 0) dx[winner[c]] += dy[out + c];
        }
      }
    }
  }
}
