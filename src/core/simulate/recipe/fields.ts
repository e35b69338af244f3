import { DEFAULT_SPEC } from '../defaults.ts';

/**
 * What is done about the contrast transfer: left as the microscope makes it, its sign turned where it is
 * reversed (phase flipping), or none, as after a full correction.
 */
export const CTF_KINDS = ['modulated', 'flipped', 'none'] as const;
export type CtfKind = (typeof CTF_KINDS)[number];

export interface NumberField {
  readonly least: number;
  readonly most: number;
  /** Without a row in the recipe. */
  readonly usual: number;
  readonly help: string;
  /** Whether "inf" is accepted. */
  readonly infinite?: true;
  /** Counted in whole numbers. */
  readonly whole?: true;
}

const { snr, noiseBeforeCtf, tilt, shift } = DEFAULT_SPEC;

/** What a recipe can vary from volume to volume, in the order in which it is drawn; lengths in Å. */
export const NUMBER_FIELDS = {
  snr: { least: 1e-6, most: 1e6, usual: snr, infinite: true, help: 'signal to noise, variances' },
  snrBand: { least: 0, most: 1e4, usual: 0, help: 'Å: low-pass under which snr holds, 0 for none' },
  noiseBeforeCtf: { least: 0, most: 1, usual: noiseBeforeCtf, help: 'share of the noise variance' },
  noiseColour: { least: 0, most: 10, usual: 0, help: 'fall of the noise with frequency, 0 white' },
  tilt: { least: 1, most: 90, usual: tilt, help: 'degrees: largest tilt, 90 without a wedge' },
  axis: { least: -180, most: 180, usual: 0, help: 'degrees: tilt axis from y towards x' },
  defocus: { least: -50, most: 50, usual: 5, help: 'µm underfocus' },
  amplitudeContrast: { least: 0, most: 1, usual: 0.1, help: 'share of amplitude contrast' },
  lowpass: { least: 0, most: 1e4, usual: 0, help: 'Å: low-pass of signal and noise, 0 for none' },
  shift: { least: 0, most: 1000, usual: shift, help: 'Å: largest displacement along each axis' },
  offset: { least: 0, most: 1000, usual: 0, help: 'Å: further displacement in some direction' },
  scale: { least: 0.5, most: 1.9, usual: 1, help: 'size, for an error of the voxel size' },
  averaged: {
    least: 1,
    most: 1000,
    usual: 1,
    whole: true,
    help: 'particles averaged in a common pose',
  },
  neighbours: { least: 0, most: 6, usual: 0, whole: true, help: 'further particles that touch it' },
} as const satisfies Readonly<Record<string, NumberField>>;

export type NumberFieldName = keyof typeof NUMBER_FIELDS;

/** What one volume is made with. */
export type Imaging = Readonly<Record<NumberFieldName, number>> & { readonly ctf: CtfKind };
