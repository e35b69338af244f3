import { ITSELF, NOISE_LEVEL, NOISY, PATH, type Points } from './points.ts';
import { type MethodText, SCORE_PER_VOXEL } from './text.ts';
import type { InputMethod } from './types.ts';

/** A gradient of the score for the input, averaged over points. */
export interface InputGradient {
  /** How rectifiers hand a gradient on. */
  readonly rectifiers: 'plain' | 'guided' | 'deconvnet';
  readonly points: Points;
  /** Whether statistics of normalisations are frozen where nothing else is asked for, so that the sum is kept. */
  readonly frozen: boolean;
}

interface InputText extends MethodText {
  readonly at: 'input';
}

export interface GradientRow extends InputText {
  readonly kind: 'gradient';
  readonly gradient: InputGradient;
  /** Whether the map is the gradient times the input; both are summed over channels. */
  readonly timesInput: boolean;
}

export interface OcclusionRow extends InputText {
  readonly kind: 'occlusion';
}

export type InputRow = GradientRow | OcclusionRow;

const SLOPE = 'class score per unit of the input';

export const GUIDED: InputGradient = { rectifiers: 'guided', points: ITSELF, frozen: false };

export const INPUT_ROWS: Readonly<Record<InputMethod, InputRow>> = {
  gradient: {
    at: 'input',
    kind: 'gradient',
    name: 'Gradient',
    short: '∇',
    about:
      'The gradient of the score for each voxel of the input: where a small change would change the score most, not what made it.',
    formula: 'L = Σ_l g_l; signed, where the paper takes max_l |g_l|',
    source: 'Simonyan et al., Deep Inside Convolutional Networks, ICLR 2014 workshop, section 3',
    unit: SLOPE,
    keepsSum: false,
    gradient: { rectifiers: 'plain', points: ITSELF, frozen: false },
    timesInput: false,
  },
  'gradient-input': {
    at: 'input',
    kind: 'gradient',
    name: 'Gradient × input',
    short: '∇ × x',
    about:
      'Gradient times input, voxel by voxel: what HiResCAM is at the input layer; it adds up to the score without what biases add.',
    formula: 'L = Σ_l g_l x_l',
    source: 'Shrikumar et al., Not Just a Black Box, arXiv 1605.01713',
    unit: SCORE_PER_VOXEL,
    keepsSum: true,
    gradient: { rectifiers: 'plain', points: ITSELF, frozen: true },
    timesInput: true,
  },
  integrated: {
    at: 'input',
    kind: 'gradient',
    name: 'Integrated gradients',
    short: 'Integ.',
    about:
      'Input times its mean gradient on the way from a volume of zeros to the input; adds up to the score less that of zeros, nearly: the way is cut into steps.',
    formula: `L = Σ_l x_l mean_k g_l(t_k x) with t_k = (k + 1/2) / ${PATH.count}, k from 0 to ${PATH.count - 1}`,
    source: 'Sundararajan et al., Axiomatic Attribution, ICML 2017, eq. 1 and 3',
    unit: SCORE_PER_VOXEL,
    keepsSum: false,
    gradient: { rectifiers: 'plain', points: PATH, frozen: false },
    timesInput: true,
  },
  smoothgrad: {
    at: 'input',
    kind: 'gradient',
    name: 'SmoothGrad',
    short: 'Smth.',
    about:
      'The mean gradient for the input with noise added many times: what of the gradient does not hang on single voxels.',
    formula: `L = Σ_l mean_k g_l(x + n_k), k from 1 to ${NOISY.count}, n normal with ${NOISE_LEVEL} (max x - min x) as deviation, the same in every run`,
    source: 'Smilkov et al., SmoothGrad, arXiv 1706.03825',
    unit: SLOPE,
    keepsSum: false,
    gradient: { rectifiers: 'plain', points: NOISY, frozen: false },
    timesInput: false,
  },
  guided: {
    at: 'input',
    kind: 'gradient',
    name: 'Guided backpropagation',
    short: 'Guid.',
    about:
      'The gradient for the input, of which ReLUs hand on only what is positive: sharp, but nearly the same for all classes and weights (Adebayo et al. 2018).',
    formula: 'L = Σ_l g_l, where a ReLU hands on max(dy, 0) where its input is above 0',
    source: 'Springenberg et al., Striving for Simplicity, ICLR 2015 workshop, section 3.4',
    unit: SLOPE,
    keepsSum: false,
    gradient: GUIDED,
    timesInput: false,
  },
  deconvnet: {
    at: 'input',
    kind: 'gradient',
    name: 'Deconvnet',
    short: 'Deco.',
    about:
      'The gradient for the input, of which ReLUs hand on what is positive whatever their input was.',
    formula: 'L = Σ_l g_l, where a ReLU hands on max(dy, 0)',
    source: 'Zeiler and Fergus, Visualizing Convolutional Networks, ECCV 2014, section 2.1',
    unit: SLOPE,
    keepsSum: false,
    gradient: { rectifiers: 'deconvnet', points: ITSELF, frozen: false },
    timesInput: false,
  },
  occlusion: {
    at: 'input',
    kind: 'occlusion',
    name: 'Occlusion sensitivity',
    short: 'Occl.',
    about:
      'What the score loses when a box of the input is replaced by the mean, for boxes of a fifth of the volume, averaged at each voxel: no gradient, but hundreds of runs of the network.',
    formula:
      'L(v) = mean over boxes around v of y(x) - y(x with the mean of x in the box); boxes of 1/5 of each axis, half an edge apart',
    source: 'Zeiler and Fergus, Visualizing Convolutional Networks, ECCV 2014, section 4.2',
    unit: 'class score lost',
    keepsSum: false,
  },
};
