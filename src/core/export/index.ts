export { type ChimeraMap, type ChimeraSurface, writeChimeraX } from './chimerax.ts';
export { writeGlb } from './glb.ts';
export { writeStl } from './stl.ts';
export type { NamedSurface } from './types.ts';
export { type VideoFrame, writeWebm } from './webm.ts';
