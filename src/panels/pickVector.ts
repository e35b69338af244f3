import { sentence } from '../core/errors.ts';
import { readNpy } from '../core/npy/index.ts';
import { toFloat32 } from '../core/volume/index.ts';
import { actions } from '../state/index.ts';
import { pickFiles } from '../ui/pickFiles.ts';

export interface PickedVector {
  readonly file: string;
  readonly values: Float32Array;
}

/** The numbers of a `.npy` that the user chooses; null for none, or one that is refused in a sentence, to `refuse`. */
export async function pickVector(
  refuse: (text: string) => void = actions.reportError,
): Promise<PickedVector | null> {
  const [file] = await pickFiles({ accept: '.npy' });
  if (!file) return null;
  try {
    const { data } = readNpy(new Uint8Array(await file.arrayBuffer()), file.name);
    return { file: file.name, values: toFloat32(data) };
  } catch (error) {
    refuse(sentence(error));
    return null;
  }
}
