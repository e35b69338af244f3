import type { Figure, FigurePanel, PanelMap, PaperNetwork } from './figures.ts';

/** What one network is asked about one sample, and the panels that show the answers. */
export interface PaperQuestion {
  readonly sample: string;
  readonly layers: readonly string[];
  readonly methods: readonly PanelMap['method'][];
  readonly panels: readonly (FigurePanel & { readonly map: PanelMap })[];
}

/** One network after the other, each with all that it is asked, in the order of the figures. */
export function questionsOf(figures: readonly Figure[]): Map<PaperNetwork, PaperQuestion[]> {
  const found = new Map<PaperNetwork, PaperQuestion[]>();
  for (const panel of panelsOf(figures)) {
    const { sample, map } = panel;
    if (!map) continue;
    const questions = found.get(map.network) ?? [];
    found.set(map.network, questions);
    const at = questions.findIndex((question) => question.sample === sample);
    const before = questions[at] ?? { sample, layers: [], methods: [], panels: [] };
    const question: PaperQuestion = {
      sample,
      layers: [...new Set([...before.layers, map.layer])],
      methods: [...new Set([...before.methods, map.method])],
      panels: [...before.panels, { ...panel, map }],
    };
    questions.splice(at < 0 ? questions.length : at, 1, question);
  }
  return found;
}

export function panelsOf(figures: readonly Figure[]): FigurePanel[] {
  return figures.flatMap(({ rows }) => rows.flatMap(({ panels }) => panels));
}
