import { badFile } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import type { Adam } from './adam.ts';

/** Everything that decides how training goes on. */
export interface Checkpoint {
  /** The options of the run, to refuse a checkpoint of another one. */
  readonly run: Readonly<Record<string, unknown>>;
  /** The step to do next. */
  readonly epoch: number;
  readonly step: number;
  readonly adamSteps: number;
  /** Weights, then first and second moments, each in the order of the network's weights. */
  readonly tensors: readonly Float32Array[];
}

const MAGIC = 'RCTRAIN1';

/** One file: magic, length of the JSON header, header, then the tensors as float32. */
export function encodeCheckpoint({ tensors, ...state }: Checkpoint): Uint8Array {
  const header = new TextEncoder().encode(
    JSON.stringify({ ...state, lengths: tensors.map(({ length }) => length) }),
  );
  const start = MAGIC.length + 4 + header.length;
  const bytes = new Uint8Array(start + tensors.reduce((sum, t) => sum + t.byteLength, 0));
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(MAGIC.length, header.length, true);
  bytes.set(header, MAGIC.length + 4);
  let offset = start;
  for (const tensor of tensors) {
    bytes.set(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength), offset);
    offset += tensor.byteLength;
  }
  return bytes;
}

/** Reads what {@link encodeCheckpoint} wrote; `file` is for the message of a `bad-file` error. */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const accepted = 'a checkpoint written by an earlier run of train';
  if (new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    throw badFile(file, 'not a checkpoint', accepted);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(MAGIC.length, true);
  let offset = MAGIC.length + 4 + headerLength;
  const { lengths, ...state } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(MAGIC.length + 4, offset)),
  ) as Omit<Checkpoint, 'tensors'> & { lengths: number[] };
  const wanted = lengths.reduce((a, b) => a + b, 0) * 4;
  if (bytes.byteLength !== offset + wanted) {
    throw badFile(file, `cut off: ${bytes.byteLength - offset} of ${wanted} bytes`, accepted);
  }
  const tensors = lengths.map((length) => {
    const values = new Float32Array(bytes.slice(offset, offset + length * 4).buffer);
    offset += length * 4;
    return values;
  });
  return { ...state, tensors };
}

const variables = (weights: readonly tf.Variable[], adam: Adam) => [
  ...weights,
  ...adam.moments.map(({ m }) => m),
  ...adam.moments.map(({ v }) => v),
];

export async function readState(weights: readonly tf.Variable[], adam: Adam) {
  const tensors = variables(weights, adam).map((variable) => variable.data());
  return { adamSteps: adam.steps, tensors: (await Promise.all(tensors)) as Float32Array[] };
}

export function restoreState(from: Checkpoint, weights: readonly tf.Variable[], adam: Adam): void {
  adam.steps = from.adamSteps;
  tf.tidy(() => {
    for (const [i, variable] of variables(weights, adam).entries()) {
      variable.assign(tf.tensor(from.tensors[i], variable.shape));
    }
  });
}
