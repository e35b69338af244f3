/** sRGB channels, 0..255. */
export type Rgb = readonly [r: number, g: number, b: number];

/** Björn Ottosson's perceptual colour space: lightness 0..1, then green-red and blue-yellow. */
export type Oklab = readonly [L: number, a: number, b: number];

/** Inverse of the sRGB transfer curve (IEC 61966-2-1): 0..255 to linear light 0..1. */
export function linearOf(channel: number): number {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function channelOf(linear: number): number {
  const c = linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, c)));
}

/** sRGB to OKLab; matrices of "A perceptual color space for image processing" (Ottosson, 2020). */
export function toOklab([red, green, blue]: Rgb): Oklab {
  const r = linearOf(red);
  const g = linearOf(green);
  const b = linearOf(blue);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** OKLab to sRGB, clamped to the gamut. */
export function fromOklab([L, a, b]: Oklab): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    channelOf(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channelOf(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channelOf(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Colour stops at `at` in ascending order over 0..1, joined by straight lines in OKLab. */
export function ramp(stops: readonly { readonly at: number; readonly color: Rgb }[]) {
  const points = stops.map(({ at, color }) => ({ at, lab: toOklab(color) }));
  return (t: number): Rgb => {
    const upper = points.findIndex(({ at }) => at >= t);
    if (upper === 0) return stops[0].color;
    if (upper < 0) return stops[stops.length - 1].color;
    const [low, high] = [points[upper - 1], points[upper]];
    const f = (t - low.at) / (high.at - low.at);
    const mix = (i: 0 | 1 | 2) => low.lab[i] + f * (high.lab[i] - low.lab[i]);
    return fromOklab([mix(0), mix(1), mix(2)]);
  };
}
