import { badFile } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import type { Adam } from './adam.ts';
import type { Rates } from './evaluate.ts';
import type { Tally } from './step.ts';

/** The epoch that did best on the validation volumes so far. */
export interface Best {
  readonly epoch: number;
  readonly validation: Rates;
}

/** Everything that decides how training goes on. */
export interface Checkpoint {
  /** The options of the run, to refuse a checkpoint of another one. */
  readonly run: Readonly<Record<string, unknown>>;
  /** The step to do next. */
  readonly epoch: number;
  readonly step: number;
  /** Epochs that are validated; one less than `epoch` between its last step and its validation. */
  readonly epochsDone: number;
  /** What the steps of the unfinished epoch came to. */
  readonly tally: Tally;
  readonly best?: Best;
  readonly adamSteps: number;
  /**
   * Weights, first and second moments, and the weights of the best epoch where they are kept, each in
   * the order of the network's weights.
   */
  readonly tensors: readonly Float32Array[];
}

const MAGIC = 'RCTRAIN1';
const ACCEPTED = 'a checkpoint written by an earlier run of train';

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
  if (new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    throw badFile(file, 'not a checkpoint', ACCEPTED);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(MAGIC.length, true);
  let offset = MAGIC.length + 4 + headerLength;
  const { lengths, ...state } = parseHeader(bytes.subarray(MAGIC.length + 4, offset), file);
  const wanted = lengths.reduce((a, b) => a + b, 0) * 4;
  if (bytes.byteLength !== offset + wanted) {
    throw badFile(file, `cut off: ${bytes.byteLength - offset} of ${wanted} bytes`, ACCEPTED);
  }
  const tensors = lengths.map((length) => {
    const values = new Float32Array(bytes.slice(offset, offset + length * 4).buffer);
    offset += length * 4;
    return values;
  });
  return { ...state, tensors };
}

type Header = Omit<Checkpoint, 'tensors'> & { readonly lengths: readonly number[] };

function parseHeader(bytes: Uint8Array, file: string): Header {
  let header: Header | undefined;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes)) as Header;
  } catch {
    // What was wrong with the text does not help.
  }
  if (header?.epochsDone === undefined) throw badFile(file, 'damaged or too old', ACCEPTED);
  return header;
}

const variables = (weights: readonly tf.Variable[], adam: Adam) => [
  ...weights,
  ...adam.moments.map(({ m }) => m),
  ...adam.moments.map(({ v }) => v),
];

/** The values of variables on the host. */
export async function readValues(of: readonly tf.Variable[]): Promise<Float32Array[]> {
  return (await Promise.all(of.map((variable) => variable.data()))) as Float32Array[];
}

/** Sets variables to values that {@link readValues} gave. */
export function assignValues(to: readonly tf.Variable[], values: readonly Float32Array[]): void {
  tf.tidy(() => {
    for (const [i, variable] of to.entries()) {
      variable.assign(tf.tensor(values[i], variable.shape));
    }
  });
}

/** Weights and moments, in the order of a checkpoint's tensors. */
export function readState(weights: readonly tf.Variable[], adam: Adam): Promise<Float32Array[]> {
  return readValues(variables(weights, adam));
}

/** Sets weights and moments, and gives the weights of the best epoch if there are any. */
export function restoreState(
  from: Checkpoint,
  weights: readonly tf.Variable[],
  adam: Adam,
): readonly Float32Array[] | undefined {
  const state = variables(weights, adam);
  adam.steps = from.adamSteps;
  assignValues(state, from.tensors);
  return from.tensors.length > state.length ? from.tensors.slice(state.length) : undefined;
}
