import type { CSSProperties } from 'react';
import type { EvaluationMethod } from '../../core/evaluation/index.ts';

/** Colour of each method in plots and legends, in both themes. */
export const METHOD_COLORS: Readonly<Record<EvaluationMethod, string>> = {
  respond: 'light-dark(#0a6f6c, #4cc2b4)',
  grad: 'light-dark(#b5510f, #f0a05a)',
  hirescam: 'light-dark(#6247aa, #b7a0f2)',
};

/** Gives what is inside an element its colour, as `--series`. */
export const seriesStyle = (color: string) => ({ '--series': color }) as CSSProperties;
