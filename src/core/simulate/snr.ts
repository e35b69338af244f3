import { snrGain } from './band.ts';
import { TEMPLATE_GRID } from './defaults.ts';
import type { SimulationSpec } from './spec.ts';
import { createSpectra } from './spectra.ts';
import type { Template } from './templates.ts';

/** One amount of noise, measured in two bands. */
export interface SnrFigures {
  /** Variance of the signal over that of the noise in the whole box. */
  readonly box: number | 'inf';
  /** The same after the low-pass filter of the templates, which their own density passed before. */
  readonly band: number | 'inf';
  /** Å, of that filter. */
  readonly resolution: number;
}

/**
 * SNR after the 40 Å low-pass over the SNR of the box: the mean of the bundled templates with the
 * default microscope (by class 9.9 to 13.5).
 */
export const BUNDLED_SNR_GAIN = 11.65;

/** SNR of real particles in subtomograms, in the same band. */
const REAL = '0.03 to 0.07';

/** For whom networks trained on the default simulation answer; every card says it. */
export const DOMAIN_SENTENCE =
  'Valid for particles centred to 1 nm along each axis, tilt series to ±60°, voxels of 1 nm and this spectrum of the noise; real noise, crowding and neighbours are not in it.';

/** The SNR of a specification in both bands: of these templates, their mean where classes differ. */
export function snrFigures(
  templates: readonly Template[],
  spec: SimulationSpec,
  resolution: number,
): SnrFigures {
  const { snr, snrBand } = spec;
  if (!Number.isFinite(snr)) return { box: 'inf', band: 'inf', resolution };
  const { shape, voxelSize } = (templates[0] as Template).volume;
  const spectra = createSpectra(shape[2], voxelSize[0], spec);
  const gains = (band: number) => templates.map(({ volume }) => snrGain(volume, spectra, band));
  const boxes = snrBand === null ? templates.map(() => snr) : gains(snrBand).map((g) => snr / g);
  const bands = gains(resolution).map((gain, i) => gain * boxes[i]);
  return { box: mean(boxes), band: mean(bands), resolution };
}

/** The figures of the bundled templates with the default microscope. */
export function bundledSnr(snr: number | 'inf'): SnrFigures {
  const { resolution } = TEMPLATE_GRID;
  return snr === 'inf'
    ? { box: snr, band: snr, resolution }
    : { box: snr, band: snr * BUNDLED_SNR_GAIN, resolution };
}

/** What an SNR means, wherever one stands. */
export function snrSentence({ box, band, resolution }: SnrFigures): string {
  if (box === 'inf' || band === 'inf') return 'No noise was added.';
  return `SNR ${rounded(box)} over the whole box is ${rounded(band)} after the templates' own ${resolution} Å low-pass; real particles have ${REAL} there.`;
}

/** Three digits. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function mean(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  return Number((sum / values.length).toPrecision(6));
}
