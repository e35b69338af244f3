export { filesNamed, isStackName } from './files.ts';
export { namesImageSeries } from './image-series.ts';
export { particlesOfSeries, selectOfSeries } from './list.ts';
export { namesProjections, readSubTilts } from './read.ts';
export {
  needsTilts,
  PROJECTIONS_BRIGHT,
  type ProjectedBox,
  projectBack,
  type Projections,
  stackName,
  type SubTiltFiles,
  SubTiltReader,
  tomogramsAmong,
} from './reader.ts';
export { stackText } from './stack.ts';
export { tiltAngle } from './series.ts';
export {
  type StarFile,
  type SubTiltList,
  TRANSFERS,
  type TransferUse,
} from './types.ts';
