import { badInput } from '../src/core/errors.ts';
import {
  EVALUATION_METHODS,
  type EvaluationStream,
  faithfulnessOf,
  isSkipped,
  type ReadyVolume,
  readShard,
  runEvaluation,
  type Shard,
  type SkippedVolume,
  streamOf,
  summarise,
  trainedSnr,
  requireClassifier,
} from '../src/core/evaluation/index.ts';
import { type DomainSample, inputFeatures } from '../src/core/domain/index.ts';
import { parseSnr, SEEDS } from '../src/core/simulate/index.ts';
import { VOLUME_ENDINGS_TEXT, FITS } from '../src/core/volume/index.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import type { Engine, ModelInfo } from '../src/engine/types.ts';
import { defineCommand, type Io, type Values } from './command.ts';
import {
  checkOutputs,
  documentOf,
  joinFiles,
  refuseOther,
  writeOutputs,
} from './evaluate-files.ts';
import { countVolumes, evaluationLines } from './evaluate-report.ts';
import { bundledSet, type Choice, folderSet, type OpenSet, sizesOfSet } from './evaluate-set.ts';
import { openSimulatedSet } from './evaluate-simulated.ts';
import { collectFindings } from './findings.ts';
import { READING_OPTIONS, readingOptions } from './input-options.ts';
import { heldOutWords, measured, writeDomain } from './measure-domain.ts';
import { resolveModel } from './models.ts';
import { BACKENDS, NORMALIZE } from './network-options.ts';
import { oneOf, wholeFrom } from './parse.ts';
import { createEta } from './progress.ts';
import { parseShard, SHARD_OPTION } from './shard.ts';

const SPLIT = ['all', 'train', 'validation', 'test'] as const;

function text(value: string, help: string) {
  return { type: 'string', value, help } as const;
}

const options = {
  model: text('MODEL', 'the network'),
  data: text('SET', 'bundled, simulated, or a folder of volumes'),
  limit: text('N', 'no more than N volumes, all classes evenly'),
  'per-class': text('N', 'no more than N volumes of each class (simulated: 10 without --limit)'),
  snr: text('N|inf', "signal to noise ratio (default the network's; bundled: also all)"),
  seed: text(
    'N',
    `simulated: another set of volumes (default ${SEEDS.test}, held out from training)`,
  ),
  split: text('NAME', `folder with an index: ${SPLIT.join(', ')} (default all)`),
  ...SHARD_OPTION,
  layer: text('NAME', "default: the network's own"),
  normalize: text('HOW', `${NORMALIZE.join(', ')} (default model)`),
  ...READING_OPTIONS,
  invert: { type: 'boolean', help: 'invert the contrast of every volume (about its mean)' },
  offset: text('SIGMA', 'add so many standard deviations to every volume: is the network robust?'),
  fit: text('HOW', `another box or voxel size: ${FITS.join(', ')} (default none)`),
  faithfulness: {
    type: 'boolean',
    help: 'run deletion and insertion for each volume, by the maps and by baselines (minutes)',
  },
  backend: text('NAME', `${BACKENDS.join(', ')} (default auto)`),
  out: text('PATH', 'write the result there: a .json file, or a folder for JSON and CSV'),
  csv: text('FILE', 'write one row for each volume there'),
  record: {
    type: 'boolean',
    help: 'write what these volumes look like into respond-cam.json beside the network: explain holds others against it',
  },
  merge: { type: 'boolean', help: 'join the JSON files of all shards into the result of one run' },
  force: { type: 'boolean', help: 'replace another evaluation that is there already' },
  json: { type: 'boolean', help: 'one JSON document on stdout instead of text' },
} as const;

type Flags = Values<typeof options>;

export const command = defineCommand({
  usage: '--model MODEL --data bundled|simulated|DIR | --merge FILE...',
  positionals: [0, Number.POSITIVE_INFINITY],
  about: [
    'Evaluates a network over a set of volumes: accuracy, confusion matrix, and for Respond-CAM, Grad-CAM',
    "and HiResCAM how well the map sums account for the class scores (L1 and Kendall's tau of Table 1,",
    'and the ledger). Volumes that cannot be read or do not fit are named, skipped and counted.',
    'MODEL: the id of a bundled network, or the path of a TensorFlow.js model.json.',
    `DIR: what simulate writes, or ${VOLUME_ENDINGS_TEXT} in one folder for each class.`,
  ].join('\n'),
  options,
  async run(files, values, io) {
    await checkOutputs(values);
    const evaluation = values.merge
      ? await merge(files, values)
      : await evaluate(files, values, io);
    const { summary, skippedCount } = evaluation;
    if (summary.n === 0 && !summary.shard) {
      const first = (await evaluation.skipped()[Symbol.asyncIterator]().next()).value;
      throw badInput(
        `None of ${countVolumes(summary.total)} could be evaluated${first ? `; the first: ${first.reason}` : ''}`,
      );
    }
    const written = await writeOutputs(evaluation, values);
    if (values.json) await io.jsonStream(documentOf(evaluation));
    else for (const line of [...evaluationLines(summary, skippedCount), ...written]) io.print(line);
  },
});

/** Flags that mean something to `--merge`. */
const FOR_MERGE: readonly string[] = ['merge', 'out', 'csv', 'force', 'json'];

async function merge(files: readonly string[], values: Flags): Promise<EvaluationStream> {
  const idle = Object.entries(values).find(([flag, value]) => value && !FOR_MERGE.includes(flag));
  if (idle) throw badInput(`evaluate: --${idle[0]} does not go with --merge`);
  if (files.length === 0) {
    throw badInput('evaluate: --merge needs files; accepted: the JSON files of all shards');
  }
  const joined = await joinFiles(files);
  await refuseOther(joined.summary, null, values);
  return joined;
}

async function evaluate(
  extra: readonly string[],
  values: Flags,
  io: Io,
): Promise<EvaluationStream> {
  if (extra.length > 0) {
    throw badInput(`evaluate: unexpected argument '${extra[0]}'; accepted: files after --merge`);
  }
  if (!values.model)
    throw badInput('evaluate: --model is missing; accepted: a network, see --help');
  if (!values.data) {
    throw badInput('evaluate: --data is missing; accepted: bundled, simulated, or a folder');
  }
  checkSetFlags(values.data, values);
  checkRecord(values);
  const backend = oneOf('backend', values.backend ?? 'auto', BACKENDS);
  const normalization = oneOf('normalize', values.normalize ?? 'model', NORMALIZE);
  const fit = oneOf('fit', values.fit ?? 'none', FITS);
  const prepare = { normalization, fit, invert: values.invert, offset: parseOffset(values.offset) };
  const limit = values.limit === undefined ? undefined : wholeFrom('limit', values.limit, 1);
  const perClass =
    values['per-class'] === undefined ? undefined : wholeFrom('per-class', values['per-class'], 1);
  const shard = parseShard(values.shard);
  const reading = readingOptions(values);
  const inputShape = await sizesOfSet(values.data, reading);
  const source = { ...resolveModel(values.model), inputShape };

  const engine = createNodeEngine();
  let set: OpenSet | undefined;
  try {
    const { name, device } = await engine.selectBackend(backend);
    const info = await engine.loadModel(source, { signal: io.signal });
    for (const note of info.notes) io.note(note);
    requireClassifier(info);
    const layer = chooseLayer(values.layer, info);
    set = await openSet(values, { info, prepare, reading, limit, perClass }, io);
    for (const note of set.notes) io.note(note);
    const setup = {
      model: values.model,
      title: info.title,
      fingerprint: info.fingerprint,
      layer,
      classes: info.classes,
      data: {
        ...set.data,
        normalization:
          normalization === 'model' ? (info.sidecar.normalization ?? 'none') : normalization,
        fit,
        fingerprint: set.fingerprint,
        ...(values.invert && { invert: true }),
        ...(prepare.offset !== 0 && { offset: prepare.offset }),
        ...(values.faithfulness && { faithfulness: true }),
      },
      total: set.volumes.length,
    };
    await refuseOther(setup, shard, values);
    const mine = countOf(set.volumes.length, shard);
    io.note(`Evaluating ${countVolumes(mine)} on ${name} (${device}).`);
    const progress = reportProgress(mine, io);
    let first = true;
    const found = collectFindings(io);
    const onRead = (id: string, { steps, findings = [] }: ReadyVolume) => {
      found.add(id, findings);
      if (first) for (const step of steps) io.note(`First volume, ${id}: ${step}`);
      first = false;
    };
    const samples: DomainSample[] = [];
    const scope = { model: info.id, layers: [layer], classes: 'all' } as const;
    const question = { ...scope, inputShape: info.inputShape, methods: EVALUATION_METHODS };
    const about = { model: info.id, inputShape: info.inputShape };
    const setting = {
      inputShape: info.inputShape,
      layerShape: info.layers.find(({ name }) => name === layer)!.shape,
      contrast: info.sidecar.contrast,
      scores: (inputs: readonly Float32Array[]) =>
        engine.scores({ ...about, inputs }, { signal: io.signal }),
    };
    const records = await runEvaluation({
      source: readShard(set, shard, onRead),
      batch: await engine.batchSize(scope),
      async explain(volumes) {
        const inputs = volumes.map(({ input }) => input);
        const answers = await engine.explainBatch({ ...question, inputs }, { signal: io.signal });
        if (values.record) samples.push(...seenIn(inputs, answers, info));
        return answers;
      },
      ...(values.faithfulness && {
        examine: async (volume, answer) => ({
          faithfulness: await faithfulnessOf(volume, answer, setting),
        }),
      }),
      onResults(results) {
        for (const result of results) if (isSkipped(result)) io.note(skippedLine(result));
        progress(results.length);
      },
      signal: io.signal,
    });
    found.summary();
    if (values.record) {
      const { snr } = set.data;
      const words =
        values.data === 'simulated' && snr !== null
          ? heldOutWords(snr === 'inf' ? Number.POSITIVE_INFINITY : snr)
          : values.data;
      const path = await writeDomain(source, info, measured(samples, info, words));
      io.note(`What ${samples.length} volumes look like was written to ${path}.`);
    }
    return streamOf(summarise(setup, records, { backend: name, shard }));
  } finally {
    await Promise.all([set?.close(), engine.dispose()]);
  }
}

/** What is measured of volumes that have an answer. */
function seenIn(
  inputs: readonly Float32Array[],
  answers: Awaited<ReturnType<Engine['explainBatch']>>,
  { inputShape }: ModelInfo,
): DomainSample[] {
  return answers.flatMap((answer, i) =>
    'reason' in answer || !answer.channelMeans
      ? []
      : [{ features: inputFeatures(inputs[i], inputShape), channelMeans: answer.channelMeans }],
  );
}

/** A part of the volumes, or volumes that were changed, are not what the network was trained on. */
function checkRecord({ record, shard, offset, layer }: Flags): void {
  const others = { shard, offset, layer };
  const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? [];
  if (record && other) throw badInput(`evaluate: --record does not go with --${other}`);
}

function openSet(values: Flags, choice: Choice, io: Io): Promise<OpenSet> {
  const { data, snr, seed } = values;
  const trained = trainedSnr(choice.info.sidecar.recipe);
  if (data === 'bundled') {
    const asked = snr === 'all' ? null : snr === undefined ? trained : parseSnr(snr);
    const wanted = asked === Number.POSITIVE_INFINITY ? 'inf' : asked;
    return bundledSet(choice, wanted);
  }
  if (data === 'simulated') {
    const wanted = snr === undefined ? trained : parseSnr(snr);
    if (wanted === null) {
      io.note('The network does not state its SNR; simulating without noise (see --snr).');
    }
    const spec = {
      snr: wanted ?? Number.POSITIVE_INFINITY,
      seed: seed === undefined ? SEEDS.test : wholeFrom('seed', seed, 0),
    };
    return openSimulatedSet(choice, { spec });
  }
  return folderSet(data!, choice, oneOf('split', values.split ?? 'all', SPLIT));
}

/** Refuses flags that the kind of set has no use for. */
function checkSetFlags(data: string, values: Flags): void {
  const folder = data !== 'bundled' && data !== 'simulated';
  const idle = [
    folder && values.snr !== undefined && '--snr',
    data !== 'simulated' && values.seed !== undefined && '--seed',
    !folder && values.split !== undefined && '--split',
  ].find((flag) => flag !== false);
  if (idle) throw badInput(`evaluate: ${idle} does not go with --data ${data}, see --help`);
}

function chooseLayer(asked: string | undefined, { layers, defaultLayer }: ModelInfo): string {
  if (asked === undefined) return defaultLayer;
  const found = layers.find(
    ({ name, kind }) => name === asked || (asked === 'input' && kind === 'InputLayer'),
  );
  if (found) return found.name;
  throw badInput(
    `unknown layer '${asked}'; accepted: ${layers.map(({ name }) => name).join(', ')}`,
  );
}

/** How many of `total` volumes are in a shard. */
function countOf(total: number, shard: Shard | null): number {
  return shard ? Math.max(0, Math.ceil((total - shard.index + 1) / shard.of)) : total;
}

/** The reason names the volume in most cases. */
function skippedLine({ id, reason }: SkippedVolume): string {
  return `Skipped ${reason.includes(id) ? '' : `${id}: `}${reason}`;
}

/** Says about once a second how far it is and how long it takes. */
function reportProgress(total: number, io: Io): (more: number) => void {
  const eta = createEta(total);
  let noted = Date.now();
  let done = 0;
  return (more) => {
    done += more;
    if (Date.now() - noted < 1000 || done === total) return;
    noted = Date.now();
    const { perSecond, left } = eta(done);
    io.note(`${done} of ${total} volumes, ${perSecond.toFixed(1)} per second, ${left} left`);
  };
}

function parseOffset(value = '0'): number {
  const sigma = Number(value);
  if (value.trim() !== '' && Number.isFinite(sigma)) return sigma;
  throw badInput(`--offset ${value}; accepted: a number of standard deviations, e.g. 0.3`);
}
