export {
  type DatasetIndex,
  type DatasetItem,
  jsonSpec,
  parseSnr,
  type SampleEntry,
  type Split,
  splitOf,
} from './dataset.ts';
export { DEFAULT_SPEC, ITEMS_PER_EPOCH, SEEDS, TEMPLATE_GRID, trainingIndex } from './defaults.ts';
export { holdsSubtomogram, subtomogramBytes, subtomogramFile } from './file.ts';
export { sampleList, templateList } from './lists.ts';
export type { Optics } from './optics.ts';
export {
  BACKGROUNDS,
  CONDITIONS,
  createVariedSimulator,
  EMPTY_CONDITIONS,
  type Imaging,
  labelOf,
  OTHER,
  parseRecipe,
  type Recipe,
  RECIPES,
  type VariedSimulator,
} from './recipe/index.ts';
export { type Pose, type Quaternion, rotationMatrix } from './rotation.ts';
export { createSimulator, type Simulator } from './simulator.ts';
export { bundledSnr, DOMAIN_SENTENCE, type SnrFigures, snrFigures, snrSentence } from './snr.ts';
export { resolveSpec, type SimulationSpec } from './spec.ts';
export {
  readTemplates,
  type Template,
  type TemplateEntry,
  type TemplateIndex,
} from './templates.ts';
export {
  simulateTomogram,
  type SyntheticTomogram,
  type TomogramSpec,
} from './tomogram/index.ts';
