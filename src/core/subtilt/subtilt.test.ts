import { describe, expect, test } from 'vitest';
import { correlation } from '../cam/index.ts';
import {
  multiply,
  multiplyVector,
  relionAngles,
  relionMatrix,
  transposed,
} from '../particles/rotation.ts';
import { encodeUtf8 } from '../schema/utf8.ts';
import { createRealFft3, frequency } from '../simulate/fft3.ts';
import { wedgeCoverage } from '../simulate/wedge.ts';
import { backProject } from './back-project.ts';
import { namesProjections, readSubTilts } from './index.ts';
import { positionOf, tiltsOfParticle } from './read.ts';
import { readTiltSeries, tiltMatrix } from './series.ts';
import type { SubTiltBox, SubTiltStack, Tilt } from './types.ts';
import { doseWeight, focusTransfer, tiltTransfer } from './weights.ts';

const OPTICS = { voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1 };
const SIZE = 48;
const PIXEL = 10;
/** An asymmetric molecule of Gaussians: x, y, z and sigma in voxels, height. */
const BLOBS = [
  [7, 1, -2, 2, 1],
  [-5, 5, 3, 2.5, 0.8],
  [-2, -6, 4, 2, 1.2],
  [1, 2, -7, 1.8, 0.9],
] as const;

const TILTS = Array.from(
  { length: 41 },
  (_, i): Tilt => ({
    rotation: tiltMatrix(0, -60 + 3 * i, 0),
    shift: [0, 0],
    dose: null,
    focus: null,
  }),
);

/** Projections in closed form: a Gaussian's is a Gaussian of `sigma sqrt(2 pi)` times its height. */
function project(
  tilts: readonly Tilt[],
  pixel = PIXEL,
  size = SIZE,
  [ox, oy, oz]: readonly [number, number, number] = [0, 0, 0],
): Float32Array {
  const images = new Float32Array(tilts.length * size * size);
  for (const [t, { rotation }] of tilts.entries())
    for (const [x, y, z, sigma, height] of BLOBS) {
      const [u, v] = multiplyVector(rotation, [x + ox / PIXEL, y + oy / PIXEL, z + oz / PIXEL]);
      const s = sigma * PIXEL;
      for (let row = 0, at = t * size * size; row < size; row++)
        for (let col = 0; col < size; col++, at++) {
          const dx = (col - size / 2) * pixel - u * PIXEL;
          const dy = (row - size / 2) * pixel - v * PIXEL;
          images[at] +=
            height * sigma * Math.sqrt(2 * Math.PI) * Math.exp(-(dx * dx + dy * dy) / (2 * s * s));
        }
    }
  return images;
}

/** The molecule in a cube of `n` voxels of 10 Å, turned by `m`. */
function molecule(n: number, turned = (at: readonly [number, number, number]) => at): Float32Array {
  const out = new Float32Array(n ** 3);
  const c = (n - 1) / 2;
  for (const [bx, by, bz, sigma, height] of BLOBS) {
    const [px, py, pz] = turned([bx, by, bz]);
    for (let z = 0, at = 0; z < n; z++)
      for (let y = 0; y < n; y++)
        for (let x = 0; x < n; x++, at++) {
          const d2 = (x - c - px) ** 2 + (y - c - py) ** 2 + (z - c - pz) ** 2;
          out[at] += height * Math.exp(-d2 / (2 * sigma * sigma));
        }
  }
  return out;
}

/** Without what a tilt series of ±60° about y does not see. */
function withoutWedge(volume: Float32Array, n: number): Float32Array {
  const fft = createRealFft3([n, n, n]);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  const out = volume.slice();
  fft.forward(out, re, im);
  for (let z = 0, i = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x <= n / 2; x++, i++) {
        const seen = wedgeCoverage(x, frequency(z, n) * n, 60);
        re[i] *= seen;
        im[i] *= seen;
      }
  fft.inverse(re, im, out);
  return out;
}

const stackOf = (tilts: readonly Tilt[], images = project(tilts)): SubTiltStack => ({
  ...{ images, size: SIZE, pixelSize: PIXEL, tilts, optics: OPTICS, multiplied: false },
});
const BOX: SubTiltBox = { size: 32, voxelSize: 10, rotation: null, transfer: 'corrected' };

/** Multiplies images with their transfer, `times` times. */
function transferred(images: Float32Array, tilts: readonly Tilt[], times: number): Float32Array {
  const fft = createRealFft3([1, SIZE, SIZE]);
  const re = new Float32Array(fft.spectrumLength);
  const im = new Float32Array(fft.spectrumLength);
  const out = images.slice();
  for (const [t, tilt] of tilts.entries()) {
    const image = out.subarray(t * SIZE * SIZE, (t + 1) * SIZE * SIZE);
    fft.forward(image, re, im);
    for (let y = 0, i = 0; y < SIZE; y++)
      for (let x = 0; x <= SIZE / 2; x++, i++) {
        const c = tiltTransfer(tilt, OPTICS)(x / SIZE / PIXEL, frequency(y, SIZE) / PIXEL) ** times;
        re[i] *= c;
        im[i] *= c;
      }
    fft.inverse(re, im, image);
  }
  return out;
}

describe('projections of a known volume', () => {
  test('come back as the volume without its wedge', () => {
    const found = backProject(stackOf(TILTS), BOX);
    const truth = molecule(32);
    expect(correlation(found, withoutWedge(truth, 32))).toBeGreaterThan(0.97);
    // Read as a volume, the images would have nothing of it.
    expect(correlation(found, truth)).toBeLessThan(0.97);
  });

  test('from all sides they come back as the volume', () => {
    const all = Array.from(
      { length: 61 },
      (_, i): Tilt => ({
        rotation: tiltMatrix(0, -90 + 3 * i, 0),
        shift: [0, 0],
        dose: null,
        focus: null,
      }),
    ).slice(0, 60);
    expect(correlation(backProject(stackOf(all), BOX), molecule(32))).toBeGreaterThan(0.98);
  });

  test('with tilts about all axes, at another pixel size, turned with the particle', () => {
    const tilts = TILTS.map(
      (tilt, i): Tilt => ({
        ...tilt,
        rotation: tiltMatrix(4, -60 + 3 * i, 85 + i / 20),
      }),
    );
    const images = project(tilts, 5, 96);
    const stack = { ...stackOf(tilts, images), size: 96, pixelSize: 5 };
    const upright = backProject(stack, BOX);
    expect(correlation(upright, molecule(32))).toBeGreaterThan(0.85);
    const rotation = relionMatrix(30, 60, -40);
    const turned = backProject(stack, { ...BOX, rotation });
    const back = (at: readonly [number, number, number]) => {
      // Reference coordinates of a place in the tomogram: the transpose.
      const [x, y, z] = at;
      return [0, 1, 2].map(
        (k) => rotation[k] * x + rotation[3 + k] * y + rotation[6 + k] * z,
      ) as unknown as readonly [number, number, number];
    };
    expect(correlation(turned, molecule(32, back))).toBeGreaterThan(0.85);
    expect(correlation(turned, molecule(32))).toBeLessThan(0.6);
  });

  test('off the middle of their images, the particle still stands in the middle of the box', () => {
    const offset = [30, -20, 10] as const;
    const few = TILTS.filter((_, i) => i % 5 === 0);
    const tilts = few.map((tilt): Tilt => {
      const [x, y] = multiplyVector(tilt.rotation, offset);
      return { ...tilt, shift: [x, y] };
    });
    // The same molecule, cut out around a place that it stands 30, -20, 10 Å from.
    const moved = project(few, PIXEL, SIZE, offset);
    const rotation = relionMatrix(30, 60, -40);
    for (const box of [BOX, { ...BOX, rotation }])
      expect(
        correlation(backProject(stackOf(tilts, moved), box), backProject(stackOf(few), box)),
      ).toBeGreaterThan(0.995);
  });

  test.each([
    ['as they are', false],
    ['multiplied with it before', true],
  ])('contrast transfer and dose are corrected for: images %s', (_, multiplied) => {
    const tilts = TILTS.map((tilt, i) => ({
      ...tilt,
      dose: 3 * Math.abs(i - 20),
      focus: { u: 31000 + 50 * i, v: 29000, angle: 30, scale: 1, phase: 0 },
    }));
    const images = transferred(project(tilts), tilts, multiplied ? 2 : 1);
    const found = backProject({ ...stackOf(tilts, images), multiplied }, BOX);
    const truth = withoutWedge(molecule(32), 32);
    expect(correlation(found, truth)).toBeGreaterThan(0.9);
    const plain: Tilt[] = tilts.map((tilt) => ({
      ...tilt,
      shift: [0, 0],
      dose: null,
      focus: null,
    }));
    const uncorrected = backProject(stackOf(plain, images), BOX);
    expect(correlation(found, truth)).toBeGreaterThan(correlation(uncorrected, truth)! + 0.01);
  });

  test('contrast transfer is kept, or squared, whichever the images have', () => {
    const tilts = TILTS.map((tilt) => ({
      ...tilt,
      focus: { u: 60000, v: 60000, angle: 0, scale: 1, phase: 0 },
    }));
    const once = transferred(project(tilts), tilts, 1);
    const twice = transferred(project(tilts), tilts, 2);
    const plain: Tilt[] = tilts.map((tilt) => ({ ...tilt, focus: null }));
    const made = (images: Float32Array, multiplied: boolean, transfer: SubTiltBox['transfer']) =>
      backProject({ ...stackOf(tilts, images), multiplied }, { ...BOX, transfer });
    // Images without known transfer come back with what is in them.
    const kept = backProject(stackOf(plain, once), BOX);
    expect(correlation(made(once, false, 'kept'), kept)).toBeGreaterThan(0.9999);
    expect(correlation(made(twice, true, 'kept'), kept)).toBeGreaterThan(0.98);
    const squared = backProject(stackOf(plain, twice), BOX);
    expect(correlation(made(twice, true, 'squared'), squared)).toBeGreaterThan(0.9999);
    expect(correlation(made(once, false, 'squared'), squared)).toBeGreaterThan(0.9999);
  });
});

describe('weights', () => {
  test('dose: half the critical exposure at 1/10 Å leaves exp(-1/4)', () => {
    const critical = 0.245 * 0.1 ** -1.665 + 2.81;
    expect(doseWeight(0.1, critical / 2)).toBeCloseTo(Math.exp(-0.25), 10);
    expect(doseWeight(0, 100)).toBe(1);
  });

  test('contrast transfer along the axes of the defocus is that of either', () => {
    const focus = { u: 40000, v: 20000, angle: 90, scale: 0.5, phase: 0 };
    const round = (u: number) => ({ u, v: u, angle: 0, scale: 0.5, phase: 0 });
    const k = 0.03;
    expect(focusTransfer(focus, OPTICS)(0, k)).toBeCloseTo(
      focusTransfer(round(40000), OPTICS)(k, 0),
      9,
    );
    expect(focusTransfer(focus, OPTICS)(k, 0)).toBeCloseTo(
      focusTransfer(round(20000), OPTICS)(k, 0),
      9,
    );
    expect(focusTransfer(focus, OPTICS)(0, 0)).toBeCloseTo(0.05, 9);
  });
});

const LIST = `
data_optics

loop_
_rlnOpticsGroup #1
_rlnVoltage #2
_rlnSphericalAberration #3
_rlnAmplitudeContrast #4
_rlnImagePixelSize #5
_rlnImageSize #6
_rlnImageDimensionality #7
_rlnCtfDataAreCtfPremultiplied #8
1 200 1.4 0.07 4.5 64 2 1

data_particles

loop_
_rlnTomoName #1
_rlnCenteredCoordinateXAngst #2
_rlnCenteredCoordinateYAngst #3
_rlnCenteredCoordinateZAngst #4
_rlnAngleRot #5
_rlnAngleTilt #6
_rlnAnglePsi #7
_rlnOpticsGroup #8
_rlnImageName #9
_rlnTomoVisibleFrames #10
TS_01 100 -50 30 10 20 30 1 Extract/TS_01/1_stack2d.mrcs [1,0,1]
`;
const TOMOGRAMS = `
data_global

loop_
_rlnTomoName #1
_rlnTomoHand #2
_rlnTomoTiltSeriesStarFile #3
TS_01 -1 tilt_series/TS_01.star
`;
const SERIES = `
data_TS_01

loop_
_rlnMicrographPreExposure #1
_rlnTomoXTilt #2
_rlnTomoYTilt #3
_rlnTomoZRot #4
_rlnTomoXShiftAngst #5
_rlnTomoYShiftAngst #6
_rlnDefocusU #7
_rlnDefocusV #8
_rlnDefocusAngle #9
_rlnCtfScalefactor #10
6 0 -30 85 1 2 31000 30000 45 0.87
0 0 0 85 1 2 32000 31000 45 1
3 0 30 85 1 2 33000 32000 45 0.87
`;
const star = (name: string, text: string) => ({ name, bytes: encodeUtf8(text) });

describe('lists of RELION 5 and Warp', () => {
  test('give each particle its images, tilts, dose and the defocus of its height', async () => {
    const list = readSubTilts(star('particles.star', LIST));
    const [particle] = list.particles;
    expect(particle).toMatchObject({
      image: 'Extract/TS_01/1_stack2d.mrcs',
      tomogram: 'TS_01',
      visible: [true, false, true],
      place: { at: [100, -50, 30], from: 'centre' },
    });
    expect(list.groups.get(1)).toEqual({
      pixelSize: 4.5,
      optics: { voltage: 200, sphericalAberration: 1.4, amplitudeContrast: 0.07 },
      multiplied: true,
    });
    const series = await readTiltSeries(star('tomograms.star', TOMOGRAMS), 'TS_01', async (name) =>
      name === 'tilt_series/TS_01.star' ? star(name, SERIES) : null,
    );
    const tilts = tiltsOfParticle(series, particle);
    expect(tilts.map(({ dose }) => dose)).toEqual([6, 3]);
    // z along the beam after Ry: -x sin(tilt) + z cos(tilt).
    for (const [i, angle] of [-30, 30].entries()) {
      const a = (angle * Math.PI) / 180;
      const depth = -100 * Math.sin(a) + 30 * Math.cos(a);
      expect(tilts[i].focus!.u).toBeCloseTo([31000, 33000][i] - depth, 6);
    }
    expect(tilts[0].focus).toMatchObject({ angle: 45, scale: 0.87 });
  });

  test('shifts of a refinement lie in the frame of the subtomogram and are taken away', () => {
    const text = LIST.replace(
      '_rlnTomoVisibleFrames #10\nTS_01 100 -50 30 10 20 30',
      '_rlnTomoVisibleFrames #10\n_rlnOriginXAngst #11\n_rlnOriginYAngst #12\n_rlnOriginZAngst #13\n_rlnTomoSubtomogramRot #14\n_rlnTomoSubtomogramTilt #15\n_rlnTomoSubtomogramPsi #16\nTS_01 100 -50 30 10 20 30',
    ).replace('[1,0,1]\n', '[1,0,1] 8 0 0 0 90 0\n');
    const [particle] = readSubTilts(star('particles.star', text)).particles;
    // A tilt of 90 degrees takes the subtomogram's x to the tomogram's z.
    const [, , z] = particle.offset;
    expect(Math.abs(z)).toBeCloseTo(8, 9);
    expect(particle.offset).toEqual(multiplyVector(relionMatrix(0, 90, 0), [-8, 0, 0]));
    const at = positionOf(particle, null)!;
    expect(at[2]).toBeCloseTo(30 + z, 9);
    const tilts = [
      { rotation: tiltMatrix(0, 30, 0), shift: [0, 0] as const, dose: null, focus: null },
    ];
    const [tilt] = tiltsOfParticle(
      { tilts, hand: 1, extent: null },
      { ...particle, visible: [true] },
    );
    expect(tilt.shift[0]).toBeCloseTo(z * Math.sin(Math.PI / 6), 9);
  });

  test('Warp counts pixels of the images from the corner', () => {
    const text = LIST.replaceAll(/_rlnCenteredCoordinate([XYZ])Angst/g, '_rlnCoordinate$1').replace(
      '100 -50 30',
      '100 50 30',
    );
    const [particle] = readSubTilts(star('particles.star', text)).particles;
    expect(positionOf(particle, [1000, 500, 200])).toEqual([-50, -25, 35]);
    expect(positionOf(particle, null)).toBeNull();
  });

  test('projection matrices of RELION 4 give the same rotations', async () => {
    const m = tiltMatrix(1, 40, 80).map((value) => 1.0 * value);
    const row = (r: number) => `[${[m[3 * r], m[3 * r + 1], m[3 * r + 2], 500].join(',')}]`;
    const text = `
data_global

loop_
_rlnTomoName #1
TS_01

data_TS_01

loop_
_rlnTomoProjX #1
_rlnTomoProjY #2
_rlnTomoProjZ #3
${row(0)} ${row(1)} ${row(2)}
`;
    const { tilts } = await readTiltSeries(star('t.star', text), 'TS_01', async () => null);
    tilts[0].rotation.forEach((value, i) => void expect(value).toBeCloseTo(m[i], 6));
  });

  test('what is missing is named', async () => {
    const none = async () => null;
    const tomograms = star('tomograms.star', TOMOGRAMS);
    await expect(readTiltSeries(tomograms, 'TS_02', none)).rejects.toThrow(
      /tomograms.star: it does not name TS_02; accepted: one of its tomograms: TS_01/,
    );
    await expect(readTiltSeries(tomograms, 'TS_01', none)).rejects.toThrow(
      /tilt_series\/TS_01.star: this tilt-series file, which tomograms.star names, is not there/,
    );
    expect(() =>
      readSubTilts(star('p.star', LIST.replace('_rlnImagePixelSize', '_rlnOther'))),
    ).toThrow(/p.star: its optics table has no _rlnImagePixelSize/);
    expect(() => readSubTilts(star('p.star', LIST.replace('_rlnImageName', '_rlnX')))).toThrow(
      /has no _rlnImageName/,
    );
  });
});

describe('lists with a row for each projection (Warp 1, M)', () => {
  const own = [relionMatrix(30, 60, -40), relionMatrix(-100, 20, 10)];
  const ANGLE = [0, 30, -30];
  /** Reference into image: the tilt, about an axis 80 degrees from x, after the particle's rotation. */
  const viewOf = (p: number, angle: number) => multiply(tiltMatrix(0, angle, 80), own[p]);
  const list = (b: (angle: number) => number, first = 1) => `
data_

loop_
_rlnImageName #1
_rlnGroupName #2
_rlnAngleRot #3
_rlnAngleTilt #4
_rlnAnglePsi #5
_rlnOriginX #6
_rlnOriginY #7
_rlnCtfBfactor #8
_rlnCtfScalefactor #9
_rlnDefocusU #10
_rlnDetectorPixelSize #11
_rlnMagnification #12
_rlnVoltage #13
${own
  .flatMap((_, p) =>
    ANGLE.map((angle, i) => {
      const angles = relionAngles(transposed(viewOf(p, angle)));
      const scale = Math.cos((angle * Math.PI) / 180);
      return [
        `${3 * p + i + first}@series.mrcs`,
        `TS_01_${p}`,
        ...angles,
        ...[2, -1, b(i), scale, 30000 + i, 2.5, 10000, 200],
      ].join(' ');
    }),
  )
  .join('\n')}
`;

  test('give each particle its images with their tilts about y, doses and shifts', () => {
    const text = list((i) => -4 * (i + 1));
    expect(namesProjections(text)).toBe(true);
    const { particles, groups } = readSubTilts(star('m.star', text));
    expect(particles.map(({ image, row, tomogram }) => [image, row, tomogram])).toEqual([
      ['series.mrcs', 0, 'TS_01_0'],
      ['series.mrcs', 3, 'TS_01_1'],
    ]);
    expect(groups.get(particles[1].group)).toMatchObject({
      pixelSize: 2.5,
      optics: { voltage: 200 },
    });
    for (const [p, { own: images, rotation }] of particles.entries()) {
      const { sections, tilts } = images!;
      expect(sections).toEqual([3 * p, 3 * p + 1, 3 * p + 2]);
      expect(tilts.map(({ dose }) => dose)).toEqual([1, 2, 3]);
      expect(tilts[1]).toMatchObject({ shift: [-5, 2.5], focus: { u: 30001, v: 30001 } });
      tilts.forEach((tilt, i) => {
        // Whatever the shared axes are, the reference comes into the image as the row says.
        const view = multiply(tilt.rotation, rotation!);
        viewOf(p, ANGLE[i]).forEach((value, k) => void expect(view[k]).toBeCloseTo(value, 6));
        // The beam is tilted in the plane of x and z alone.
        expect(tilt.rotation[7]).toBeCloseTo(0, 6);
        expect(Math.abs(tilt.rotation[6])).toBeCloseTo(
          Math.abs(Math.sin((ANGLE[i] * Math.PI) / 180)),
          6,
        );
      });
    }
  });

  test('single particles are not taken for tilts', () => {
    expect(() =>
      readSubTilts(
        star(
          'spa.star',
          list(() => 0),
        ),
      ),
    ).toThrow(/spa.star: its images are single particles, not tilts of one/);
  });
});
