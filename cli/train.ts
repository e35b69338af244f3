import { createHash } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import { SEEDS, TEMPLATE_GRID } from '../src/core/simulate/index.ts';
import { createNodeEngine, readNetwork } from '../src/engine/node.ts';
import {
  buildNetwork,
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  evaluate,
  initialize,
  modelFiles,
  NETWORKS,
  type TrainableNetwork,
  type TrainRecord,
  train,
} from '../src/engine/train/index.ts';
import type { BackendChoice, ModelSidecar } from '../src/engine/types.ts';
import { defineCommand, type Io } from './command.ts';
import { readBytes } from './files.ts';
import { resolveModel } from './models.ts';
import { createSimulatePool, type SimulatePool } from './simulate-pool.ts';
import { loadTemplates } from './templates.ts';
import { trainingData } from './train-data.ts';
import { makeFolder, writeAtomically, writeModel } from './write.ts';

const CHECKPOINT = 'checkpoint.bin';

export const command = defineCommand({
  usage: '--model cnn-1|cnn-2 --out DIR',
  positionals: [0, 0],
  about: [
    'Trains one of the networks of the paper on simulated subtomograms (80% train, 20% validate) with',
    'Adam and a cosine-decayed learning rate, and tests it on held-out ones. Writes a TensorFlow.js',
    'layers model with its sidecar, a log (log.jsonl) and checkpoints into DIR.',
  ].join('\n'),
  options: {
    model: { type: 'string', value: 'NAME', help: 'cnn-1 or cnn-2' },
    out: { type: 'string', value: 'DIR', help: 'where to write' },
    snr: { type: 'string', value: 'N', help: 'signal to noise ratio, or inf', default: 'inf' },
    'per-class': { type: 'string', value: 'N', help: 'volumes of each class', default: '150' },
    epochs: { type: 'string', value: 'N', help: 'passes over the volumes', default: '10' },
    seed: { type: 'string', value: 'N', help: 'decides weights, order and volumes', default: '1' },
    lr: { type: 'string', value: 'N', help: 'learning rate at the start', default: '0.001' },
    batch: { type: 'string', value: 'N', help: 'volumes of one step', default: '64' },
    test: { type: 'string', value: 'N', help: 'held-out volumes of each class', default: '20' },
    backend: { type: 'string', value: 'NAME', help: 'auto, webgpu, wasm or cpu', default: 'auto' },
    fresh: { type: 'boolean', help: 'new orientations and noise in every epoch' },
    init: {
      type: 'string',
      value: 'MODEL',
      help: 'start from the weights of this network (bundled id or path) where layers fit',
    },
    resume: { type: 'boolean', help: 'go on from the checkpoint in DIR' },
  },
  async run(_, values, io) {
    const name = NETWORKS.find((network) => network === values.model);
    if (!name)
      throw badInput(`--model ${values.model ?? '(missing)'}; accepted: ${NETWORKS.join(', ')}`);
    const out = values.out;
    if (!out) throw badInput('--out is missing; accepted: a folder to write to');
    const snr = values.snr === 'inf' ? Number.POSITIVE_INFINITY : positive('snr', values.snr);
    const seed = integer('seed', values.seed);
    const perClass = integer('per-class', values['per-class'], 2);
    const epochs = integer('epochs', values.epochs);
    const batch = integer('batch', values.batch);
    const testPerClass = integer('test', values.test);
    const rate = positive('lr', values.lr);
    const { fresh } = values;

    const initial = values.init === undefined ? undefined : await readInitial(values.init);

    await makeFolder(out);
    const templates = await loadTemplates();
    const box = templates[0].volume.shape[0];
    const engine = createNodeEngine();
    const { name: backend, device } = await engine.selectBackend(values.backend as BackendChoice);
    io.note(`Training ${name} on ${backend} (${device}).`);

    let testPool: SimulatePool | undefined;
    // Far from the seeds of the test set and of the samples.
    const simulationSeed = SEEDS.train + 1000 * (seed - 1);
    const pool = await createSimulatePool({ templates, spec: { snr, seed: simulationSeed } });
    try {
      const data = { classes: templates.length, voxels: box ** 3, batch, seed };
      const sources = trainingData({ ...data, pool, perClass, fresh });
      const network = buildNetwork({ name, classes: templates.length, seed, box });
      const init = initial && { ...initial.identity, layers: startFrom(network, initial, io) };
      // JSON has no infinity, and leaves out what is not there.
      const run = {
        ...{ model: name, snr: values.snr, perClass, epochs, seed, lr: rate, batch, fresh },
        init,
      };
      const log = join(out, 'log.jsonl');
      const lines: string[] = [];
      const flush = async () => appendFile(log, lines.splice(0).join(''));
      const resume = values.resume ? await readCheckpoint(out) : undefined;
      if (resume) io.note(`Going on at epoch ${resume.epoch + 1}, step ${resume.step + 1}.`);
      else await writeFile(log, '');

      await train({
        network,
        epochs,
        rate,
        source: sources.train,
        validation: sources.validation,
        run,
        resume,
        checkpointEvery: 25,
        onCheckpoint: async (checkpoint) => {
          await flush();
          await writeAtomically(join(out, CHECKPOINT), encodeCheckpoint(checkpoint));
        },
        onRecord: (record) => {
          lines.push(`${JSON.stringify(record)}\n`);
          io.note(logLine(record, sources.train.stepsPerEpoch, epochs));
        },
        signal: io.signal,
      });

      io.note('Testing on held-out volumes.');
      await pool.close();
      testPool = await createSimulatePool({ templates, spec: { snr, seed: SEEDS.test } });
      const heldOut = trainingData({
        ...data,
        pool: testPool,
        perClass: testPerClass,
        validationShare: 1,
        fresh: false,
      });
      const test = await evaluate(network, heldOut.validation, io.signal);
      lines.push(`${JSON.stringify({ kind: 'test', ...test })}\n`);
      await flush();
      const snrWords = snr === Number.POSITIVE_INFINITY ? 'noise-free' : `SNR ${snr}`;
      const sidecar: ModelSidecar = {
        title: `${name.toUpperCase()}, ${snrWords}`,
        classes: templates.map(({ id, name: complex }) => `${complex} (${id})`),
        voxelSize: TEMPLATE_GRID.voxelSize,
        normalization: 'unit-variance',
        contrast: 'dark',
        layer: 'maxpool2',
        accuracy: {
          value: test.accuracy,
          n: test.n,
          set: `held-out simulated volumes, ${snrWords}`,
        },
        recipe: run,
      };
      await writeModel(out, await modelFiles(network, sidecar));
      io.note(
        `Accuracy ${percent(test.accuracy)} on ${test.n} held-out volumes; written to ${out}.`,
      );
    } finally {
      await Promise.all([pool.close(), testPool?.close(), engine.dispose()]);
    }
  },
});

interface Initial {
  readonly artifacts: Awaited<ReturnType<typeof readNetwork>>;
  /** What the recipe says of it: nothing that depends on this machine. */
  readonly identity: { readonly model: string; readonly title?: string; readonly sha256: string };
}

async function readInitial(model: string): Promise<Initial> {
  const artifacts = await readNetwork(resolveModel(model));
  const path = resolve(model);
  const sha256 = createHash('sha256').update(new Uint8Array(artifacts.weightData)).digest('hex');
  return {
    artifacts,
    identity: {
      model: basename(basename(path) === 'model.json' ? dirname(path) : path),
      title: artifacts.sidecar.title,
      sha256: sha256.slice(0, 16),
    },
  };
}

/** Copies the weights that fit, says which, and returns the names of their layers. */
function startFrom(network: TrainableNetwork, { artifacts, identity }: Initial, io: Io) {
  const { taken, fresh } = initialize(network, artifacts);
  const rest = fresh.map(({ layer, why }) => `${layer} (${why})`).join(', ');
  io.note(`Starting from ${identity.model}: ${taken.join(', ')}${rest && `; fresh: ${rest}`}.`);
  return taken;
}

async function readCheckpoint(out: string): Promise<Checkpoint> {
  const path = join(out, CHECKPOINT);
  return decodeCheckpoint(await readBytes(path), path);
}

function logLine(record: TrainRecord, steps: number, epochs: number): string {
  if (record.kind === 'step') {
    const { epoch, step, loss, accuracy, seconds, waited } = record;
    return `epoch ${epoch + 1}/${epochs} step ${step + 1}/${steps}: loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}, ${seconds.toFixed(2)} s (${waited.toFixed(2)} s waiting for volumes)`;
  }
  const { epoch, train: t, validation: v, seconds } = record;
  const checked = v
    ? `, validation loss ${v.loss.toFixed(4)}, accuracy ${percent(v.accuracy)}`
    : '';
  return `epoch ${epoch + 1}/${epochs}: loss ${t.loss.toFixed(4)}, accuracy ${percent(t.accuracy)}${checked}, ${seconds.toFixed(0)} s`;
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) {
    throw badInput(
      `--${flag} ${text}; accepted: a number above 0${flag === 'snr' ? ', or inf' : ''}`,
    );
  }
  return value;
}

function integer(flag: string, text: string, from = 1): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < from) {
    throw badInput(`--${flag} ${text}; accepted: a whole number from ${from} up`);
  }
  return value;
}
