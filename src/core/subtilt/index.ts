export { backProject } from './back-project.ts';
export {
  namesProjections,
  positionOf,
  readSubTilts,
  tiltsOfParticle,
} from './read.ts';
export { readTiltSeries, type TiltSeries } from './series.ts';
export {
  type StarFile,
  type SubTiltBox,
  type SubTiltList,
  type SubTiltParticle,
  type SubTiltStack,
  type Tilt,
  TRANSFERS,
  type TransferUse,
} from './types.ts';
