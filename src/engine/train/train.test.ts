import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeEngine } from '../node.ts';
import { tf } from '../tf.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { type BatchSource, evaluate } from './evaluate.ts';
import { train, type TrainRecord } from './loop.ts';
import { buildNetwork, parameterCount } from './networks.ts';
import { predict } from '../explain/forward.ts';
import { modelFiles } from './save.ts';
import { trainableWeights } from './step.ts';

const engine = createNodeEngine();
beforeAll(() => engine.selectBackend('wasm'));
afterAll(() => engine.dispose());

const BOX = 8;
const CLASSES = 3;

/** Volumes with a bright blob in one of three corners, on noise that depends on (epoch, step) alone. */
const blobs: BatchSource = {
  stepsPerEpoch: 4,
  async batch(epoch, step) {
    const n = 12;
    const noise = tf.randomNormal([n * BOX ** 3], 0, 0.5, 'float32', epoch * 100 + step + 1);
    const x = (await noise.data()) as Float32Array;
    noise.dispose();
    const y = Int32Array.from({ length: n }, (_, i) => i % CLASSES);
    for (const [i, c] of y.entries()) {
      for (let v = 0; v < 64; v++) {
        const [dz, dy, dx] = [v >> 4, (v >> 2) & 3, v & 3];
        const z = dz + (c === 1 ? 4 : 0);
        const row = dy + (c === 2 ? 4 : 0);
        x[i * BOX ** 3 + (z * BOX + row) * BOX + dx] += 1.5;
      }
    }
    return { x, y };
  },
};

const network = () => buildNetwork({ name: 'cnn-2', classes: CLASSES, seed: 5, box: BOX });

/** The same volumes under wrong names: the better the network, the worse the validation. */
const misnamed: BatchSource = {
  stepsPerEpoch: 1,
  async batch(epoch, step) {
    const { x, y } = await blobs.batch(epoch, step);
    return { x, y: Int32Array.from(y, (c) => (c + 1) % CLASSES) };
  },
};

async function run(options: {
  resume?: Checkpoint;
  stopAfter?: number;
  patience?: number;
  epochs?: number;
  rate?: number;
  source?: BatchSource;
  validation?: BatchSource;
  checkpointEvery?: number;
  onCheckpoint?: (checkpoint: Checkpoint) => void;
}) {
  const net = network();
  const records: TrainRecord[] = [];
  const cancel = new AbortController();
  const running = train({
    epochs: 3,
    rate: 1e-3,
    source: blobs,
    validation: blobs,
    checkpointEvery: 1000,
    ...options,
    network: net,
    run: { seed: 5 },
    onCheckpoint: async (checkpoint) => options.onCheckpoint?.(checkpoint),
    onRecord: (record) => {
      records.push(record);
      if (records.length === options.stopAfter) cancel.abort();
    },
    signal: cancel.signal,
  });
  return { net, records, running };
}

const bits = (net: ReturnType<typeof network>) =>
  trainableWeights(net).map((weight) => Buffer.from(weight.dataSync().slice().buffer));

const dispose = (net: ReturnType<typeof network>) => net.dispose();

/** The bytes of values: comparing millions of numbers one by one takes seconds. */
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

describe('training', () => {
  it('has the parameters of the paper', () => {
    const big = buildNetwork({ name: 'cnn-2', classes: 23, seed: 1 });
    expect(parameterCount(big)).toBe(
      28 * 32 + 865 * 32 + 865 * 64 + 1729 * 64 + 8001 * 512 + 513 * 512 + 513 * 23,
    );
    const layers = big.network.graph.nodes.filter(({ partOf }) => partOf === null);
    expect(layers.map(({ name }) => name).join(' ')).toBe(
      'input prepooling conv1 conv2 maxpool1 conv3 conv4 maxpool2 flatten fc1 fc2 fc3',
    );
    dispose(big);
  });

  it('learns, and leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    const { net, records, running } = await run({});
    await running;
    const epochs = records.filter((record) => record.kind === 'epoch');
    expect(epochs).toHaveLength(3);
    expect(epochs[2].train.loss).toBeLessThan(epochs[0].train.loss);
    expect(epochs[2].validation!.accuracy).toBeGreaterThan(0.9);
    expect((await evaluate(net, blobs)).accuracy).toBe(epochs[2].validation!.accuracy);
    dispose(net);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops when validation gets no better, with the weights of the best epoch', async () => {
    const options = { epochs: 6, rate: 3e-3, validation: misnamed, checkpointEvery: 4 };
    const plain: Checkpoint[] = [];
    const whole = await run({ ...options, onCheckpoint: (c) => plain.push(c) });
    expect((await whole.running).epochs).toBe(6);
    const saved: Checkpoint[] = [];
    const early = await run({ ...options, patience: 2, onCheckpoint: (c) => saved.push(c) });
    const { epochs, best } = await early.running;
    expect(epochs).toBe(best!.epoch + 3);
    expect(epochs).toBeLessThan(6);
    const marks = early.records.flatMap((r) => (r.kind === 'epoch' ? [r.best] : []));
    expect(marks.slice(-2)).toEqual([best!.epoch, best!.epoch]);
    // A checkpoint is taken at the end of the steps of an epoch, before it is validated.
    expect(plain[best!.epoch].epochsDone).toBe(best!.epoch);
    const kept = bits(early.net);
    expect(kept.every((b, i) => b.equals(Buffer.from(plain[best!.epoch].tensors[i].buffer)))).toBe(
      true,
    );
    // Resumed after the best epoch, and resumed when it had stopped.
    for (const checkpoint of [saved[best!.epoch + 1], saved[saved.length - 1]]) {
      const resume = await decodeCheckpoint(await encodeCheckpoint(checkpoint), 'memory');
      const again = await run({ ...options, patience: 2, resume });
      expect(await again.running).toEqual({ epochs, best });
      expect(bits(again.net).every((b, i) => b.equals(kept[i]))).toBe(true);
      dispose(again.net);
    }
    for (const { net } of [whole, early]) dispose(net);
  }, 240_000);

  it('continues from a stop in the middle of a validation', async () => {
    const straight = await run({ epochs: 2 });
    await straight.running;
    const cancel = new AbortController();
    const stopping: BatchSource = {
      stepsPerEpoch: 4,
      batch: (epoch, step) => {
        if (step === 2) cancel.abort();
        return blobs.batch(epoch, step);
      },
    };
    let saved: Checkpoint | undefined;
    const net = network();
    const stopped = train({
      ...{ network: net, epochs: 2, rate: 1e-3, source: blobs, validation: stopping },
      run: { seed: 5 },
      checkpointEvery: 1000,
      onCheckpoint: async (c) => void (saved = c),
      onRecord: () => {},
      signal: cancel.signal,
    });
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    expect(saved).toMatchObject({ epoch: 1, step: 0, epochsDone: 0, tally: { n: 48 } });
    const resumed = await run({ epochs: 2, resume: saved });
    await resumed.running;
    const epochsOf = ({ records }: typeof straight) => records.filter((r) => r.kind === 'epoch');
    expect(epochsOf(resumed)).toEqual(epochsOf(straight));
    for (const other of [straight.net, resumed.net, net]) dispose(other);
  }, 240_000);

  it('says so when the loss is no longer a number', async () => {
    const broken: BatchSource = {
      stepsPerEpoch: 2,
      async batch(epoch, step) {
        const batch = await blobs.batch(epoch, step);
        if (step === 1) batch.x.fill(Number.NaN);
        return batch;
      },
    };
    const { net, running } = await run({ source: broken });
    await expect(running).rejects.toThrow(/the loss is NaN in step 2 of epoch 1; accepted: a low/);
    dispose(net);
  });

  it('continues from a checkpoint with the same bits', async () => {
    const straight = await run({});
    await straight.running;
    let saved: Checkpoint | undefined;
    const stopped = await run({ stopAfter: 7, onCheckpoint: (c) => (saved = c) });
    await expect(stopped.running).rejects.toMatchObject({ code: 'aborted' });
    expect(saved).toMatchObject({ epoch: 1, step: 2, adamSteps: 6 });
    const resumed = await run({
      resume: await decodeCheckpoint(await encodeCheckpoint(saved!), 'memory'),
    });
    await resumed.running;
    const expected = bits(straight.net);
    expect(bits(resumed.net).every((b, i) => b.equals(expected[i]))).toBe(true);
    const epochsOf = ({ records }: typeof straight) => records.filter((r) => r.kind === 'epoch');
    expect(epochsOf(resumed)).toEqual(epochsOf(straight).slice(1));
    for (const { net } of [straight, stopped, resumed]) dispose(net);
  }, 240_000);

  it('refuses the checkpoint of another run and a file that is cut off', async () => {
    let saved: Checkpoint | undefined;
    const first = await run({ stopAfter: 1, onCheckpoint: (c) => (saved = c) });
    await expect(first.running).rejects.toMatchObject({ code: 'aborted' });
    const other = await run({ resume: { ...saved!, run: { seed: 6 } } });
    await expect(other.running).rejects.toThrow(/belongs to another run/);
    const bytes = await encodeCheckpoint(saved!);
    const damaged = /^a.ckpt: damaged or cut off \(its checksum differs\); accepted: a checkpoint/;
    for (const at of [10, 60, bytes.length >> 1, bytes.length - 1]) {
      const flipped = bytes.slice();
      flipped[at] ^= 4;
      await expect(decodeCheckpoint(flipped, 'a.ckpt')).rejects.toThrow(damaged);
    }
    const zeroed = bytes.slice().fill(0, bytes.length - 4000);
    await expect(decodeCheckpoint(zeroed, 'a.ckpt')).rejects.toThrow(damaged);
    for (const length of [8, 30, 43, 44, 200, bytes.length - 1]) {
      await expect(decodeCheckpoint(bytes.slice(0, length), 'a.ckpt')).rejects.toThrow(damaged);
    }
    const none = decodeCheckpoint(new Uint8Array(9), 'a.ckpt');
    await expect(none).rejects.toThrow(/not a checkpoint/);
    const { tensors, ...state } = await decodeCheckpoint(bytes, 'a.ckpt');
    expect({ ...state, tensors: saved!.tensors }).toEqual(saved);
    for (const [i, tensor] of tensors.entries()) {
      expect(Buffer.compare(bytesOf(tensor), bytesOf(saved!.tensors[i]))).toBe(0);
    }
    expect(tensors).toHaveLength(saved!.tensors.length);
    const smaller = await run({ resume: { ...saved!, tensors: saved!.tensors.slice(1) } });
    await expect(smaller.running).rejects.toThrow(/holds the weights of another network/);
    dispose(smaller.net);
    for (const { net } of [first, other]) dispose(net);
  });

  it('saves a network that loads and scores the same', async () => {
    const net = network();
    const files = await modelFiles(net, { title: 'Blobs', normalization: 'unit-variance' });
    const info = await engine.loadModel({
      kind: 'files',
      id: 'blobs',
      files: files.map(({ name, bytes }) => ({ name, bytes: bytes.slice().buffer as ArrayBuffer })),
    });
    expect(info).toMatchObject({ title: 'Blobs', defaultLayer: 'conv4' });
    const { x } = await blobs.batch(0, 0);
    const input = x.slice(0, BOX ** 3);
    const { scores } = await engine.explain({
      model: 'blobs',
      input,
      inputShape: [BOX, BOX, BOX, 1],
      layers: 'default',
      classes: 'top',
      methods: ['respond'],
    });
    const logits = tf.tidy(() =>
      predict(net.network, tf.tensor5d(input, [1, BOX, BOX, BOX, 1])).dataSync(),
    );
    for (const [c, score] of scores.entries()) expect(score).toBeCloseTo(logits[c], 5);
    dispose(net);
  });
});
