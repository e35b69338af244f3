export { largestComponent } from './components.ts';
export { coverage } from './coverage.ts';
export {
  maskedParticle,
  type Particle,
  PARTICLE_LEVEL,
  type ParticleLevel,
  particleOf,
} from './particle.ts';
export { smooth } from './smooth.ts';
export { HELD_LEVEL, type Peak, type SignedWhere, type Where, whereIs } from './where.ts';
export {
  directionOf,
  gridParts,
  gridPhrase,
  insidePhrase,
  layerGrid,
  lengthIn,
  peakPhrase,
  placeOf,
  shareText,
} from './words.ts';
