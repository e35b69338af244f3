import { trainingSchema } from '../../core/domain/index.ts';
import { badFile } from '../../core/errors.ts';
import { tilingSchema } from '../../core/segmentation/index.ts';
import { readSteps, type Step } from '../../core/preprocessing/index.ts';
import { NORMALIZATIONS, type Normalization } from '../../core/volume/index.ts';
import {
  anyObject,
  type Infer,
  line,
  list,
  number,
  object,
  oneOf,
  parseJson,
  quoted,
  refine,
  validate,
  whole,
} from '../../core/schema/index.ts';
import type { TaskOptions } from '../types.ts';
import type { ModelFiles } from './source.ts';

export const SIDECAR = 'respond-cam.json';

const ACCEPTED = 'a JSON object, see docs/models.md; or no such file';
const MAX_BYTES = 2 ** 22;
const MAX_CLASSES = 4096;

/** `respond-cam.json` beside `model.json`: what the network expects and how good it is. */
const schema = object(
  {},
  {
    title: line(200),
    classes: refine(
      list(line(200), { min: 1, max: MAX_CLASSES }),
      'a list of names that differ',
      (names) => new Set(names).size === names.length,
    ),
    /** Å, the voxel size of the training volumes. */
    voxelSize: number({ min: 0.05, max: 10_000, unit: 'Å' }),
    normalization: oneOf(...NORMALIZATIONS),
    /** The same in the words of the bioimage.io specification. */
    preprocessing: list(
      refine(
        object({}, { id: line(200), name: line(200), kwargs: anyObject }),
        'an object with an "id", e.g. scale_range',
        ({ id, name }) => id !== undefined || name !== undefined,
      ),
      { max: 100 },
    ),
    /** Sign of the density in the training volumes: `dark` means the molecule is negative. */
    contrast: oneOf('dark', 'bright'),
    /** Layer explained by default. */
    layer: line(1000),
    accuracy: object({ value: number({ min: 0, max: 1 }), n: whole({ min: 1 }), set: line(500) }),
    /** How the network was made, for people to read. */
    recipe: anyObject,
    /** How it is run over volumes that are larger than its input. */
    tiling: tilingSchema,
    /** What inputs are held against; written by `train` and `domain`. */
    training: trainingSchema,
  },
  'note',
);

type Written = Infer<typeof schema>;

/** As it is written, with the steps of its preprocessing understood. */
export interface ModelSidecar extends Omit<Written, 'normalization'> {
  readonly normalization?: Normalization;
  /** What the normalisation `preprocessing` is. */
  readonly steps?: readonly Step[];
}
export type { Normalization };

/** The preprocessing in bioimage.io's words counts where no normalisation is named. */
function withNormalization(written: Written, file: string, notes: string[]): ModelSidecar {
  const { normalization, preprocessing, ...rest } = written;
  if (normalization !== undefined || preprocessing === undefined) return written;
  const { steps, refused } = readSteps(preprocessing);
  if (refused !== null) {
    notes.push(
      `${file}: the preprocessing is left out, because ${refused}; say what it is instead.`,
    );
    return written;
  }
  if (steps.length === 0) return { ...rest, normalization: 'none' };
  const [only] = steps;
  const plain = steps.length === 1 && only.id === 'zero_mean_unit_variance' && !only.apart;
  return plain
    ? { ...rest, normalization: 'zscore' }
    : { ...rest, normalization: 'preprocessing', steps };
}

/** `model.json` has a folder of its own; beside other files lies `name.respond-cam.json`. */
export function sidecarOf(main: string): string {
  return main.endsWith('.json') ? SIDECAR : `${main.replace(/\.[^.]*$/, '')}.${SIDECAR}`;
}

/** A sidecar as read, and what to say about it, one sentence each. */
export interface ReadSidecar {
  readonly sidecar: ModelSidecar;
  /** What messages call it. */
  readonly sidecarName: string;
  readonly notes: readonly string[];
}

/**
 * Reads and validates the sidecar beside a network; without one, nothing is known.
 *
 * @throws AppError 'bad-file' with the key, its value and what is accepted.
 */
export async function readSidecar(
  files: ModelFiles,
  { signal }: TaskOptions,
): Promise<ReadSidecar> {
  const name = sidecarOf(files.main);
  const file = files.nameOf(name);
  const bytes = await files.read(name, { signal, limit: MAX_BYTES });
  if (!bytes) return { sidecar: {}, sidecarName: file, notes: [] };
  const notes: string[] = [];
  const document = parseJson(bytes, { file, accepted: ACCEPTED, maxBytes: MAX_BYTES });
  const sidecar = validate(schema, document, file, notes);
  return { sidecar: withNormalization(sidecar, file, notes), sidecarName: file, notes };
}

/**
 * Checks what a sidecar says about its network; `file` is the sidecar's name.
 *
 * @throws AppError 'bad-file'
 */
export function checkSidecar(
  { classes, layer }: ModelSidecar,
  network: { readonly classes: number; readonly layers: readonly string[] },
  file: string,
): void {
  if (classes && classes.length !== network.classes) {
    const scores = network.classes === 1 ? '1 score' : `${network.classes} scores`;
    throw badFile(
      file,
      `"classes" is a list of ${classes.length}, but the network has ${scores}`,
      'one name per score',
    );
  }
  if (layer !== undefined && !network.layers.includes(layer)) {
    throw badFile(
      file,
      `"layer" is ${quoted(layer)}, which is no layer that can be explained`,
      network.layers.join(', '),
    );
  }
}
