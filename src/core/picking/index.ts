export { boxAt } from './box.ts';
export {
  type ClassRoles,
  createJudge,
  type Decision,
  isBackground,
  type Judge,
  softmax,
} from './classes.ts';
export { isLocal, normalisedPart, type Scene } from './normalise.ts';
export { apart, type Found, localMaxima, suppress } from './peaks.ts';
export { type Agreement, agreement, type Labelled } from './truth.ts';
export {
  planWindows,
  windowCount,
  type WindowGrid,
  type WindowStats,
  windowStart,
  windowStats,
} from './windows.ts';
