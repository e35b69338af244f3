import { join } from 'node:path';
import { SEEDS, TEMPLATE_GRID } from '../src/core/simulate/index.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import {
  buildNetwork,
  evaluate,
  modelFiles,
  parameterCount,
  train,
} from '../src/engine/train/index.ts';
import type { ModelSidecar } from '../src/engine/types.ts';
import { defineCommand, type Io } from './command.ts';
import { lockFolder } from './lock.ts';
import { createSimulatePool, type SimulatePool } from './simulate-pool.ts';
import { addTrainingDomain } from './measure-domain.ts';
import { loadTemplates } from './templates.ts';
import { readCheckpoint, removePrevious, writeCheckpoint } from './train-checkpoint.ts';
import { trainingData } from './train-data.ts';
import { LOG, refuseEarlierRun, removeEarlierRun } from './train-folder.ts';
import { type Initial, initLine, readInitial } from './train-init.ts';
import { createNarrator, openLog, percent } from './train-log.ts';
import { readTrainOptions, TRAIN_FLAGS, type TrainValues } from './train-options.ts';
import { alikeVolumes, type NamedRecipe, readRecipe, variedVolumes } from './train-volumes.ts';
import { makeFolder, requireSpace, writeModel } from './write.ts';

export const command = defineCommand({
  usage: '--model cnn-1|cnn-2 --out DIR',
  positionals: [0, 0],
  about: [
    'Trains one of the networks of the paper on simulated subtomograms (80% train, 20% validate) with',
    'Adam and a cosine-decayed learning rate, and tests it on held-out ones. Writes a TensorFlow.js',
    'layers model with its sidecar, a log (log.jsonl) and checkpoints into DIR.',
  ].join('\n'),
  options: TRAIN_FLAGS,
  async run(_, values, io) {
    const options = readTrainOptions(values);
    const { out } = options;
    const initial = values.init === undefined ? undefined : await readInitial(values.init);
    const recipe = values.recipe === undefined ? undefined : await readRecipe(values.recipe);
    await makeFolder(out);
    const unlock = lockFolder(out);
    try {
      if (!values.resume && !values.force) await refuseEarlierRun(out);
      await trainInto(options, values, { initial, recipe }, io);
    } finally {
      unlock();
    }
  },
});

/** Trains in a folder that is this process's alone. */
async function trainInto(
  options: ReturnType<typeof readTrainOptions>,
  values: TrainValues,
  { initial, recipe }: { readonly initial?: Initial; readonly recipe?: NamedRecipe },
  io: Io,
): Promise<void> {
  const { name, out, perClass, epochs, seed, rate, batch, patience } = options;
  const { normalization, biasStart } = options;
  const { fresh } = values;
  const resume = values.resume ? await readCheckpoint(out, io.note) : undefined;
  const templates = await loadTemplates();
  const box = templates[0].volume.shape[0];
  const volumes = recipe ? variedVolumes(templates, recipe) : alikeVolumes(templates, options.snr);
  const { kinds, label, classes } = volumes;
  const engine = createNodeEngine();
  const { name: backend, device } = await engine.selectBackend(options.backend);
  io.note(`Training ${name} on ${backend} (${device}).`);

  let testPool: SimulatePool | undefined;
  // Far from the seeds of the test set and of the samples.
  const simulationSeed = SEEDS.train + 1000 * (seed - 1);
  const pool = await createSimulatePool({
    templates,
    ...volumes.drawing(simulationSeed),
    normalization,
  });
  try {
    const network = buildNetwork({ name, classes: classes.length, seed, box, biasStart });
    // Weights, two moments, the best weights; the new checkpoint beside two old ones; the model.
    const copies = 3 * (patience ? 4 : 3) + 1;
    await requireSpace(out, copies * 4 * parameterCount(network), 'checkpoints and weights');
    const taken = initial?.into(network, classes);
    if (initial && taken) io.note(initLine(initial, taken));
    const run = {
      // JSON leaves out what is not there.
      ...{ model: name, ...volumes.identity, perClass, epochs, seed, lr: rate, batch, fresh },
      init: initial && taken && { ...initial.identity, layers: taken.taken },
      patience,
      normalize: normalization,
      ...(biasStart !== 0 && { biasStart }),
    };
    const data = { kinds, label, voxels: box ** 3, batch, seed };
    const sources = trainingData({ ...data, pool, perClass, fresh });
    if (values.force) await removeEarlierRun(out);
    const log = await openLog(join(out, LOG), resume);
    if (resume) io.note(`Going on at epoch ${resume.epoch + 1}, step ${resume.step + 1}.`);
    const narrate = createNarrator(epochs, sources.train.stepsPerEpoch, resume);

    const result = await train({
      network,
      epochs,
      rate,
      source: sources.train,
      validation: sources.validation,
      patience,
      run,
      resume,
      checkpointEvery: options.checkpointEvery,
      onCheckpoint: (checkpoint) => writeCheckpoint(out, checkpoint),
      onRecord: (record) => {
        log.add(record);
        io.note(narrate(record));
      },
      signal: io.signal,
    });
    const bestEpoch = result.best && result.best.epoch + 1;
    if (patience) {
      const why = result.epochs < epochs ? `Stopped early after ${result.epochs} epochs` : 'Done';
      io.note(`${why}; keeping the weights of epoch ${bestEpoch}.`);
    }

    io.note('Testing on held-out volumes.');
    await pool.close();
    testPool = await createSimulatePool({
      templates,
      ...volumes.drawing(SEEDS.test),
      normalization,
    });
    const heldOut = { pool: testPool, perClass: options.testPerClass, fresh: false };
    const { validation } = trainingData({ ...data, ...heldOut, validationShare: 1 });
    const test = await evaluate(network, validation, io.signal);
    log.add({ kind: 'test', ...test });
    const sidecar: ModelSidecar = {
      title: `${name.toUpperCase()}, ${volumes.title}`,
      classes: [...classes],
      voxelSize: TEMPLATE_GRID.voxelSize,
      normalization,
      contrast: 'dark',
      layer: 'maxpool2',
      accuracy: {
        value: test.accuracy,
        n: test.n,
        set: volumes.heldOut,
      },
      recipe: { ...run, trained: { epochs: result.epochs, bestEpoch, backend } },
    };
    await writeModel(out, await modelFiles(network, sidecar));
    await removePrevious(out);
    await testPool.close();
    const measure = { ...volumes, perClass: Math.min(10, options.testPerClass) };
    await addTrainingDomain(engine, out, measure, io);
    io.note(`Accuracy ${percent(test.accuracy)} on ${test.n} held-out volumes; written to ${out}.`);
  } finally {
    await Promise.all([pool.close(), testPool?.close(), engine.dispose()]);
  }
}
