import type { Graph } from '../../graph/types.ts';
import type { Constant } from './constant.ts';
import { type ReadBeside, readExternal } from './external.ts';
import { importOnnx } from './import.ts';
import { readOnnx } from './model.ts';

export interface OnnxExtras {
  /** Numbers to use in place of an initializer's, by its name. */
  readonly weights?: ReadonlyMap<string, Constant>;
  /** Sizes of the input for those that the file leaves open, `[z, y, x]` or `[y, x]`. */
  readonly space?: readonly number[];
}

/**
 * The network of an ONNX file; `read` fetches the files beside it that hold weights.
 * @throws AppError `bad-file`, `unsupported`
 */
export async function onnxGraph(
  bytes: Uint8Array,
  file: string,
  read: ReadBeside,
  extras: OnnxExtras = {},
): Promise<Graph> {
  const model = readOnnx(bytes, file);
  const external = await readExternal(model, file, read);
  return importOnnx(model, { ...extras, file, external });
}
