import { AppError, badFile } from '../../core/errors.ts';
import {
  anyObject,
  anything,
  type Infer,
  line,
  list,
  number,
  object,
  oneOf,
  parseJson,
  refine,
  type Schema,
  text,
  validate,
  whole,
} from '../../core/schema/index.ts';

export const ACCEPTED =
  'a model.json of a TensorFlow.js layers or graph model with its weight files';
export const MAX_MODEL_BYTES = 2 ** 26;

/** Bytes of all weights of a network, as stored. */
const MAX_WEIGHT_BYTES = 2 ** 32;

const BYTES = { uint8: 1, bool: 1, uint16: 2, float16: 2, float32: 4, int32: 4 } as const;

const steps = { min: number(), scale: number({ min: 0 }) };
const quantized = { uint8: object(steps), uint16: object(steps), float16: object({}) };

/** Of each kind what it needs: `uint8` and `uint16` the grid of values, `float16` nothing. */
const quantization: Schema<{
  dtype: keyof typeof quantized;
  min?: number;
  scale?: number;
}> = (value, at) => {
  const { dtype } = object({ dtype: oneOf('uint8', 'uint16', 'float16') })(value, at);
  return { dtype, ...quantized[dtype](value, at) };
};

const weight = object(
  {
    name: line(1000),
    shape: list(whole({ max: 2 ** 31 }), { max: 8 }),
    dtype: oneOf('float32', 'int32', 'bool'),
  },
  { quantization, group: oneOf('model', 'optimizer') },
);

const group = object(
  {
    paths: list(line(1000), { max: 10_000 }),
    weights: list(weight, { max: 100_000 }),
  },
  {
    /** Of each file in `paths`: SHA-256 of its bytes. TensorFlow.js leaves it alone. */
    sha256: list(
      refine(text(64), 'a SHA-256 of 64 hexadecimal digits', (v) => /^[\da-f]{64}$/.test(v)),
      { max: 10_000 },
    ),
  },
);

/** What is looked at first, to say in better words what else it may be. */
const head = object({}, { format: text(100), modelTopology: anything });

const schema = object({
  modelTopology: anyObject,
  weightsManifest: list(group, { max: 10_000 }),
});

export type WeightSpec = Infer<typeof weight>;
export type ManifestGroup = Infer<typeof group>;

/** What `model.json` holds. */
export type ModelJson = Infer<typeof schema>;

/**
 * Reads and validates a `model.json`: below this, every weight file is a path inside the network's folder
 * and the sizes add up to what memory can hold.
 *
 * @param graphs whether graph models are read as well, rather than layers models alone
 * @throws AppError 'bad-file'; 'unsupported' for a graph model
 */
export function readModelJson(bytes: Uint8Array, file: string, graphs = false): ModelJson {
  const document = parseJson(bytes, { file, accepted: ACCEPTED, maxBytes: MAX_MODEL_BYTES });
  const { format, modelTopology } = validate(head, document, file);
  if (format === 'graph-model' && !graphs) {
    throw new AppError(
      'unsupported',
      `${file}: a TensorFlow.js graph model, whose layers are not known; accepted: a layers model (converted with --output_format tfjs_layers_model)`,
    );
  }
  if (modelTopology === undefined || modelTopology === null) {
    throw badFile(file, 'no network in it (no modelTopology)', ACCEPTED);
  }
  const model = validate(schema, document, file);
  checkFiles(model.weightsManifest, file);
  checkWeights(model.weightsManifest, file);
  return {
    ...model,
    weightsManifest: model.weightsManifest.map((one) => ({
      ...one,
      paths: one.paths.map(plainPath),
    })),
  };
}

const plainPath = (path: string) => path.replace(/^(\.\/)+/, '');

function checkFiles(groups: readonly ManifestGroup[], file: string): void {
  const seen = new Set<string>();
  for (const [i, { paths, sha256 }] of groups.entries()) {
    for (const path of paths.map(plainPath)) {
      if (isOutside(path)) {
        throw badFile(file, `its weights lie outside its folder (${path})`, 'weights beside it');
      }
      if (seen.has(path)) throw badFile(file, `it lists ${path} twice`, 'each weight file once');
      seen.add(path);
    }
    if (sha256 && sha256.length !== paths.length) {
      throw badFile(
        file,
        `"weightsManifest[${i}].sha256" is a list of ${sha256.length} for ${paths.length} files`,
        'one SHA-256 for each file',
      );
    }
  }
}

/** Whether a path leaves the folder that it starts in, on any system. */
function isOutside(path: string): boolean {
  return /^[a-z]:/i.test(path) || path.split(/[/\\]/).some((part) => part === '..' || part === '');
}

function checkWeights(groups: readonly ManifestGroup[], file: string): void {
  const names = new Set<string>();
  let total = 0;
  for (const spec of groups.flatMap(({ weights }) => weights)) {
    if (names.has(spec.name)) {
      throw badFile(file, `it lists the weights ${spec.name} twice`, 'each of them once');
    }
    names.add(spec.name);
    if (spec.quantization && spec.dtype !== 'float32') {
      throw badFile(file, `${spec.name} is quantised ${spec.dtype}`, 'quantised float32');
    }
    total += storedBytes(spec);
    if (!(total <= MAX_WEIGHT_BYTES)) {
      const shape = spec.shape.join(' x ');
      throw badFile(
        file,
        `its weights are larger than memory can hold (${spec.name} is ${shape})`,
        `networks with up to ${MAX_WEIGHT_BYTES / 2 ** 30} GiB of weights`,
      );
    }
  }
}

/** Bytes a weight takes in its file, quantised or not. */
export function storedBytes({ shape, dtype, quantization }: WeightSpec): number {
  return BYTES[quantization?.dtype ?? dtype] * shape.reduce((a, b) => a * b, 1);
}
