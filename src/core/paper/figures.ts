import { type CamMethod, METHODS } from '../cam/index.ts';
import { bundledSnr, snrSentence } from '../simulate/index.ts';

/** The four networks of the paper in the order of its Table 1, by the ids of the bundled ones. */
export const PAPER_NETWORKS = {
  'cnn-1-inf': 'CNN-1, noise-free',
  'cnn-2-inf': 'CNN-2, noise-free',
  'cnn-1-0.1': 'CNN-1, SNR 0.1',
  'cnn-2-0.1': 'CNN-2, SNR 0.1',
} as const;
export type PaperNetwork = keyof typeof PAPER_NETWORKS;

/** The heatmap of a panel; explained is the class that the sample truly is. */
export interface PanelMap {
  readonly network: PaperNetwork;
  readonly layer: string;
  readonly method: CamMethod;
}

export interface FigurePanel {
  /** Unique among all panels. */
  readonly id: string;
  readonly title: string;
  /** Id of a sample of the gallery, `public/samples/index.json`. */
  readonly sample: string;
  /** Null where the volume is shown alone. */
  readonly map: PanelMap | null;
}

/** Panels that are compared and turn together. */
export interface FigureRow {
  readonly id: string;
  readonly title: string;
  /** How near it is seen at first; at 1 the whole box is in view. */
  readonly zoom: number;
  readonly panels: readonly FigurePanel[];
}

export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly rows: readonly FigureRow[];
}

/** `public/samples` holds each class noise-free (`inf`) and at SNR 0.1 in the same pose. */
const CASES = [
  { structure: '1AON', title: 'GroEL–GroES' },
  { structure: '4V5A_70S', title: '70S ribosome' },
  { structure: '4CR2', title: '26S proteasome (half core)' },
] as const;

const COLUMNS: readonly {
  readonly key: string;
  readonly title: string;
  readonly snr: 'inf' | '0.1';
  readonly map: PanelMap | null;
}[] = [
  { key: 'object', title: 'Object', snr: 'inf', map: null },
  { key: 'noisy', title: 'Noisy input', snr: '0.1', map: null },
  ...(['cnn-1-0.1', 'cnn-2-0.1'] as const).flatMap((network) =>
    (['grad', 'respond'] as const).map((method) => ({
      key: `${network}-${method}`,
      title: `${network.slice(0, 5).toUpperCase()} ${METHODS[method].name}`,
      snr: '0.1' as const,
      map: { network, layer: 'maxpool2', method },
    })),
  ),
];

const FIGURE_3: Figure = {
  id: 'figure-3',
  title: 'Figure 3',
  caption: `Three macromolecular complexes at SNR 0.1, explained for their true class at the last layer before the classifier, maxpool2. Object: the same complex in the same pose without noise. Under each surface all z-slices. ${snrSentence(bundledSnr(0.1))}`,
  rows: CASES.map(({ structure, title }) => ({
    id: `figure-3-${structure}`,
    title,
    zoom: 1,
    panels: COLUMNS.map(({ key, title: column, snr, map }) => ({
      id: `figure-3-${structure}-${key}`,
      title: column,
      sample: `${structure}-${snr}`,
      map,
    })),
  })),
};

const LAYERS = ['input', 'conv1', 'conv2', 'maxpool1', 'conv3', 'conv4', 'maxpool2'] as const;

const FIGURE_4: Figure = {
  id: 'figure-4',
  title: 'Figure 4',
  caption:
    'Respond-CAM of one noise-free subtomogram at each layer of CNN-1, from the input to the last layer before the classifier. At the input, which has one channel, Respond-CAM is the density times one number; the z-scored density adds up to 0, so that number is not defined and gradient times input is shown.',
  rows: [
    {
      id: 'figure-4-1AON',
      title: 'GroEL–GroES',
      zoom: 1.6,
      panels: LAYERS.map((layer) => ({
        id: `figure-4-${layer}`,
        title: layer,
        sample: '1AON-inf',
        map: { network: 'cnn-1-inf', layer, method: 'respond' },
      })),
    },
  ],
};

/** The figures of Zhao et al., MICCAI 2018, that the page and `npm run paper` draw. */
export const PAPER_FIGURES: readonly Figure[] = [FIGURE_3, FIGURE_4];

/** Contours of a map divided by its largest magnitude (Figure 3). */
export const PAPER_LEVELS = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
/** Share of the volume's minimum at which its isosurface is drawn (Figure 3). */
export const PAPER_DENSITY_LEVEL = 0.3;
