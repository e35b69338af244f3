export { boxesOf, type Folding, type NetworkBox } from './boxes.ts';
export { gridOf } from './grids.ts';
export { BOX, layoutOf, type NetworkEdge, type NetworkLayout, type Point } from './layout.ts';
export type { NetworkNode } from './types.ts';
export { multiplications } from './work.ts';
export { findNodes, kindsOf, labelOf, titleOf } from './words.ts';
export { stripLayers } from './strip.ts';
