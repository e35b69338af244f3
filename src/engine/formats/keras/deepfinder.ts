import type { ModelSidecar } from '../../model/sidecar.ts';
import { readHdf5, textOf } from './hdf5.ts';

const FACTS: ModelSidecar = {
  normalization: 'zscore',
  // 25 voxels are left out at each face of a patch.
  tiling: { tile: [160, 160, 160], overlap: 50, blending: 'crop', background: 0 },
};

/** What DeepFinder does to a volume; its networks are those of Keras that were trained with the Tversky loss. */
export function deepFinderFacts(bytes: Uint8Array, file: string): ModelSidecar | undefined {
  const { attributes } = readHdf5(bytes, file, 'a whole network of Keras');
  const training = textOf(attributes.get('')?.training_config);
  return training?.includes('tversky') ? FACTS : undefined;
}
