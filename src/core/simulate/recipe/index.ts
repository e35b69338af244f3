export { BACKGROUNDS } from './backgrounds.ts';
export { CONDITIONS, EMPTY_CONDITIONS } from './conditions.ts';
export type { Imaging } from './fields.ts';
export { parseRecipe, type Recipe, RECIPES } from './recipe.ts';
export { createVariedSimulator, labelOf, OTHER, type VariedSimulator } from './varied.ts';
