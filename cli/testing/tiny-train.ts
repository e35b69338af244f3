/** A program for tests: trains a tiny CNN-2 with the files of `train`; arguments OUT [--resume]. */
import { createRandom } from '../../src/core/simulate/random.ts';
import { createNodeEngine } from '../../src/engine/node.ts';
import { type BatchSource, buildNetwork, modelFiles, train } from '../../src/engine/train/index.ts';
import { sentence } from '../../src/core/errors.ts';
import { join } from 'node:path';
import { exitCode } from '../commands.ts';
import { readCheckpoint, writeCheckpoint } from '../train-checkpoint.ts';
import { LOG, refuseEarlierRun } from '../train-folder.ts';
import { openLog } from '../train-log.ts';
import { lockFolder } from '../lock.ts';
import { makeFolder, writeModel } from '../write.ts';

const BOX = 8;

/** Noise about the class number; slow enough to be killed in the middle. */
const source: BatchSource = {
  stepsPerEpoch: 2,
  async batch(epoch, step) {
    const random = createRandom(epoch, step);
    const y = [0, 1, 2];
    const x = Float32Array.from(
      { length: y.length * BOX ** 3 },
      (_, i) => y[Math.floor(i / BOX ** 3)] + random.normal(),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { x, y };
  },
};

const [out, flag] = process.argv.slice(2);
try {
  await makeFolder(out);
  const unlock = lockFolder(out);
  if (flag === undefined) await refuseEarlierRun(out);
  await createNodeEngine().selectBackend('wasm');
  const resume =
    flag === '--resume'
      ? await readCheckpoint(out, (line) => process.stderr.write(line))
      : undefined;
  const log = await openLog(join(out, LOG), resume);
  const network = buildNetwork({ name: 'cnn-2', classes: 3, seed: 1, box: BOX });
  await train({
    ...{ network, epochs: 3, rate: 1e-3, source, validation: source, patience: 3 },
    run: { tiny: true },
    resume,
    checkpointEvery: 2,
    onCheckpoint: (checkpoint) => writeCheckpoint(out, checkpoint),
    onRecord: (record) => {
      log.add(record);
      if (record.kind === 'step') process.stdout.write(`${record.epoch}.${record.step} `);
    },
  });
  await writeModel(out, await modelFiles(network, {}));
  unlock();
} catch (error) {
  process.exitCode = exitCode(error);
  process.stderr.write(sentence(error));
}
