import { badFile, badInput } from '../../core/errors.ts';
import {
  anyObject,
  list,
  number,
  object,
  parseJson,
  validate,
  whole,
} from '../../core/schema/index.ts';
import { tf } from '../tf.ts';
import type { Adam } from './adam.ts';
import type { Rates } from './evaluate.ts';
import type { Tally } from './step.ts';

/** The epoch that did best on the validation volumes so far. */
export interface Best {
  readonly epoch: number;
  readonly validation: Rates;
}

/** Everything that decides how training continues. */
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

const MAGIC = 'RCTRAIN2';
const HASH_BYTES = 32;
const HEADER_AT = MAGIC.length + HASH_BYTES + 4;
const MAX_HEADER = 2 ** 24;
const ACCEPTED = 'a checkpoint written by an earlier run of train';

const rates = object({ loss: number(), accuracy: number(), n: whole() });
const header = object(
  {
    run: anyObject,
    epoch: whole(),
    step: whole(),
    epochsDone: whole(),
    tally: object({ loss: number(), correct: whole(), n: whole() }),
    adamSteps: whole(),
    lengths: list(whole({ max: 2 ** 31 }), { max: 10_000 }),
  },
  { best: object({ epoch: whole(), validation: rates }) },
);

/**
 * One file: magic, checksum of all that follows, length of the JSON header, header, then the tensors as
 * float32. The file ends where the last tensor does.
 */
export async function encodeCheckpoint({
  tensors,
  ...state
}: Checkpoint): Promise<Uint8Array<ArrayBuffer>> {
  const text = new TextEncoder().encode(
    JSON.stringify({ ...state, lengths: tensors.map(({ length }) => length) }),
  );
  const start = HEADER_AT + text.length;
  const bytes = new Uint8Array(start + tensors.reduce((sum, t) => sum + t.byteLength, 0));
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(HEADER_AT - 4, text.length, true);
  bytes.set(text, HEADER_AT);
  let offset = start;
  for (const tensor of tensors) {
    bytes.set(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength), offset);
    offset += tensor.byteLength;
  }
  bytes.set(await digest(bytes), MAGIC.length);
  return bytes;
}

/** Reads what {@link encodeCheckpoint} wrote; `file` is for the message of a `bad-file` error. */
export async function decodeCheckpoint(
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
): Promise<Checkpoint> {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC) {
    const older = magic === 'RCTRAIN1';
    throw badFile(
      file,
      older ? 'of an earlier version, without a checksum' : 'not a checkpoint',
      ACCEPTED,
    );
  }
  const stored = bytes.subarray(MAGIC.length, MAGIC.length + HASH_BYTES);
  const actual = await digest(bytes);
  if (bytes.byteLength < HEADER_AT || stored.some((byte, i) => byte !== actual[i])) {
    throw badFile(file, 'damaged or cut off (its checksum differs)', ACCEPTED);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = HEADER_AT + view.getUint32(HEADER_AT - 4, true);
  const kind = { file, accepted: ACCEPTED, maxBytes: MAX_HEADER };
  const document = parseJson(bytes.subarray(HEADER_AT, offset), kind);
  const { lengths, ...state } = validate(header, document, file);
  if (bytes.byteLength !== offset + 4 * lengths.reduce((a, b) => a + b, 0)) {
    throw badFile(file, 'its tensors do not fill it', ACCEPTED);
  }
  const tensors = lengths.map((length) => {
    const values = new Float32Array(bytes.slice(offset, offset + length * 4).buffer);
    offset += length * 4;
    return values;
  });
  return { ...state, tensors };
}

/** Bytes hashed at once: the platform copies what it hashes. */
const PART = 2 ** 26;

/** SHA-256 over those of the parts of a checkpoint behind its place for it. */
async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const start = MAGIC.length + HASH_BYTES;
  const count = Math.max(1, Math.ceil((bytes.length - start) / PART));
  const sums = new Uint8Array(count * HASH_BYTES);
  for (let i = 0; i < count; i++) {
    const part = bytes.subarray(start + i * PART, start + (i + 1) * PART);
    sums.set(new Uint8Array(await crypto.subtle.digest('SHA-256', part)), i * HASH_BYTES);
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', sums));
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

/**
 * Sets weights and moments, and gives the weights of the best epoch if there are any.
 *
 * @throws AppError 'bad-input' when the checkpoint is of another network.
 */
export function restoreState(
  from: Checkpoint,
  weights: readonly tf.Variable[],
  adam: Adam,
): readonly Float32Array[] | undefined {
  const state = variables(weights, adam);
  const sizes = state.map(({ size }) => size);
  const wanted =
    from.tensors.length > state.length ? [...sizes, ...sizes.slice(0, weights.length)] : sizes;
  const fits =
    wanted.length === from.tensors.length &&
    wanted.every((size, i) => size === from.tensors[i].length);
  if (!fits)
    throw badInput(
      'the checkpoint holds the weights of another network; accepted: one of this run',
    );
  adam.steps = from.adamSteps;
  assignValues(state, from.tensors);
  return from.tensors.length > state.length ? from.tensors.slice(state.length) : undefined;
}
