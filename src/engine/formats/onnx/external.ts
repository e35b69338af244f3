import type { TensorProto } from 'onnx-buf';
import { AppError, badFile, isAborted } from '../../../core/errors.ts';
import { inMemory, type Stored } from '../../model/stored.ts';
import type { OnnxModel, OnnxNode } from './model.ts';
import { OWN_FILE } from './skeleton.ts';

/** Reads a file beside the network by its relative path; null where there is none. */
export type ReadBeside = (path: string) => Promise<Uint8Array | Stored | null>;

/** Bytes of a tensor that the file does not hold itself. */
export type Raw = Stored;

interface Place {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

/** ONNX external data: `location` is relative to the model, offset and length are in bytes. */
function placeOf({ externalData }: TensorProto): Place | undefined {
  if (externalData.length === 0) return undefined;
  const fields = new Map(externalData.map(({ key, value }) => [key, value]));
  const length = fields.get('length');
  return {
    location: fields.get('location') ?? '',
    offset: Number(fields.get('offset') ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}

/** Those of a node itself: of a Constant, and of the branches of an If. */
function tensorsOf({ attrs, branches }: OnnxNode): readonly TensorProto[] {
  const own = attrs.tensor('value');
  const inner = branches.flatMap(({ nodes, initializers }) => [
    ...initializers.values(),
    ...nodes.flatMap(tensorsOf),
  ]);
  return own ? [own, ...inner] : inner;
}

/** @throws AppError that names the network as well */
async function readNamed(read: ReadBeside, location: string, file: string) {
  try {
    return await read(location);
  } catch (error) {
    if (!(error instanceof AppError) || isAborted(error)) throw error;
    throw new AppError(error.code, `${file}: its weights are in ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * Reads the weights that the file keeps in other files of its folder, each once; `own` is the file itself where `model` is
 * only its skeleton.
 * @returns the bytes of a tensor, undefined for one that the file itself holds
 * @throws AppError `bad-file` for files that are missing, outside the folder or too short
 */
export async function readExternal(
  model: OnnxModel,
  file: string,
  read: ReadBeside,
  own?: Stored,
): Promise<(tensor: TensorProto) => Raw | undefined> {
  const contents = new Map<string, Stored>(own ? [[OWN_FILE, own]] : []);
  for (const tensor of [...model.initializers.values(), ...model.nodes.flatMap(tensorsOf)]) {
    const place = placeOf(tensor);
    if (!place || contents.has(place.location)) continue;
    const { location } = place;
    if (
      /^\.*$|[/\\]$/.test(location) ||
      [...location].some((char) => char < ' ') ||
      /^([/\\]|[a-z]:)/i.test(location) ||
      /(^|[/\\])\.\.([/\\]|$)/.test(location)
    ) {
      throw badFile(
        file,
        `its weights are said to be in '${location}', outside its own folder, so they are not read`,
        'weights in a file beside the network',
      );
    }
    const bytes = await readNamed(read, location, file);
    if (!bytes) {
      throw badFile(
        file,
        `its weights are in ${location}, which is not beside it`,
        'both files together',
      );
    }
    contents.set(location, bytes instanceof Uint8Array ? inMemory(bytes) : bytes);
  }
  return (tensor) => {
    const place = placeOf(tensor);
    if (!place) return undefined;
    const { location, offset, length } = place;
    const stored = contents.get(location) as Stored;
    const end = length === undefined ? stored.size : offset + length;
    if (!Number.isSafeInteger(offset) || offset < 0 || !(end >= offset && end <= stored.size)) {
      throw badFile(
        file,
        `${location} has ${stored.size} bytes, but ${tensor.name} is said to be ${length ?? 'the rest'} at offset ${Number.isFinite(offset) ? offset : 'none'} of it`,
        'the file as it was exported with the network',
      );
    }
    return {
      size: end - offset,
      part: (from, to) => stored.part(offset + from, offset + to),
    };
  };
}
