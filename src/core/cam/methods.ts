import type { ChannelSums, Recipe } from './recipe.ts';
import { CAM_METHODS, type CamMethod } from './types.ts';

/** All that the program knows of a method. */
export interface MethodRow {
  readonly name: string;
  /** For the heads of narrow columns. */
  readonly short: string;
  /** One sentence: what the map shows. */
  readonly about: string;
  /** Of the map L; A: activations, g: gradient of the score, l: channel, v: voxel. */
  readonly formula: string;
  readonly source: string;
  /** Whether the map adds up to the part of the score that comes through the layer. */
  readonly keepsSum: boolean;
  recipe(sums: ChannelSums): Recipe;
}

const respond = ({ ag, stats }: ChannelSums): Recipe => ({
  weights: ag.map((sum, l) => (stats.unsafe[l] ? 0 : sum / stats.sum[l])),
  ...(stats.unsafeChannels > 0 && { products: stats.unsafe }),
});

export const METHODS: Readonly<Record<CamMethod, MethodRow>> = {
  respond: {
    name: 'Respond-CAM',
    short: 'Resp.',
    about:
      'Respond-CAM weights each feature map by the gradient where the map is active, so the heatmap adds up to the part of the class score that comes through this layer (Zhao et al., MICCAI 2018).',
    formula:
      'L = Σ_l α_l A_l with α_l = Σ_v A_l g_l / Σ_v (A_l + 1e-10); g A instead in channels whose sum does not determine α',
    source: 'Zhao et al., Respond-CAM, MICCAI 2018, eq. 1 and 2',
    keepsSum: true,
    recipe: respond,
  },
  grad: {
    name: 'Grad-CAM',
    short: 'Grad',
    about:
      'Grad-CAM weights each feature map by its mean gradient over the whole box; its heatmap need not add up to the score, and its sign can turn.',
    formula: 'L = Σ_l α_l A_l with α_l = mean_v g_l; no ReLU: the sign is kept',
    source: 'Selvaraju et al., Grad-CAM, ICCV 2017, eq. 1 and 2 without the ReLU',
    keepsSum: false,
    recipe: ({ g, voxels }) => ({ weights: g.map((sum) => sum / voxels) }),
  },
  hirescam: {
    name: 'HiResCAM',
    short: 'HiRes',
    about:
      'HiResCAM multiplies gradient and activation voxel by voxel; it adds up like Respond-CAM but keeps local detail.',
    formula: 'L = Σ_l g_l A_l, voxel by voxel; no ReLU',
    source: 'Draelos and Carin, HiResCAM, arXiv 2011.08891',
    keepsSum: true,
    recipe: () => ({ products: 'all' }),
  },
  xgrad: {
    name: 'XGrad-CAM',
    short: 'XGrad',
    about: 'XGrad-CAM is Respond-CAM with its negative values set to zero.',
    formula: 'L = max(Respond-CAM, 0)',
    source: 'Fu et al., Axiom-based Grad-CAM, BMVC 2020; clipped as in their code',
    keepsSum: false,
    recipe: (sums) => ({ ...respond(sums), clipped: true }),
  },
};

/** One text for each method, e.g. its name. */
export function eachMethod<T>(of: (row: MethodRow) => T): Readonly<Record<CamMethod, T>> {
  return Object.fromEntries(
    CAM_METHODS.map((method) => [method, of(METHODS[method])]),
  ) as unknown as Record<CamMethod, T>;
}
