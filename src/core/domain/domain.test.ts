import { uniform } from '../../testing/random.ts';
import { describe, expect, it } from 'vitest';
import { validate } from '../schema/index.ts';
import { isWhiteNoise, textureOf } from './texture.ts';
import {
  channelDistance,
  domainCheck,
  doubtOf,
  type DomainQuestion,
  inputFeatures,
  measureDomain,
  trainingSchema,
} from './index.ts';

const EDGE = 16;
const CHANNELS = 8;

/** A dark ball about the centre in noise, z-scored. */
function particle(seed: number, { noise = 0.3, sign = -1, radius = 3 } = {}): Float32Array {
  const next = uniform(seed);
  const middle = (EDGE - 1) / 2 + next() - 0.5;
  const size = radius + next();
  const values = Float32Array.from({ length: EDGE ** 3 }, (_, i) => {
    const at = [i % EDGE, Math.floor(i / EDGE) % EDGE, Math.floor(i / EDGE ** 2)];
    const r = Math.hypot(...at.map((x) => x - middle));
    return (r < size ? sign : 0) + noise * (next() + next() + next() - 1.5);
  });
  return zscored(values);
}

function zscored(values: Float32Array): Float32Array {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  return values.map((v) => (v - mean) / std);
}

/** A stand-in for a layer: how much of the input lies in each of eight bands of values. */
function means(input: Float32Array): Float64Array {
  const bands = new Float64Array(CHANNELS);
  for (const v of input) bands[Math.max(0, Math.min(7, Math.floor(v + 5)))]++;
  return bands.map((count) => count / input.length);
}

const shape = [EDGE, EDGE, EDGE, 1];
const sample = (input: Float32Array) => ({
  features: inputFeatures(input, shape),
  texture: textureOf(input, shape),
  channelMeans: means(input),
});
const training = measureDomain(
  Array.from({ length: 60 }, (_, seed) => sample(particle(seed))),
  { set: 'dark balls', layer: 'bands' },
);
const ask = (input: Float32Array, change: Partial<DomainQuestion> = {}) =>
  domainCheck({
    ...sample(input),
    rawMean: null,
    normalization: 'zscore',
    training,
    contrast: 'dark',
    ...change,
  });
const codes = (...args: Parameters<typeof ask>) => ask(...args).map(({ code }) => code);

describe('features of an input', () => {
  it('are those of a ball of a closed form', () => {
    const data = Float32Array.from({ length: 8 }, (_, i) => (i === 7 ? 9 : 1));
    const { mean, std, skew } = inputFeatures(data, [2, 2, 2]);
    expect(std).toBeCloseTo(Math.sqrt(7), 12); // mean 2; 7 of -1, one of 7
    expect(mean).toBeCloseTo(2 / Math.sqrt(7), 12);
    expect(skew).toBeCloseTo((343 - 7) / 8 / 7 ** 1.5, 12);
  });

  it.each([1e-9, 1, 1e9])('but for spread do not change with the scale %g', (scale) => {
    const input = particle(5).map((v) => v + 0.5);
    const plain = inputFeatures(input, shape);
    const scaled = inputFeatures(
      input.map((v) => v * scale),
      shape,
    );
    for (const name of ['mean', 'skew', 'centre'] as const) {
      expect(scaled[name]).toBeCloseTo(plain[name], 4);
    }
    expect(plain.skew).toBeLessThan(-0.5);
    expect(plain.centre).toBeLessThan(-1);
  });

  it('are those of its section for a picture', () => {
    const picture = Float32Array.from({ length: 64 }, (_, i) => Number(i === 27));
    expect(inputFeatures(picture, [8, 8, 1])).toEqual(inputFeatures(picture, [1, 8, 8]));
  });
});

describe('the domain check', () => {
  it('has nothing to say about more volumes like those measured', () => {
    for (let seed = 100; seed < 160; seed++) expect(ask(particle(seed))).toEqual([]);
  });

  it.each([1, 2, 3])('knows the opposite contrast, seed %i', (seed) => {
    const [finding, ...others] = ask(particle(seed, { sign: 1 }));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'contrast', remedy: 'invert', severity: 'warning' });
    expect(finding.message).toMatch(/looks bright .* trained on dark ones/);
  });

  it.each([1, 2, 3])('knows noise alone, seed %i', (seed) => {
    const [finding] = ask(particle(seed, { sign: 0 }));
    expect(finding).toMatchObject({ code: 'unlike', remedy: 'other-network' });
    expect(finding.message).toMatch(
      /^Unlike the training volumes \(distance .* at bands, theirs up to .*\): more noise, nothing/,
    );
  });

  it('knows a volume that is too clean', () => {
    const [finding] = ask(particle(1, { noise: 0, radius: 2 }));
    expect(finding.message).toMatch(/less noise/);
  });

  it('knows a mean that was not shifted, and says where it was', () => {
    const input = particle(1).map((v) => v + 10.5);
    const [finding] = ask(input, { normalization: 'unit-variance' });
    expect(finding.message).toMatch(/The mean lies 10\.5 sigma from 0, where .* within 0\.1 sigma/);
    expect(finding.remedy).toBe('zscore');
    expect(codes(particle(1).map((v) => v + 0.05))).toEqual([]);
    const [mended] = ask(particle(1), { rawMean: 10.5 });
    expect(mended).toMatchObject({ code: 'mean', severity: 'info', remedy: null });
  });

  it('knows values that were not scaled', () => {
    expect(codes(particle(1).map((v) => v * 12))).toEqual(['spread']);
  });

  it('knows a volume of equal values', () => {
    expect(codes(new Float32Array(EDGE ** 3).fill(3))).toEqual(['constant']);
  });

  it('uses the input alone where the layer is not known', () => {
    expect(codes(particle(1, { sign: 0 }), { channelMeans: null })).toEqual(['unlike']);
    expect(codes(particle(1), { channelMeans: [1, 2] })).toEqual([]);
  });

  it('without a training block checks contrast and mean only', () => {
    const without = { training: undefined };
    expect(codes(particle(1), without)).toEqual([]);
    expect(codes(particle(1, { sign: 1 }), without)).toEqual(['contrast']);
    expect(codes(particle(1, { sign: 1 }), { ...without, contrast: 'bright' })).toEqual([]);
    expect(codes(particle(1, { sign: 1 }), { ...without, contrast: undefined })).toEqual([]);
    expect(codes(particle(1, { sign: 0 }), without)).toEqual(['noise']);
    const far = particle(1).map((v) => v + 4);
    expect(codes(far, { ...without, normalization: 'unit-variance' })).toEqual(['mean']);
    expect(codes(far, { ...without, normalization: 'none' })).toEqual([]);
  });
});

describe('white noise', () => {
  const next = uniform(3);
  const white = Float32Array.from({ length: 40 ** 3 }, () => next() + next() + next());
  it('has no correlation of neighbours, along no axis', () => {
    expect(isWhiteNoise(textureOf(white, [40, 40, 40, 1]))).toBe(true);
    expect(isWhiteNoise(textureOf(white.subarray(0, 1600), [40, 40, 1]))).toBe(true);
  });
  it.each([1, 40, 1600])('averaged along an axis of stride %i is none', (stride) => {
    const smooth = white.map((v, i) => v + 0.1 * (white[i - stride] ?? 0));
    // `a + 0.1 b`: neighbours share 0.1 / 1.01 of their variance.
    const { correlation } = textureOf(smooth, [40, 40, 40]);
    expect(correlation).toBeCloseTo(0.1 / 1.01, 1);
    expect(isWhiteNoise({ correlation, voxels: smooth.length })).toBe(false);
  });
  it('is said in the sentence that gives the answer', () => {
    expect(doubtOf(ask(particle(1, { sign: 0 }), { training: undefined }))?.sentence).toMatch(
      /white noise/,
    );
    expect(doubtOf(ask(particle(1, { sign: 0 })))?.sentence).toMatch(
      /unlike those of its training/,
    );
    expect(doubtOf(ask(particle(1), { rawMean: 10.5 }))).toBeNull();
  });
});

it('a silent channel that answers is far, however little it says', () => {
  const channels = { mean: [1, 0], std: [0.1, 0] };
  expect(channelDistance([1, 0], channels)).toBe(0);
  expect(channelDistance([1, 0.05], channels)).toBeGreaterThan(5);
  expect(channelDistance([1], { mean: [1], std: [0] })).toBe(0);
});

describe('the training block of a sidecar', () => {
  const read = (value: unknown) => validate(trainingSchema, value, 'respond-cam.json', []);
  it('is read as it was written', () => {
    expect(read(JSON.parse(JSON.stringify(training)))).toEqual(training);
  });
  it.each([
    [{ ...training, n: 'many' }, /"n" is "many"/],
    [{ ...training, channels: { mean: [1, 2], std: [1] } }, /a mean and a deviation for each/],
    [{ ...training, distance: null }, /"distance"/],
    [null, /JSON object/],
  ])('is refused where it cannot be used', (value, message) => {
    expect(() => read(value)).toThrow(message);
  });
});
