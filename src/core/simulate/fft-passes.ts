/**
 * One pass over `length` points at distance `s`: for every `p < m = length / radix`,
 * `y[radix p + k] = w^(p k) sum_j x[p + j m] exp(-2 pi i j k / radix)` with `w = exp(-2 pi i / length)`,
 * read from the table of the full length at steps of `step`.
 */
export type Pass = (
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
  length: number,
  s: number,
  cos: Float64Array,
  sin: Float64Array,
  step: number,
) => void;

const pass2: Pass = (xr, xi, yr, yi, length, s, cos, sin, step) => {
  const m = length / 2;
  for (let p = 0; p < m; p++) {
    const c1 = cos[p * step];
    const s1 = sin[p * step];
    const a = p * s;
    const b = a + m * s;
    const o = 2 * p * s;
    for (let q = 0; q < s; q++) {
      const ar = xr[a + q];
      const ai = xi[a + q];
      const br = xr[b + q];
      const bi = xi[b + q];
      const dr = ar - br;
      const di = ai - bi;
      yr[o + q] = ar + br;
      yi[o + q] = ai + bi;
      yr[o + s + q] = dr * c1 - di * s1;
      yi[o + s + q] = dr * s1 + di * c1;
    }
  }
};

const SIN60 = Math.sqrt(3) / 2;

const pass3: Pass = (xr, xi, yr, yi, length, s, cos, sin, step) => {
  const m = length / 3;
  for (let p = 0; p < m; p++) {
    const c1 = cos[p * step];
    const s1 = sin[p * step];
    const c2 = cos[2 * p * step];
    const s2 = sin[2 * p * step];
    const a = p * s;
    const b = a + m * s;
    const c = b + m * s;
    const o = 3 * p * s;
    for (let q = 0; q < s; q++) {
      const tr = xr[b + q] + xr[c + q];
      const ti = xi[b + q] + xi[c + q];
      const ur = SIN60 * (xi[b + q] - xi[c + q]);
      const ui = -SIN60 * (xr[b + q] - xr[c + q]);
      const hr = xr[a + q] - 0.5 * tr;
      const hi = xi[a + q] - 0.5 * ti;
      const pr = hr + ur;
      const pi = hi + ui;
      const mr = hr - ur;
      const mi = hi - ui;
      yr[o + q] = xr[a + q] + tr;
      yi[o + q] = xi[a + q] + ti;
      yr[o + s + q] = pr * c1 - pi * s1;
      yi[o + s + q] = pr * s1 + pi * c1;
      yr[o + 2 * s + q] = mr * c2 - mi * s2;
      yi[o + 2 * s + q] = mr * s2 + mi * c2;
    }
  }
};

const pass4: Pass = (xr, xi, yr, yi, length, s, cos, sin, step) => {
  const m = length / 4;
  for (let p = 0; p < m; p++) {
    const c1 = cos[p * step];
    const s1 = sin[p * step];
    const c2 = cos[2 * p * step];
    const s2 = sin[2 * p * step];
    const c3 = cos[3 * p * step];
    const s3 = sin[3 * p * step];
    const a = p * s;
    const b = a + m * s;
    const c = b + m * s;
    const d = c + m * s;
    const o = 4 * p * s;
    for (let q = 0; q < s; q++) {
      const er = xr[a + q] + xr[c + q];
      const ei = xi[a + q] + xi[c + q];
      const fr = xr[a + q] - xr[c + q];
      const fi = xi[a + q] - xi[c + q];
      const gr = xr[b + q] + xr[d + q];
      const gi = xi[b + q] + xi[d + q];
      const hr = xi[b + q] - xi[d + q];
      const hi = xr[d + q] - xr[b + q];
      const pr = fr + hr;
      const pi = fi + hi;
      const nr = er - gr;
      const ni = ei - gi;
      const mr = fr - hr;
      const mi = fi - hi;
      yr[o + q] = er + gr;
      yi[o + q] = ei + gi;
      yr[o + s + q] = pr * c1 - pi * s1;
      yi[o + s + q] = pr * s1 + pi * c1;
      yr[o + 2 * s + q] = nr * c2 - ni * s2;
      yi[o + 2 * s + q] = nr * s2 + ni * c2;
      yr[o + 3 * s + q] = mr * c3 - mi * s3;
      yi[o + 3 * s + q] = mr * s3 + mi * c3;
    }
  }
};

const pass8: Pass = (xr, xi, yr, yi, length, s, cos, sin, step) => {
  const m = length / 8;
  const ms = m * s;
  for (let p = 0; p < m; p++) {
    const t = p * step;
    const a = p * s;
    const o = 8 * p * s;
    for (let q = 0; q < s; q++) {
      const i = a + q;
      // Sums of opposite points give the even outputs, differences times exp(-2 pi i j / 8) the odd.
      const c0r = xr[i] + xr[i + 4 * ms];
      const c0i = xi[i] + xi[i + 4 * ms];
      const d0r = xr[i] - xr[i + 4 * ms];
      const d0i = xi[i] - xi[i + 4 * ms];
      const c1r = xr[i + ms] + xr[i + 5 * ms];
      const c1i = xi[i + ms] + xi[i + 5 * ms];
      const u1r = xr[i + ms] - xr[i + 5 * ms];
      const u1i = xi[i + ms] - xi[i + 5 * ms];
      const c2r = xr[i + 2 * ms] + xr[i + 6 * ms];
      const c2i = xi[i + 2 * ms] + xi[i + 6 * ms];
      const d2r = xi[i + 2 * ms] - xi[i + 6 * ms];
      const d2i = xr[i + 6 * ms] - xr[i + 2 * ms];
      const c3r = xr[i + 3 * ms] + xr[i + 7 * ms];
      const c3i = xi[i + 3 * ms] + xi[i + 7 * ms];
      const u3r = xr[i + 3 * ms] - xr[i + 7 * ms];
      const u3i = xi[i + 3 * ms] - xi[i + 7 * ms];
      const d1r = Math.SQRT1_2 * (u1r + u1i);
      const d1i = Math.SQRT1_2 * (u1i - u1r);
      const d3r = Math.SQRT1_2 * (u3i - u3r);
      const d3i = -Math.SQRT1_2 * (u3r + u3i);
      const er = c0r + c2r;
      const ei = c0i + c2i;
      const fr = c0r - c2r;
      const fi = c0i - c2i;
      const gr = c1r + c3r;
      const gi = c1i + c3i;
      const hr = c1i - c3i;
      const hi = c3r - c1r;
      const jr = d0r + d2r;
      const ji = d0i + d2i;
      const kr = d0r - d2r;
      const ki = d0i - d2i;
      const lr = d1r + d3r;
      const li = d1i + d3i;
      const nr = d1i - d3i;
      const ni = d3r - d1r;
      const z = o + q;
      yr[z] = er + gr;
      yi[z] = ei + gi;
      store(yr, yi, z + s, jr + lr, ji + li, cos[t], sin[t]);
      store(yr, yi, z + 2 * s, fr + hr, fi + hi, cos[2 * t], sin[2 * t]);
      store(yr, yi, z + 3 * s, kr + nr, ki + ni, cos[3 * t], sin[3 * t]);
      store(yr, yi, z + 4 * s, er - gr, ei - gi, cos[4 * t], sin[4 * t]);
      store(yr, yi, z + 5 * s, jr - lr, ji - li, cos[5 * t], sin[5 * t]);
      store(yr, yi, z + 6 * s, fr - hr, fi - hi, cos[6 * t], sin[6 * t]);
      store(yr, yi, z + 7 * s, kr - nr, ki - ni, cos[7 * t], sin[7 * t]);
    }
  }
};

/** `y[at] = (r + i * im) * (c + i * s)`. */
function store(
  yr: Float64Array,
  yi: Float64Array,
  at: number,
  r: number,
  i: number,
  c: number,
  s: number,
): void {
  yr[at] = r * c - i * s;
  yi[at] = r * s + i * c;
}

const COS72 = Math.cos((2 * Math.PI) / 5);
const COS144 = Math.cos((4 * Math.PI) / 5);
const SIN72 = Math.sin((2 * Math.PI) / 5);
const SIN144 = Math.sin((4 * Math.PI) / 5);

const pass5: Pass = (xr, xi, yr, yi, length, s, cos, sin, step) => {
  const m = length / 5;
  for (let p = 0; p < m; p++) {
    const t = p * step;
    const c1 = cos[t];
    const s1 = sin[t];
    const c2 = cos[2 * t];
    const s2 = sin[2 * t];
    const c3 = cos[3 * t];
    const s3 = sin[3 * t];
    const c4 = cos[4 * t];
    const s4 = sin[4 * t];
    const ms = m * s;
    const a = p * s;
    const o = 5 * p * s;
    for (let q = 0; q < s; q++) {
      const i = a + q;
      const r0 = xr[i];
      const i0 = xi[i];
      const sr1 = xr[i + ms] + xr[i + 4 * ms];
      const si1 = xi[i + ms] + xi[i + 4 * ms];
      const dr1 = xr[i + ms] - xr[i + 4 * ms];
      const di1 = xi[i + ms] - xi[i + 4 * ms];
      const sr2 = xr[i + 2 * ms] + xr[i + 3 * ms];
      const si2 = xi[i + 2 * ms] + xi[i + 3 * ms];
      const dr2 = xr[i + 2 * ms] - xr[i + 3 * ms];
      const di2 = xi[i + 2 * ms] - xi[i + 3 * ms];
      const er1 = r0 + COS72 * sr1 + COS144 * sr2;
      const ei1 = i0 + COS72 * si1 + COS144 * si2;
      const er2 = r0 + COS144 * sr1 + COS72 * sr2;
      const ei2 = i0 + COS144 * si1 + COS72 * si2;
      const or1 = SIN72 * di1 + SIN144 * di2;
      const oi1 = -(SIN72 * dr1 + SIN144 * dr2);
      const or2 = SIN144 * di1 - SIN72 * di2;
      const oi2 = -(SIN144 * dr1 - SIN72 * dr2);
      const j = o + q;
      yr[j] = r0 + sr1 + sr2;
      yi[j] = i0 + si1 + si2;
      yr[j + s] = (er1 + or1) * c1 - (ei1 + oi1) * s1;
      yi[j + s] = (er1 + or1) * s1 + (ei1 + oi1) * c1;
      yr[j + 2 * s] = (er2 + or2) * c2 - (ei2 + oi2) * s2;
      yi[j + 2 * s] = (er2 + or2) * s2 + (ei2 + oi2) * c2;
      yr[j + 3 * s] = (er2 - or2) * c3 - (ei2 - oi2) * s3;
      yi[j + 3 * s] = (er2 - or2) * s3 + (ei2 - oi2) * c3;
      yr[j + 4 * s] = (er1 - or1) * c4 - (ei1 - oi1) * s4;
      yi[j + 4 * s] = (er1 - or1) * s4 + (ei1 - oi1) * c4;
    }
  }
};

/** The pass of each radix. */
export const PASSES: Readonly<Record<number, Pass>> = {
  2: pass2,
  3: pass3,
  4: pass4,
  5: pass5,
  8: pass8,
};
