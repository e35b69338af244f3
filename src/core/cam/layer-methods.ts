import type { ChannelSums, Recipe } from './recipe.ts';
import { type MethodText, SCORE_PER_VOXEL } from './text.ts';
import type { LayerMethod } from './types.ts';

/** A method that combines a layer's activations A and the gradient g of the score. */
export interface LayerRow extends MethodText {
  readonly at: 'layer';
  recipe(sums: ChannelSums): Recipe;
  /** Whether it is defined only where averages of the layer over the box, and nothing else, make the scores. */
  readonly ofAverages: boolean;
}

const respond = ({ ag, stats }: ChannelSums): Recipe => ({
  weights: ag.map((sum, l) => (stats.unsafe[l] ? 0 : sum / stats.sum[l])),
  ...(stats.unsafeChannels > 0 && { products: stats.unsafe }),
});

const grad = ({ g, voxels }: ChannelSums): Recipe => ({ weights: g.map((sum) => sum / voxels) });

export const LAYER_ROWS: Readonly<Record<LayerMethod, LayerRow>> = {
  respond: {
    at: 'layer',
    name: 'Respond-CAM',
    short: 'Resp.',
    about:
      'Respond-CAM weights each feature map by the gradient where the map is active, so the heatmap adds up to the part of the class score that comes through this layer (Zhao et al., MICCAI 2018).',
    formula:
      'L = Σ_l α_l A_l with α_l = Σ_v A_l g_l / Σ_v (A_l + 1e-10); g A instead in channels whose sum does not determine α',
    source: 'Zhao et al., Respond-CAM, MICCAI 2018, eq. 1 and 2',
    unit: SCORE_PER_VOXEL,
    keepsSum: true,
    ofAverages: false,
    recipe: respond,
  },
  grad: {
    at: 'layer',
    name: 'Grad-CAM',
    short: 'Grad',
    about:
      'Grad-CAM weights each feature map by its mean gradient over the whole box; its heatmap need not add up to the score, and its sign can turn.',
    formula: 'L = Σ_l α_l A_l with α_l = mean_v g_l; no ReLU: the sign is kept',
    source: 'Selvaraju et al., Grad-CAM, ICCV 2017, eq. 1 and 2 without the ReLU',
    unit: SCORE_PER_VOXEL,
    keepsSum: false,
    ofAverages: false,
    recipe: grad,
  },
  hirescam: {
    at: 'layer',
    name: 'HiResCAM',
    short: 'HiRes',
    about:
      'HiResCAM multiplies gradient and activation voxel by voxel; it adds up like Respond-CAM but keeps local detail.',
    formula: 'L = Σ_l g_l A_l, voxel by voxel; no ReLU',
    source: 'Draelos and Carin, HiResCAM, arXiv 2011.08891',
    unit: SCORE_PER_VOXEL,
    keepsSum: true,
    ofAverages: false,
    recipe: () => ({ products: 'all' }),
  },
  xgrad: {
    at: 'layer',
    name: 'XGrad-CAM',
    short: 'XGrad',
    about: 'XGrad-CAM is Respond-CAM with its negative values set to zero.',
    formula: 'L = max(Respond-CAM, 0)',
    source: 'Fu et al., Axiom-based Grad-CAM, BMVC 2020; clipped as in their code',
    unit: SCORE_PER_VOXEL,
    keepsSum: false,
    ofAverages: false,
    recipe: (sums) => ({ ...respond(sums), clipped: true }),
  },
  gradpp: {
    at: 'layer',
    name: 'Grad-CAM++',
    short: 'Gr.++',
    about:
      'Grad-CAM++ weights each feature map by its positive gradients, the less the more the map holds, and drops what is negative; made for ReLU layers, its heatmap need not add up to the score.',
    formula:
      'L = max(Σ_l w_l A_l, 0) with w_l = Σ_v a max(g_l, 0), a = g_l² / (2 g_l² + g_l³ Σ_v A_l); the factor exp(score) of the paper, common to all voxels, is left out: it overflows',
    source: 'Chattopadhay et al., Grad-CAM++, WACV 2018, eq. 5 and 19',
    unit: SCORE_PER_VOXEL,
    keepsSum: false,
    ofAverages: false,
    recipe: ({ sumOver, stats: { sum } }) => ({
      weights: sumOver((g, l) => (g > 0 ? g / (2 + g * sum[l]) : 0)),
      clipped: true,
    }),
  },
  layercam: {
    at: 'layer',
    name: 'LayerCAM',
    short: 'Layer',
    about:
      'LayerCAM multiplies activation and positive gradient voxel by voxel and drops what speaks against the class.',
    formula: 'L = max(Σ_l max(g_l, 0) A_l, 0), voxel by voxel',
    source: 'Jiang et al., LayerCAM, IEEE TIP 2021, eq. 6 to 8',
    unit: SCORE_PER_VOXEL,
    keepsSum: false,
    ofAverages: false,
    recipe: () => ({ products: 'positive', clipped: true }),
  },
  cam: {
    at: 'layer',
    name: 'CAM',
    short: 'CAM',
    about:
      "CAM weights each feature map by the class's weight for its average; defined only where such averages and one linear layer make the scores, and there the same as Grad-CAM, Respond-CAM and HiResCAM.",
    formula: 'L = Σ_l (w_l / voxels) A_l with w_l the weight of the average of A_l in the score',
    source: 'Zhou et al., CAM, CVPR 2016, eq. 2; averages instead of their sums',
    unit: SCORE_PER_VOXEL,
    keepsSum: true,
    ofAverages: true,
    recipe: grad,
  },
};
