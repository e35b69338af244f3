import { looksLikeNpy } from '../src/core/npy/index.ts';
import {
  type Axes,
  axesText,
  isAxes,
  sameAxes,
  spaceOf,
  turnedShape,
} from '../src/core/segmentation/index.ts';
import type { Engine, ModelInfo, ModelSource } from '../src/engine/types.ts';
import { withFile } from './files.ts';

/** Says what was done to a volume. */
export const turnedText = (axes: Axes) =>
  `The axes were turned to ${axesText(axes)}, as the network’s tool does; places and maps are along these.`;

/**
 * Loads a network for a file; where its tool turns volumes before it (nnU-Net's `transpose_forward`), for the file's sizes
 * turned so, with the axes. An array (.npy) is taken as it is given to the network.
 *
 * @param path of a volume that is given to it as a whole
 */
export async function loadTurned(
  engine: Pick<Engine, 'loadModel'>,
  source: ModelSource,
  path: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly info: ModelInfo; readonly axes: Axes | undefined }> {
  const info = await engine.loadModel(source, { signal });
  const axes = info.sidecar.tiling?.axes;
  if (path === undefined || info.inputShape.length !== 4 || !isAxes(axes) || sameAxes(axes))
    return { info, axes: undefined };
  if (await withFile(path, async (file) => looksLikeNpy(await file.read(0, 16))))
    return { info, axes: undefined };
  const given = source.inputShape?.length === 3 ? [...source.inputShape, 1] : undefined;
  if (!given) return { info, axes: undefined };
  const inputShape = turnedShape(spaceOf(given), axes);
  return { info: await engine.loadModel({ ...source, inputShape }, { signal }), axes };
}
