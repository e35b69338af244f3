import type { Graph } from '../../graph/types.ts';
import { allOf, LARGE, type Stored } from '../../model/stored.ts';
import type { Reader } from '../format.ts';
import { joinedFingerprint, readWeightsApart, type WeightsApart } from '../weights-apart.ts';
import { type ReadBeside, readExternal } from './external.ts';
import { importOnnx } from './import.ts';
import { readOnnx } from './model.ts';
import { skeletonOf } from './skeleton.ts';

export interface OnnxExtras {
  /** Numbers to use in place of an initializer's. */
  readonly replace?: WeightsApart;
  /** The file itself where `bytes` are only its skeleton. */
  readonly own?: Stored;
  /** See `ReadingWith`. */
  readonly inputShape?: readonly number[];
}

/**
 * The network of an ONNX file, and who wrote it; `read` fetches the files beside it that hold weights.
 * @throws AppError `bad-file`, `unsupported`
 */
export async function onnxGraph(
  bytes: Uint8Array,
  file: string,
  read: ReadBeside,
  extras: OnnxExtras = {},
): Promise<{ readonly graph: Graph; readonly origin: string }> {
  const model = readOnnx(bytes, file);
  const external = await readExternal(model, file, read, extras.own);
  const graph = importOnnx(model, { ...extras, file, external });
  const { opset, producer } = model;
  return { graph, origin: `ONNX, opset ${opset}${producer && `, ${producer}`}` };
}

export const readOnnxNetwork: Reader = async ({ file, files, options, inputShape }) => {
  const { signal } = options;
  const replace = await readWeightsApart(files, options);
  const beside: ReadBeside = async (path) => files.large?.(path) ?? files.read(path, { signal });
  const skeleton = file.size < LARGE ? null : skeletonOf(file);
  const bytes = skeleton ?? allOf(file);
  const own = skeleton ? file : undefined;
  const read = await onnxGraph(bytes, files.label, beside, { replace, inputShape, own });
  const fingerprint = await joinedFingerprint(file, replace);
  return { ...read, notes: replace?.notes() ?? [], fingerprint };
};
