import type { Picture } from './types.ts';

/** As many planes as a network takes: a grey picture goes into all of three, a colour picture's luminance into one. */
export function channelsOf(picture: Pick<Picture, 'planes'>, channels: number): Float32Array[] {
  const { planes } = picture;
  if (channels === 1) return [luminance(picture)];
  return [0, 1, 2].map((c) => planes[c] ?? planes[0]);
}

/** Luminance by ITU-R BT.601 of a colour picture; the plane itself of a grey one. */
export function luminance({ planes }: Pick<Picture, 'planes'>): Float32Array {
  if (planes.length === 1) return planes[0];
  const [red, green, blue] = planes;
  return red.map((r, i) => 0.299 * r + 0.587 * green[i] + 0.114 * blue[i]);
}
