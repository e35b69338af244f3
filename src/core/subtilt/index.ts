export { backProject } from './back-project.ts';
export {
  namesProjections,
  readSubTilts,
  readTiltSeries,
  type StarFile,
  type SubTiltList,
  type SubTiltParticle,
  type TiltSeries,
  tiltsOfParticle,
} from './read.ts';
export {
  type SubTiltBox,
  type SubTiltStack,
  type Tilt,
  TRANSFERS,
  type TransferUse,
} from './types.ts';
