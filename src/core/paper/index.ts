export {
  type Figure,
  type FigurePanel,
  type FigureRow,
  PAPER_DENSITY_LEVEL,
  PAPER_FIGURES,
  PAPER_LEVELS,
  PAPER_NETWORKS,
  type PanelMap,
  type PaperNetwork,
} from './figures.ts';
export { byPeak } from './normalise.ts';
export { type PaperQuestion, panelsOf, questionsOf } from './questions.ts';
export {
  accuracyText,
  type MeasuredRow,
  measuredRow,
  publishedOf,
  spreadText,
  TABLE_1_FACTS,
  TABLE_1_LINES,
  type Table1Row,
  table1Markdown,
  table1Rows,
} from './table1.ts';
