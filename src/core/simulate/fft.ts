import { badInput } from '../errors.ts';
import { type Pass, PASSES } from './fft-passes.ts';

/**
 * Complex discrete Fourier transforms of length `n = 2^a 3^b 5^c`, many at once.
 *
 * Data is split into real and imaginary parts and laid out as `[n, lanes]` (lane fastest), so that
 * the innermost loop of every pass runs over contiguous memory. Unnormalised in both directions:
 * `X[k] = sum_j x[j] exp(-+2 pi i j k / n)`.
 */
export interface Fft {
  readonly n: number;
  /** Transforms `lanes` columns in place; `re` and `im` hold at least `n * lanes` values. */
  transform(re: Float64Array, im: Float64Array, lanes: number, inverse: boolean): void;
}

/** Radices in the order they are applied, or null when `n` has another prime factor. */
function factors(n: number): number[] | null {
  const radices: number[] = [];
  let rest = n;
  for (const radix of [8, 4, 2, 3, 5]) {
    while (rest % radix === 0) {
      radices.push(radix);
      rest /= radix;
    }
  }
  return rest === 1 ? radices : null;
}

/** The smallest length `>= n` that is even and has no prime factor above 5. */
export function fastLength(n: number): number {
  let size = Math.max(2, Math.ceil(n));
  while (size % 2 !== 0 || factors(size) === null) size++;
  return size;
}

/**
 * Plans a transform of length `n` (Stockham's autosorting decimation in frequency, radices 2, 3, 4, 5, 8).
 *
 * @throws AppError 'bad-input' when `n` is not a product of 2, 3 and 5.
 */
export function createFft(n: number): Fft {
  const radices = Number.isInteger(n) && n >= 1 ? factors(n) : null;
  if (!radices) {
    throw badInput(`Fourier transform length ${n}: only products of 2, 3 and 5 are supported.`);
  }
  const cos = new Float64Array(n).map((_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = new Float64Array(n).map((_, k) => -Math.sin((2 * Math.PI * k) / n));
  let workRe: Float64Array = new Float64Array(0);
  let workIm: Float64Array = new Float64Array(0);

  function transform(re: Float64Array, im: Float64Array, lanes: number, inverse: boolean): void {
    const total = n * lanes;
    if (workRe.length < total) {
      workRe = new Float64Array(total);
      workIm = new Float64Array(total);
    }
    // The inverse is the forward transform with real and imaginary parts exchanged.
    let xr = inverse ? im : re;
    let xi = inverse ? re : im;
    let yr = workRe;
    let yi = workIm;
    let length = n;
    let stride = lanes;
    for (const radix of radices as number[]) {
      const pass = PASSES[radix] as Pass;
      pass(xr, xi, yr, yi, length, stride, cos, sin, n / length);
      [xr, yr] = [yr, xr];
      [xi, yi] = [yi, xi];
      length /= radix;
      stride *= radix;
    }
    if ((radices as number[]).length % 2 === 1) {
      const toRe = inverse ? im : re;
      const toIm = inverse ? re : im;
      for (let i = 0; i < total; i++) {
        toRe[i] = xr[i] as number;
        toIm[i] = xi[i] as number;
      }
    }
  }
  return { n, transform };
}
