import { badFile } from '../errors.ts';
import { validate } from '../schema/index.ts';
import { floatVolume, openVolume } from '../volume/index.ts';
import type { FloatVolume } from '../volume/types.ts';
import { templateList } from './lists.ts';

/** One structural class: what is simulated. */
export interface Template {
  readonly id: string;
  readonly name: string;
  /** Cubic, molecule positive, centred in the box. */
  readonly volume: FloatVolume;
}

/** One row of `public/templates/index.json`. */
export interface TemplateEntry {
  readonly id: string;
  readonly name: string;
  /** MRC file beside the index. */
  readonly file: string;
  readonly from: 'atoms' | 'map';
  /** Atoms without hydrogens and water, assembly operators applied. */
  readonly atoms?: number;
  /** Of the atoms other than hydrogen. */
  readonly massKDa: number;
  /** Å, of the template's density. */
  readonly radiusOfGyration: number;
  /** How the source file was read. */
  readonly interpretation: string;
  readonly source: string;
  readonly licence: string;
}

/** `public/templates/index.json`; the order of `classes` is the order of the networks' outputs. */
export interface TemplateIndex {
  /** Å. */
  readonly voxelSize: number;
  /** Å; low-pass filter. */
  readonly resolution: number;
  /** Voxels along each edge. */
  readonly box: number;
  /** The molecule is positive in template files. */
  readonly contrast: 'bright';
  readonly unit: string;
  /** What `massKDa` counts. */
  readonly mass: string;
  readonly classes: readonly TemplateEntry[];
}

/**
 * Reads the templates of an index, in its order.
 *
 * @param index parsed `index.json`
 * @param read the bytes of a file beside the index
 * @param name of the index, for messages
 * @throws AppError 'bad-file' when the index or a template is not what it should be.
 */
export async function readTemplates(
  index: unknown,
  read: (file: string) => Promise<Uint8Array>,
  name: string,
): Promise<Template[]> {
  const { classes, voxelSize } = validate(templateList, index, name);
  return Promise.all(
    classes.map(async ({ id, name: title, file }) => {
      const { volume } = openVolume(await read(file), file);
      if (Math.abs(volume.voxelSize[0] - voxelSize) > 1e-3) {
        throw badFile(file, `voxels of ${volume.voxelSize[0]} Å`, `${voxelSize} Å, as in ${name}`);
      }
      return { id, name: title, volume: floatVolume(volume) };
    }),
  );
}
