import type { SimulationSpec } from './spec.ts';

/** The grid of the bundled templates and of everything simulated from them (paper: 40^3 at 1 nm, 4 nm). */
export const TEMPLATE_GRID = { voxelSize: 10, resolution: 40, box: 40 } as const;

/**
 * The simulation of the training set, the test set and the sample gallery: tilt series of -60..60
 * degrees in steps of 3, 300 kV, 5 µm underfocus, detector transfer, dark density.
 */
export const DEFAULT_SPEC: SimulationSpec = {
  model: 'fourier',
  seed: 1,
  snr: Number.POSITIVE_INFINITY,
  snrBand: null,
  noiseBeforeCtf: 0.5,
  tilt: 60,
  tiltStep: 3,
  shift: 10,
  ctf: {
    voltage: 300,
    sphericalAberration: 2.7,
    defocus: 5,
    amplitudeContrast: 0.1,
    envelope: 0,
  },
  detector: true,
};

/** Held-out volumes come from other seeds, so that no pose or noise of one set is in another. */
export const SEEDS = { train: 1, test: 2, samples: 3 } as const;

/** Items of one class and epoch; item `i` of epoch `e` has index `e * ITEMS_PER_EPOCH + i`. */
export const ITEMS_PER_EPOCH = 1000;

/** Index of a training volume: fresh poses and noise in every epoch. */
export function trainingIndex(epoch: number, item: number): number {
  return epoch * ITEMS_PER_EPOCH + item;
}
