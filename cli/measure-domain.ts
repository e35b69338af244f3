import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type DomainSample,
  inputFeatures,
  measureDomain,
  type TrainingDomain,
} from '../src/core/domain/index.ts';
import { AppError, badInput } from '../src/core/errors.ts';
import { readShard } from '../src/core/evaluation/index.ts';
import { SEEDS } from '../src/core/simulate/index.ts';
import { sidecarOf } from '../src/engine/model/sidecar.ts';
import { sidecarFile } from '../src/engine/model/write.ts';
import type { Engine, ModelInfo, ModelSource } from '../src/engine/types.ts';
import type { Io } from './command.ts';
import type { OpenSet } from './evaluate-set.ts';
import { openSimulatedSet } from './evaluate-simulated.ts';
import { resolveModel } from './models.ts';
import type { TrainingVolumes } from './train-volumes.ts';
import { writeAtomically } from './write.ts';

/** `held-out simulated volumes, SNR 0.1`, as sidecars say it. */
export function heldOutWords(snr: number): string {
  const noise = snr === Number.POSITIVE_INFINITY ? 'noise-free' : `SNR ${snr}`;
  return `held-out simulated volumes, ${noise}`;
}

/**
 * Runs the volumes of a set through a network and measures what an input is held against.
 *
 * @param words what the volumes are
 * @throws AppError 'bad-input' when none of the volumes can be used.
 */
export async function domainOf(
  engine: Engine,
  info: ModelInfo,
  set: OpenSet,
  words: string,
  io: Pick<Io, 'note' | 'signal'>,
): Promise<TrainingDomain> {
  const { inputShape, defaultLayer } = info;
  const scope = { model: info.id, layers: [defaultLayer], classes: 'top' } as const;
  const size = await engine.batchSize(scope);
  const samples: DomainSample[] = [];
  let batch: Float32Array[] = [];
  const take = async () => {
    const question = { ...scope, inputs: batch, inputShape, methods: [] };
    const answers = await engine.explainBatch(question, { signal: io.signal });
    for (const [i, answer] of answers.entries()) {
      if ('reason' in answer) io.note(`Left out: ${answer.reason}`);
      else {
        const features = inputFeatures(batch[i], inputShape);
        samples.push({ features, channelMeans: answer.channelMeans! });
      }
    }
    batch = [];
  };
  for await (const volume of readShard(set, null, () => undefined)) {
    if ('reason' in volume) {
      io.note(`Left out: ${volume.reason}`);
      continue;
    }
    batch.push(volume.input);
    if (batch.length === size) await take();
  }
  if (batch.length > 0) await take();
  return measured(samples, info, words);
}

/**
 * What was seen of the volumes of a set.
 *
 * @throws AppError 'bad-input' when none of them can be used.
 */
export function measured(
  samples: readonly DomainSample[],
  { defaultLayer }: Pick<ModelInfo, 'defaultLayer'>,
  words: string,
): TrainingDomain {
  const usable = samples.filter(({ features }) => features.std > 0);
  if (usable.length < 2) {
    throw badInput(`${words}: ${usable.length} usable volumes; accepted: a set of two or more`);
  }
  return measureDomain(usable, { set: words, layer: defaultLayer });
}

/** Writes the entry beside the network, keeping the others; returns the path. */
export async function writeDomain(
  source: ModelSource,
  { sidecar }: Pick<ModelInfo, 'sidecar'>,
  training: TrainingDomain,
): Promise<string> {
  if (source.kind !== 'url') throw new AppError('internal', 'a network from files has no folder');
  const main = fileURLToPath(source.url);
  const path = join(dirname(main), sidecarOf(basename(main)));
  await writeAtomically(path, sidecarFile({ ...sidecar, training }).bytes);
  return path;
}

/** Measures a network that was just trained and written to `out`. */
export async function addTrainingDomain(
  engine: Engine,
  out: string,
  {
    drawing,
    heldOut,
    perClass,
  }: Pick<TrainingVolumes, 'drawing' | 'heldOut'> & { readonly perClass: number },
  io: Pick<Io, 'note' | 'signal'>,
): Promise<void> {
  const source = resolveModel(out);
  const info = await engine.loadModel(source, { signal: io.signal });
  const set = await openSimulatedSet(
    { info, prepare: {}, reading: {}, perClass },
    drawing(SEEDS.test),
  );
  try {
    io.note(`Measuring ${set.volumes.length} of them for the check of inputs.`);
    await writeDomain(source, info, await domainOf(engine, info, set, heldOut, io));
  } finally {
    await set.close();
  }
}
