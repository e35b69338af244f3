import { disposeAll, predict } from '../explain/forward.ts';
import { tf } from '../tf.ts';
import { runAll, weightGradients } from './gradients.ts';
import type { TrainableNetwork } from './networks.ts';

/** Volumes of one training step. */
export interface Batch {
  /** `[n, z, y, x]` flattened, normalised. */
  readonly x: Float32Array;
  /** Class numbers, `[n]`. */
  readonly y: ArrayLike<number>;
}

/** Summed over the volumes of a batch. */
export interface Tally {
  readonly n: number;
  readonly loss: number;
  readonly correct: number;
}

export const NOTHING: Tally = { n: 0, loss: 0, correct: 0 };

export function addTally(a: Tally, b: Tally): Tally {
  return { n: a.n + b.n, loss: a.loss + b.loss, correct: a.correct + b.correct };
}

/**
 * Bytes of activations that one part of a batch may take. On the processor as many as CNN-1 needs for 16
 * volumes, since every part walks over all weights; graphics drivers limit a single buffer.
 */
const PART_BYTES = { wasm: 784 * 2 ** 20, other: 256 * 2 ** 20 };

/** Volumes computed at once: a batch is cut so that its activations stay in bounds. */
export function partSize({ options: { name, box } }: TrainableNetwork): number {
  const edge = name === 'cnn-2' ? box / 2 : box;
  const bytesPerVolume = edge ** 3 * 32 * 4 * 6;
  const limit = tf.getBackend() === 'wasm' ? PART_BYTES.wasm : PART_BYTES.other;
  return Math.max(1, Math.floor(limit / bytesPerVolume));
}

export function trainableWeights({ parameters }: TrainableNetwork): tf.Variable[] {
  return parameters.map(({ variable }) => variable);
}

function parts(network: TrainableNetwork, { x, y }: Batch) {
  const { box } = network.options;
  const volume = box ** 3;
  const size = partSize(network);
  return Array.from({ length: Math.ceil(y.length / size) }, (_, part) => {
    const start = part * size;
    const end = Math.min(y.length, start + size);
    return {
      x: () =>
        tf.tensor5d(x.subarray(start * volume, end * volume), [end - start, box, box, box, 1]),
      y: Int32Array.from({ length: end - start }, (__, i) => y[start + i]),
    };
  });
}

/** 1 for the class of each volume, `[volumes, classes]`. */
function targets(logits: tf.Tensor, y: Int32Array): tf.Tensor2D {
  const classes = logits.shape[1] as number;
  const target = new Float32Array(y.length * classes);
  for (const [row, index] of y.entries()) target[row * classes + index] = 1;
  return tf.tensor2d(target, [y.length, classes]);
}

/** Softmax cross-entropy, summed over the volumes. */
function lossSum(logits: tf.Tensor, y: Int32Array): tf.Scalar {
  const target = targets(logits, y);
  return tf.losses.softmaxCrossEntropy(target, logits, undefined, 0, tf.Reduction.SUM);
}

/** Gradient of {@link lossSum} over `n`: `(softmax(logits) - target) / n`. */
function lossGradient(logits: tf.Tensor, y: Int32Array, n: number): tf.Tensor {
  const logs = tf.sub(logits, tf.logSumExp(logits, [1], true));
  return tf.mul(tf.sub(tf.exp(logs), targets(logits, y)), 1 / n);
}

const countCorrect = (logits: tf.Tensor, y: Int32Array) =>
  tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), tf.tensor1d(y, 'int32')), 'float32'));

/** Gradients of the mean softmax cross-entropy of a batch, in the order of the parameters. */
export async function gradients(
  network: TrainableNetwork,
  batch: Batch,
): Promise<{ gradients: tf.Tensor[]; tally: Tally }> {
  let total: tf.Tensor[] | undefined;
  let tally = NOTHING;
  const n = batch.y.length;
  for (const part of parts(network, batch)) {
    const result = tf.tidy(() => {
      const values = runAll(network.network, part.x());
      const logits = values[network.network.graph.scores] as tf.Tensor;
      const correct = countCorrect(logits, part.y);
      const value = tf.div(lossSum(logits, part.y), n);
      const dy = lossGradient(logits, part.y, n);
      const grads = weightGradients(network.network, values, dy);
      disposeAll(values);
      const sums = network.parameters.map((_, i) => {
        const own = grads.get(i) as tf.Tensor;
        return total ? tf.add(total[i], own) : own;
      });
      return [value, correct, ...sums];
    });
    const [value, correct, ...sums] = result;
    for (const old of total ?? []) old.dispose();
    total = sums;
    tally = addTally(tally, {
      n: part.y.length,
      loss: (await value.data())[0] * n,
      correct: (await correct.data())[0],
    });
    value.dispose();
    correct.dispose();
  }
  return { gradients: total ?? [], tally };
}

/** Loss and hits of a batch without training. */
export async function assess(network: TrainableNetwork, batch: Batch): Promise<Tally> {
  let tally = NOTHING;
  for (const part of parts(network, batch)) {
    const [loss, correct] = tf.tidy(() => {
      const logits = predict(network.network, part.x());
      return [lossSum(logits, part.y), countCorrect(logits, part.y)];
    });
    tally = addTally(tally, {
      n: part.y.length,
      loss: (await loss.data())[0],
      correct: (await correct.data())[0],
    });
    loss.dispose();
    correct.dispose();
  }
  return tally;
}
