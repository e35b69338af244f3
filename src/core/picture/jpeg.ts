import { decode } from 'jpeg-js';
import { jpegClaim } from './claims.ts';
import { jpegOrientation } from './exif.ts';
import { turned } from './turn.ts';
import type { Picture } from './types.ts';

/** Decodes a baseline or progressive JPEG, upright as its EXIF block says. Throws when it is damaged. */
export function decodeJpeg(bytes: Uint8Array): Picture {
  const { components } = jpegClaim(bytes);
  const { width, height, data } = decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    maxResolutionInMP: 1e3,
    maxMemoryUsageInMB: 1024,
  });
  const planes = Array.from({ length: components === 1 ? 1 : 3 }, (_, c) => {
    const plane = new Float32Array(width * height);
    for (let i = 0; i < plane.length; i++) plane[i] = data[3 * i + c];
    return plane;
  });
  return turned({ width, height, planes }, jpegOrientation(bytes));
}
