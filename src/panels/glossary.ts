import { eachMethod } from '../core/cam/index.ts';
import { bundledSnr, DOMAIN_SENTENCE, snrSentence } from '../core/simulate/index.ts';

export const METHOD_NAMES = eachMethod(({ name }) => name);

/** For the heads of narrow columns. */
export const SHORT_NAMES = eachMethod(({ short }) => short);

/** One sentence of science for each term that the page uses. */
export const GLOSSARY = {
  ...eachMethod(({ about }) => about),
  score: "The network's output for a class before the softmax; what every heatmap explains.",
  cosineSimilarity:
    'Likeness of the two heatmaps, from 1 (the same places with the same signs) through 0 (unrelated) to −1 (opposite signs); the strength of the maps does not matter.',
  probability: 'The score after the softmax: all classes add up to 1.',
  sum: 'The sum of the heatmap over all voxels of the layer. The closer it is to the score, the more of the score the heatmap accounts for.',
  ledger:
    'Where the score comes from: what reaches it through this layer (the heatmap), what goes around it through skip connections, what the biases of later layers add, and what none of them explains. For ReLU networks the residual is zero.',
  l1: 'L1 is the distance between heatmap sums and scores, averaged over all classes (Table 1 of the paper); 0 is best.',
  tau: "Kendall's τ says whether heatmap sums rank the classes as the scores do: 1 the same order, −1 the reverse (Table 1 of the paper).",
  statistics:
    'Instance, group, layer and RMS norms divide by a statistic of their own input, so the gradient in front of them adds up to nothing. Frozen takes mean and variance as constants, and the heatmap and the biases add up to the score; plain is the gradient as it is.',
  whatIf:
    'Wrong contrast, wrong voxel size and missing normalisation are the usual reasons for a strange answer. Each is tried, and what would change the answer is listed.',
  kappa:
    'κ of a channel is Σ|A| / |ΣA|: 1 when its activations have one sign. Where they cancel, κ is large and the weight of Respond-CAM is ill-defined.',
  layer:
    'The layer whose feature maps are explained. Later layers are coarser but closer to the decision; the paper uses the last one before the classifier.',
  snr: `Signal-to-noise ratio of the simulated subtomogram: the variance of the signal over that of the noise. ${snrSentence(bundledSnr(0.1))} ${DOMAIN_SENTENCE}`,
  wedge:
    'The microscope cannot tilt the sample beyond about ±60°, so a wedge of directions is missing and subtomograms are smeared along the beam (z).',
  percent: 'Percent of the largest magnitude on the colour scale.',
  sigma: 'Multiples of the standard deviation of the heatmap.',
  mass: 'Percent of the heatmap, all its magnitudes added up, that lies beyond the level.',
  absolute: "Raw units of the heatmap: the class's score per voxel.",
} as const;

export type Topic = keyof typeof GLOSSARY;
