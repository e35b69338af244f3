/**
 * The application's stores. Views read them with `useStore(store, select)` of zustand and change
 * them through `actions`; `displayStore` is what the three columns show, computed from the others.
 */
import { AppError } from '../core/errors.ts';
import { createAppStores } from './stores.ts';
import type { ModelInfo } from '../engine/types.ts';
import type { Services } from './types.ts';

let configured: Services | null = null;

const app = createAppStores(() => {
  if (!configured) throw new AppError('internal', 'The stores were used before configureStores().');
  return configured;
});

/** Gives the stores what they need of the outside world; called once at the start. */
export function configureStores(services: Services): void {
  configured = services;
}

export const volumesStore = app.volumes;
export const networkStore = app.network;
export const explainStore = app.explain;
export const viewStore = app.view;
export const engineStore = app.engine;
export const evaluationStore = app.evaluation;
export const noticesStore = app.notices;
export const paperStore = app.paper;
export const whatIfStore = app.whatIf;
export const mapTestsStore = app.mapTests;
export const occlusionStore = app.occlusion;
export const walkStore = app.walk;
export const layerStripStore = app.layerStrip;
export const segmentationStore = app.segmentation;
export const particlesStore = app.particles;
export const sessionStore = app.session;
export const structureStore = app.structure;
export const displayStore = app.display;
export const historyStore = app.history.store;
export const { undo, redo } = app.history;
export const actions = app.actions;

export {
  type Aim,
  ballAt,
  FIRST_RADIUS,
  isAveraged,
  kindsOf,
  outputOf,
  targetKindOf,
} from './aim.ts';
export type { DeepLink } from './actions/deepLink.ts';
export {
  basisOf,
  columnOf,
  hasMap,
  headerColumns,
  mapColumns,
  type Scale,
  scaleOf,
  shownBasis,
} from './display.ts';
export type { EngineState } from './engine.ts';
export type { SetKind } from './evaluation.ts';
export {
  type Answer,
  currentLedger,
  EAGER_METHODS,
  mapIn,
  shownClass,
  shownLayer,
  shownResult,
  spatial,
} from './explain.ts';
export {
  type NetworkState,
  networkFile,
  networkForParticles,
  networkForSample,
} from './network.ts';
export type { NetworkProgress, PaperAnswer, PaperState } from './paper.ts';
export {
  imagesObstacle,
  isPicture,
  takesPhotographs,
  nanometres,
  networkBox,
  ownGrid,
  possibleFits,
  type Prepared,
  size,
  voxelSizeRemark,
} from './prepare.ts';
export {
  isDense,
  isLarger,
  labelName,
  labelsGrid,
  type Picked,
  pickedAt,
  placeInside,
  placeOf,
  type SegmentedVolume,
  voxelIn,
} from './segmentation.ts';
export {
  boxSourceOf,
  type ClassMean,
  classNameOf,
  particleColor,
  hasTruth,
  isSelected,
  judge,
  listedClassOf,
  type ParticleFilter,
  type ParticleOrder,
  type ParticlesState,
  placeOfParticle,
  rangedOrder,
  type TomogramLook,
} from './particles.ts';
export type {
  PlacedFile,
  ProjectedParticle,
  ThumbnailsRequest,
  TomogramInfo,
  Tomograms,
} from './tomograms.ts';
export {
  PANEL_PRESETS,
  type PanelPreset,
  type PanelPresetId,
  type PresetSources,
} from './panelPresets.ts';
export {
  type AddressState,
  addressObstacle,
  addressOf,
  readAddress,
} from './session/address.ts';
export {
  type OpenedSession,
  type Session,
  type SessionFile,
  type SessionVolume,
  sessionSchema,
  sessionToJson,
} from './session/document.ts';
export {
  packSession,
  SESSION_CHUNK,
  SESSION_ENDING,
  sessionsAmong,
} from './session/file.ts';
export { type TakenSession, volumeId } from './session/take.ts';
export { statsOf } from './stats.ts';
export type { Hidden, Occluded } from './actions/occlude.ts';
export { type BrushTip, type OcclusionTry, type Painted, paintedOn } from './occlusion.ts';
export { type Walk, walkSubject } from './actions/walk.ts';
export { stripSubject } from './actions/layerStrip.ts';
export { whatIfKey } from './actions/whatIf.ts';
export { simulatedPose, turnedPose } from './actions/structure.ts';
export { CENTRED, STRUCTURE_LOOKS, type StructureLook, type StructurePose } from './structure.ts';
export type * from './types.ts';
export { INPUT_COLUMN } from './types.ts';
export type { ModelInfo } from '../engine/types.ts';
export type LayoutName = NonNullable<ModelInfo['inputDeclared']['layout']>;
export { linkPanel, lookOf, setLook } from './look.ts';
export * from './view.ts';
export * from './viewChoices.ts';
export {
  currentVolume,
  type InputOptions,
  optionsOf,
  type VolumesState,
  wholeOf,
} from './volumes.ts';
