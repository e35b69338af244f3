import { badInput } from '../errors.ts';
import { DEFAULT_SPEC } from './defaults.ts';
import type { Optics } from './optics.ts';

/** How subtomograms are simulated; every length in Å unless its name says otherwise. */
export interface SimulationSpec {
  /**
   * `fourier`: the rotated density times wedge and contrast transfer in 3D Fourier space (fast).
   * `projection`: a tilt series is projected, imaged and back-projected.
   */
  readonly model: 'fourier' | 'projection';
  /** Integer from 0 up; with class and index it decides a volume completely. */
  readonly seed: number;
  /** Variance of the signal over the variance of the noise in the finished volume; Infinity = none. */
  readonly snr: number;
  /**
   * Å: `snr` holds after a low-pass filter to this resolution, on average over orientations; null for
   * the whole box, most of whose frequencies a low-passed template leaves to the noise.
   */
  readonly snrBand: number | null;
  /** Share of the noise variance that enters before the contrast transfer (structural noise), 0 to 1. */
  readonly noiseBeforeCtf: number;
  /** Largest tilt, degrees; the series runs from -tilt to +tilt about the y axis. */
  readonly tilt: number;
  /** Degrees between projections. */
  readonly tiltStep: number;
  /** Largest displacement along each axis, Å. */
  readonly shift: number;
  /** Contrast transfer; null takes the density as it is, turned dark. */
  readonly ctf: Optics | null;
  /** Whether the detector's modulation transfer is applied. */
  readonly detector: boolean;
}

/** Beyond these the sum of signal and noise holds one of them only, in 32-bit floats. */
const [LEAST_SNR, MOST_SNR] = [1e-6, 1e6];

/**
 * Fills in the defaults and checks every value.
 *
 * @throws AppError 'bad-input' naming the value, what it is and what is accepted.
 */
export function resolveSpec(partial: Partial<SimulationSpec> = {}): SimulationSpec {
  const spec = { ...DEFAULT_SPEC, ...partial };
  need(spec.model === 'fourier' || spec.model === 'projection', 'model', spec.model, MODELS);
  need(
    Number.isSafeInteger(spec.seed) && spec.seed >= 0,
    'seed',
    spec.seed,
    'an integer from 0 up',
  );
  const { snr } = spec;
  need(
    snr === Number.POSITIVE_INFINITY || (snr >= LEAST_SNR && snr <= MOST_SNR),
    'SNR',
    snr,
    `a variance ratio above 0 (${LEAST_SNR} to ${MOST_SNR}), or inf for no noise`,
  );
  if (spec.snrBand !== null) within(spec.snrBand, 0.2, 1e5, 'band of the SNR', ' Å');
  within(spec.noiseBeforeCtf, 0, 1, 'share of noise before the CTF', '');
  within(spec.tilt, 1, 90, 'tilt', ' degrees');
  within(spec.tiltStep, 0.5, spec.tilt, 'tilt step', ' degrees');
  within(spec.shift, 0, 1000, 'shift', ' Å');
  if (spec.ctf) {
    within(spec.ctf.voltage, 20, 3000, 'voltage', ' kV');
    within(spec.ctf.sphericalAberration, 0, 20, 'spherical aberration', ' mm');
    within(spec.ctf.defocus, -50, 50, 'defocus', ' µm');
    within(spec.ctf.amplitudeContrast, 0, 1, 'amplitude contrast', '');
    within(spec.ctf.envelope, 0, 1e5, 'envelope B factor', ' Å^2');
  }
  return spec;
}

const MODELS = 'fourier or projection';

function need(ok: boolean, what: string, value: unknown, accepted: string): void {
  if (!ok) throw badInput(`The ${what} ${String(value)} is impossible; accepted: ${accepted}.`);
}

function within(value: number, low: number, high: number, what: string, unit: string): void {
  need(value >= low && value <= high, what, `${value}${unit}`, `${low} to ${high}${unit}`);
}
