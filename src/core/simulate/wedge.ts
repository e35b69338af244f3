/**
 * How much of the tilt series covers a point of Fourier space: 1 inside the fan of central slices,
 * 0 in the missing wedge, with a ramp one Fourier voxel wide, because a slice of a box has that width.
 *
 *        kz
 *      \ | /      slices contain the tilt axis (ky) and the direction (cos t, sin t) in (kx, kz),
 *       \|/       |t| <= tilt; the wedge about kz is never seen
 *     ---+--- kx
 *
 * @param kx, kz Fourier voxels (cycles per box)
 * @param tilt degrees
 */
export function wedgeCoverage(kx: number, kz: number, tilt: number): number {
  const t = (tilt * Math.PI) / 180;
  // Signed distance to the edge of the fan, positive inside.
  const inside = Math.abs(kx) * Math.sin(t) - Math.abs(kz) * Math.cos(t);
  return Math.min(1, Math.max(0, inside + 0.5 + (kx === 0 && kz === 0 ? 1 : 0)));
}

/** Tilt angles in radians, `-tilt..tilt` in steps of `step` degrees, symmetric about 0. */
export function tiltAngles(tilt: number, step: number): Float64Array {
  const each = Math.floor(tilt / step + 1e-9);
  return Float64Array.from({ length: 2 * each + 1 }, (_, i) => ((i - each) * step * Math.PI) / 180);
}

/**
 * Number of slices of a tilt series that overlap a point at distance `radius` (Fourier voxels of a box)
 * from the tilt axis, seen from the slice at angle `own`: each neighbour counts by the triangle overlap
 * of slices one Fourier voxel thick (Harauz & van Heel 1986). Its inverse is the weight of weighted
 * back-projection, which is how the centre, sampled by every slice, is not counted many times.
 */
export function sliceOverlap(radius: number, own: number, angles: Float64Array): number {
  const last = angles.length - 1;
  const range = angles[last] - angles[0];
  const reach = radius > 1 ? Math.asin(1 / radius) : Math.PI;
  let from = 0;
  let to = last;
  // Slices further away than this overlap nothing, unless the series comes round to its own beginning.
  if (last > 0 && range + reach < Math.PI) {
    const step = range / last;
    from = Math.max(0, Math.ceil((own - reach - angles[0]) / step - 1e-6));
    to = Math.min(last, Math.floor((own + reach - angles[0]) / step + 1e-6));
  }
  let sum = 0;
  for (let j = from; j <= to; j++) {
    sum += Math.max(0, 1 - Math.abs(radius * Math.sin(own - angles[j])));
  }
  return sum;
}
