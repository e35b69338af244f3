export type { ParticleFile } from './formats/format.ts';
export {
  isListName,
  PARTICLE_FORMATS,
  PARTICLE_LABELS_TEXT,
  particleFormatOf,
  readParticles,
} from './formats/table.ts';
export { makerOf, readPicks, selectPicks } from './formats/copick.ts';
export {
  type CopickPicks,
  type CopickRun,
  copickRuns,
  isTruthName,
  sharedOut,
  takenText,
} from './copick-project.ts';
export { type ReadBox, readBox, rotationAt } from './boxes.ts';
export { type ListedImages, namesImages, readImages } from './images.ts';
export { type BoxPlan, cutBox, type ParticleBox, planBox } from './extract.ts';
export type { Matrix3 } from './rotation.ts';
export {
  correctTransfer,
  transferSize,
  type TransferVolume,
} from './transfer.ts';
export { tomogramsNamedAs } from './formats/relion-tomograms.ts';
export { readColumns, readStar } from './star.ts';
export {
  frameText,
  type PlacedParticles,
  placeParticles,
  placing,
  tomogramFile,
  tomogramIn,
} from './place.ts';
export { ordering } from './order.ts';
export { type Matches, matching, matchPoints } from './match.ts';
export type {
  CoordinateFrame,
  ListedTomogram,
  NumberedBoxes,
  ParticleFormatId,
  ParticleList,
  TomogramGrid,
} from './types.ts';
export {
  type NewParticles,
  PARTICLE_WRITERS,
  WRITTEN_FORMATS,
  type WrittenFile,
} from './write.ts';
