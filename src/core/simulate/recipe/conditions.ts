import { DEFAULT_SPEC } from '../defaults.ts';
import type { SimulationSpec } from '../spec.ts';
import type { Recipe } from './recipe.ts';

/** One way in which volumes differ from those that the networks of the paper were trained on. */
export interface Condition {
  readonly id: string;
  readonly title: string;
  /** How the complexes are drawn; `spec` by another simulator than the one that recipes use. */
  readonly drawing: { readonly recipe: Recipe } | { readonly spec: Partial<SimulationSpec> };
}

/** Whatever a row does not change: the simulation of the paper's noisy sets. */
const USUAL: Recipe = { snr: 0.1 };

const row = (id: string, title: string, change: Recipe = {}): Condition => ({
  id,
  title,
  drawing: { recipe: { ...USUAL, ...change } },
});

/** Where a network should still know the complexes. */
export const CONDITIONS: readonly Condition[] = [
  row('usual', 'as in the noisy sets of the paper (SNR 0.1)'),
  row('clean', 'without noise', { snr: Number.POSITIVE_INFINITY }),
  row('snr-0.5', 'SNR 0.5', { snr: 0.5 }),
  row('snr-0.05', 'SNR 0.05', { snr: 0.05 }),
  row('snr-0.02', 'SNR 0.02', { snr: 0.02 }),
  row('shift', '2 voxels off centre', { shift: 0, offset: 20 }),
  row('far', '3.5 voxels off centre, as far as 2 along each axis', { shift: 0, offset: 34.6 }),
  row('size', '5% larger or smaller', {
    scale: {
      mix: [
        [1, 0.95],
        [1, 1.05],
      ],
    },
  }),
  row('tilt', 'tilt range ±40° in place of ±60°', { tilt: 40 }),
  row('axis', 'tilt axis along x in place of y', { axis: 90 }),
  row('no-ctf', 'without contrast transfer', { ctf: 'none' }),
  row('flipped', 'phases flipped', { ctf: 'flipped' }),
  row('defocus', 'defocus 2.5 µm in place of 5', { defocus: 2.5 }),
  row('neighbour', 'another particle touches it', { neighbours: 1 }),
  row('colour', 'noise that falls as 1/k², more of it in the band', { noiseColour: 2 }),
  {
    id: 'projected',
    title: 'simulated tilt by tilt, noise before the contrast transfer only',
    drawing: { spec: { ...DEFAULT_SPEC, model: 'projection', snr: 0.1, noiseBeforeCtf: 1 } },
  },
];

/** Where there is no complex, by the kind of background. */
export const EMPTY_CONDITIONS: Recipe = { ...USUAL, background: true };
