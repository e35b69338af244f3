/** The microscope: everything that shapes the contrast transfer function. */
export interface Optics {
  /** Acceleration voltage, kV. */
  readonly voltage: number;
  /** Spherical aberration Cs, mm. */
  readonly sphericalAberration: number;
  /** Defocus, µm; positive is underfocus, as in practice. */
  readonly defocus: number;
  /** Fraction of amplitude contrast, 0 to 1. */
  readonly amplitudeContrast: number;
  /** B factor of the envelope `exp(-B k^2 / 4)`, Å^2. */
  readonly envelope: number;
}

/** Relativistic electron wavelength in Å at a voltage in kV. */
export function electronWavelength(voltage: number): number {
  const volts = voltage * 1000;
  return 12.2642594 / Math.sqrt(volts * (1 + 0.978475598e-6 * volts));
}

/**
 * Contrast transfer function at spatial frequency `k` in 1/Å:
 * `-sin(chi + asin A) exp(-B k^2 / 4)` with `chi = pi lambda dz k^2 - (pi / 2) Cs lambda^3 k^4`
 * (Reimer, Transmission Electron Microscopy, with the amplitude contrast as a constant phase).
 * Negative at low frequencies in underfocus: a molecule denser than the ice is dark.
 */
export function contrastTransfer(k: number, optics: Optics): number {
  const lambda = electronWavelength(optics.voltage);
  const k2 = k * k;
  const defocus = optics.defocus * 1e4;
  const cs = optics.sphericalAberration * 1e7;
  const chi = Math.PI * lambda * k2 * (defocus - 0.5 * cs * lambda * lambda * k2);
  const phase = chi + Math.asin(optics.amplitudeContrast);
  return -Math.sin(phase) * Math.exp((-optics.envelope * k2) / 4);
}

/**
 * Modulation transfer of a detector, `sinc(pi w / 2)` with `w` the fraction of Nyquist
 * (McMullan et al. 2009: the pixel's own aperture); 0.64 at Nyquist.
 */
export function detectorTransfer(fractionOfNyquist: number): number {
  const x = (Math.PI * fractionOfNyquist) / 2;
  return x < 1e-8 ? 1 : Math.sin(x) / x;
}
