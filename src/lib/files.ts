/** What both entries of the package export besides the engine: files, and the types of what is asked and answered. */
import { type OpenOptions, openVolume } from '../core/volume/index.ts';
import type { SourceVolume } from '../core/volume/index.ts';

export { AppError, type ErrorCode } from '../core/errors.ts';
export { CAM_METHODS, type CamMethod, type LedgerRow } from '../core/cam/index.ts';
export { writeMrc, type WriteMrcOptions } from '../core/mrc/index.ts';
export { type NpyArray, readNpy, writeNpy } from '../core/npy/index.ts';
export {
  type Finding,
  type FloatVolume,
  type OpenedVolume,
  type OpenOptions,
  openVolume,
  type PreparedInput,
  type PrepareOptions,
  type SourceVolume,
  type Volume,
  type VolumeReport,
} from '../core/volume/index.ts';
export type {
  BackendChoice,
  BackendInfo,
  ClassExplanation,
  Explanation,
  GridMap,
  LayerExplanation,
  LayerInfo,
  ModelInfo,
  NamedBytes,
  Target,
  TargetRequest,
  TaskOptions,
} from '../engine/types.ts';
export {
  type Answer,
  type ExplainOptions,
  type Library,
  mapVolume,
  type Network,
  type NetworkSource,
  type OpenNetworkOptions,
} from './library.ts';

/**
 * The volume in an MRC/CCP4 file of any mode, byte order and axis order, also packed; free of NaN. `openVolume` also
 * gives the report on the header, and opens the other formats.
 *
 * @param name for messages
 * @throws AppError `bad-file` when it is damaged or no MRC file
 */
export function readMrc(
  bytes: Uint8Array,
  name = 'volume.mrc',
  options?: OpenOptions,
): SourceVolume {
  return openVolume(bytes, name, options).volume;
}
