import { join } from 'node:path';
import { methodRow } from '../src/core/cam/index.ts';
import { AppError, badInput } from '../src/core/errors.ts';
import {
  PICTURE_ENDINGS_TEXT,
  VOLUME_ENDINGS_TEXT,
  FITS,
  usualScaling,
} from '../src/core/volume/index.ts';
import { DeviceFailure } from '../src/engine/backends/failure.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import type { Engine, Explanation, ExplainRequest, ModelInfo } from '../src/engine/types.ts';
import { defineCommand, type Io } from './command.ts';
import { findingLine } from './explain-domain.ts';
import { type Opened, voxelScaleOf, whatIf } from './explain-what-if.ts';
import { inputFindings } from '../src/core/domain/index.ts';
import type { Reading } from '../src/core/whatif/index.ts';
import { type FactsOf, mapFacts, missingRivals } from './explain-facts.ts';
import { testAnswer } from './explain-faithfulness.ts';
import { writeMaps } from './explain-files.ts';
import { mergeExplanations } from './explain-merge.ts';
import { METHOD_HELP, methodLines, parseMethods } from './explain-methods.ts';
import { noteProgress } from './explain-progress.ts';
import { classNames, explainDocument, explainLines } from './explain-report.ts';
import { noteFindings } from './findings.ts';
import { compareOutput, OUTPUT_ALONE, type Parity, parityText } from '../src/core/target/index.ts';
import { referenceTarget } from './explain-references.ts';
import { TARGET_OPTIONS, targetRequest, vectorOf } from './explain-target.ts';
import { placeOf, TILE_OPTIONS, tileQuestion, tileSizes } from './explain-tile.ts';
import { PARTICLE_OPTIONS } from './particle-files.ts';
import { particlePlace } from './explain-where.ts';
import { MissingBox } from './boxes.ts';
import { givenShape } from './input-parts.ts';
import type { NetworkInput } from './network-input.ts';
import { withInput } from './input.ts';
import { READING_OPTIONS, readingOptions, volumeChoice } from './input-options.ts';
import { resolveModel } from './models.ts';
import { BACKEND_OPTION, BACKENDS, NORMALIZE, SCALING_OPTIONS } from './network-options.ts';
import { oneOf } from './parse.ts';
import { parseShard, partOf, SHARD_OPTION } from './shard.ts';
import { loadTurned } from './turned.ts';
import { makeFolder } from './write.ts';

export const command = defineCommand({
  usage: 'INPUT --model MODEL | --merge FILE...',
  positionals: [1, Number.POSITIVE_INFINITY],
  about: [
    'Explains the answer of a 3D CNN about one volume: class scores before the softmax, heatmaps of one or',
    'all layers and classes (what each place of a layer adds to a score), how the map sums account for the',
    'scores, where they lie and how they agree, how specific they are to their class, and whether the',
    'volume is like the training data.',
    `INPUT: ${VOLUME_ENDINGS_TEXT}, ${PICTURE_ENDINGS_TEXT} for 2D networks; or, with`,
    '--tomogram, a list of particles (.star .tbl .em .mod .csv, copick .json), one of which --volume names.',
    'MODEL: the id of a bundled network, or the path of a network: .onnx, .keras, .h5, a model.json of',
    'TensorFlow.js or Keras, or a PyTorch checkpoint (.pth .pt .ckpt) or Ais network (.scnm) of a tool',
    'of the field.',
    'Methods:',
    ...methodLines().map((line) => `  ${line}`),
  ].join('\n'),
  options: {
    model: { type: 'string', value: 'MODEL', help: 'the network' },
    weights: {
      type: 'string',
      value: 'FILE',
      help: 'weights kept apart: .safetensors, or the .h5 of a Keras architecture',
    },
    labels: {
      type: 'string',
      value: 'FILE',
      help: 'names of the classes, .txt or .json (default labels.txt or labels.json beside the network)',
    },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'what a checkpoint is built by: plans.json, model.yaml, layers.json (found beside it)',
    },
    ...TARGET_OPTIONS,
    ...TILE_OPTIONS,
    layer: { type: 'string', value: 'NAMES|all', help: "default: the network's own" },
    class: { type: 'string', value: 'N|all|top', help: 'classes, comma-separated', default: 'all' },
    method: {
      type: 'string',
      value: 'NAMES|all',
      help: METHOD_HELP,
      default: 'respond,grad',
    },
    ...SCALING_OPTIONS,
    fit: {
      type: 'string',
      value: 'HOW',
      help: `another box or voxel size: ${FITS.join(', ')}`,
      default: 'none',
    },
    'voxel-scale': {
      type: 'string',
      value: 'F',
      help: 'take voxels for F times as large as they are said to be (default 1)',
    },
    'what-if': {
      type: 'boolean',
      help: 'try other readings: contrast, voxel size, normalisation; say which change the answer',
    },
    volume: {
      type: 'string',
      value: 'N|all',
      help: 'volume of a stack or set, from 1 (default 1)',
    },
    ...READING_OPTIONS,
    ...PARTICLE_OPTIONS,
    mask: {
      type: 'string',
      value: 'FILE',
      help: 'the particle, not 0 inside (default: its isosurface), for the shares inside it',
    },
    faithfulness: {
      type: 'boolean',
      help: 'test the maps: deletion and insertion, shuffled weights, turned and re-wedged inputs',
    },
    ...BACKEND_OPTION,
    ...SHARD_OPTION,
    merge: {
      type: 'boolean',
      help: 'join the JSON documents of all shards of --volume all into that of one run, without times',
    },
    out: { type: 'string', value: 'DIR', help: 'write each map there as .npy and .mrc' },
    json: { type: 'boolean', help: 'one JSON document on stdout instead of text' },
  },
  async run(inputs, values, io) {
    if (values.merge) {
      await io.jsonStream({ volumes: await mergeExplanations(inputs, values) });
      return;
    }
    const [path, extra] = inputs;
    if (extra !== undefined) {
      throw badInput(`explain: unexpected argument '${extra}'; accepted: files after --merge`);
    }
    if (!values.model)
      throw badInput('explain: --model is missing; accepted: a network, see --help');
    const backend = oneOf('backend', values.backend, BACKENDS);
    const normalization = oneOf('normalize', values.normalize, NORMALIZE);
    const fit = oneOf('fit', values.fit, FITS);
    const methods = parseMethods(values.method);
    const classes = parseClasses(values.class);
    const voxelScale = voxelScaleOf(values['voxel-scale']);
    const asked = volumeChoice(values.volume);
    const reading = readingOptions(values);
    const shard = parseShard(values.shard);
    if (shard && asked !== 'all') {
      throw badInput('explain: --shard divides the volumes of a set; accepted: with --volume all');
    }
    const { references, ...wanted } = await targetRequest(values);
    const place = await placeOf(values);
    const sizes = place
      ? await tileSizes(path, place, reading, asked)
      : { inputShape: await givenShape(path, reading) };
    const source = { ...resolveModel(values.model, values), ...sizes };
    if (values.out !== undefined) await makeFolder(values.out);

    const engine = createNodeEngine();
    try {
      const started = await engine.selectBackend(backend);
      const { info, axes } = await loadTurned(engine, source, place ? undefined : path, io.signal);
      for (const note of info.notes) io.note(note);
      if (info.outputs.length > 1 && wanted.output === undefined) noteOutputs(io, info);
      const { sidecar } = info;
      const expectation = {
        voxelSize: sidecar.voxelSize,
        normalization: sidecar.normalization,
        steps: sidecar.steps,
      };
      const layers = parseLayers(values.layer, info);
      const { invert } = values;
      const choice = { normalization, fit, invert, voxelScale };
      const opening = {
        ...reading,
        declared: info.inputDeclared,
        scaling: usualScaling(info),
        particles: values,
        axes,
      };
      const request = references
        ? {
            ...wanted,
            target: await referenceTarget(
              engine,
              info,
              references,
              { ...opening, ...choice, output: wanted.output },
              io.signal,
            ),
          }
        : wanted;
      const all = asked === 'all';
      const made: ReturnType<typeof explainDocument>[] = [];
      const leftOut: { readonly volume: number; readonly reason: string }[] = [];
      const explainOne = async (
        { read, voxelSize, picture }: Opened,
        about: Partial<Pick<ExplainRequest, 'target' | 'classes'>> = {},
      ) => {
        const input = await read(choice);
        const { index } = input;
        const own = sidecar.normalization ?? (picture ? opening.scaling : 'none');
        noteInput(io, path, input, asked);
        const question = { inputKey: `${path} ${index}`, layers, classes, methods, ...request };
        const asking = answerAbout(engine, info, input, { ...question, ...about }, io);
        const answer = await asking.catch((error) =>
          Promise.reject(naming(`${path} in ${values.model}`, error)),
        );
        const { explanation, factsOf } = answer;
        const { channelMeans } = explanation;
        const used = normalization === 'model' ? own : normalization;
        const warnings = inputFindings(info, { ...input, channelMeans, normalization: used });
        for (const finding of warnings) io.note(`${path}: ${findingLine(finding)}`);
        if (explanation.backend !== started.name) io.note((await engine.backend()).reason);
        const out =
          values.out !== undefined && all ? join(values.out, `volume-${index + 1}`) : values.out;
        if (out !== undefined && all) await makeFolder(out);
        const files =
          out !== undefined ? await writeMaps(explanation, input.grid, out) : () => undefined;
        const compared =
          values.parity === undefined
            ? undefined
            : await parityOf(engine, info, input, values.parity, io);
        const where = await particlePlace(input, info, values.mask);
        const tests = values.faithfulness
          ? await testAnswer(engine, info, input, { ...request, ...about }, explanation, io)
          : undefined;
        const names = classNames(info, explanation);
        const tried = values['what-if']
          ? await whatIf(
              engine,
              info,
              { ...{ read, voxelSize, picture, own, request, names }, reading: choice },
              io,
            )
          : undefined;
        const found = {
          ...{ info, names, files, factsOf, place: where, tests, warnings, parity: compared },
          ...(tried && { tried: { reading: choice, whatIf: tried } }),
        };
        if (values.json) made.push(explainDocument(values.model!, input, explanation, found));
        else for (const line of explainLines(explanation, found)) io.print(line);
      };
      if (place) {
        const cut = (options: Reading) =>
          tileQuestion(path, info, place, { ...reading, ...options, asked });
        const tile = await cut(choice);
        const { voxelSize, voxelSizeKnown } = tile.input.grid;
        const opened = {
          read: async (options: Reading) => (await cut(options)).input,
          voxelSize: voxelSizeKnown && fit === 'none' ? voxelSize[0] : null,
          picture: false,
        };
        await explainOne(opened, {
          // What is asked for by name goes before what a place means.
          ...(tile.target && !request.target && { target: tile.target }),
          ...(tile.classes && values.class === 'all' && { classes: tile.classes }),
        });
      } else {
        await withInput(path, info.inputShape, opening, async (file) => {
          const indices = all ? Array.from({ length: file.count }, (_, i) => i) : [asked ?? 0];
          const chosen = partOf(indices, shard);
          for (const index of chosen)
            try {
              await explainOne({
                read: (options) => file.read(index, expectation, options),
                voxelSize: file.voxelSize,
                picture: file.picture,
              });
            } catch (error) {
              // Of all particles of a list, those that are there are explained.
              if (!(error instanceof MissingBox) || leftOut.length + 1 === chosen.length)
                throw error;
              leftOut.push({ volume: index + 1, reason: error.message });
              io.note(`${path}: left out: ${error.message}`);
            }
        });
      }
      if (values.json) {
        const about = { ...(shard && { shard }), ...(leftOut.length > 0 && { leftOut }) };
        io.json(all ? { ...about, volumes: made } : made[0]);
      }
    } finally {
      await engine.dispose();
    }
  },
});

/** How far the main output is from a reference. */
async function parityOf(
  engine: Engine,
  { id, outputs }: ModelInfo,
  input: NetworkInput,
  file: string,
  { signal, note }: Pick<Io, 'signal' | 'note'>,
): Promise<Parity> {
  const values = await vectorOf(file);
  const about = { model: id, input: input.data, inputShape: input.shape };
  const { scores } = await engine.explain({ ...about, ...OUTPUT_ALONE }, { signal });
  const found = compareOutput(scores, outputs[0].name, { file, values });
  note(`${file}: the output ${outputs[0].name} ${parityText(found)}`);
  return found;
}

/** Says which of several outputs is explained. */
function noteOutputs(io: Io, { outputs, title }: ModelInfo): void {
  const all = outputs.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join(', ');
  io.note(
    `${title} has ${outputs.length} outputs (${all}); ${outputs[0].name} is explained (--output NAME takes another).`,
  );
}

/** Says which volume this is, what is unusual about it and what was done to it. */
function noteInput(
  io: Io,
  path: string,
  { index, count, findings, steps }: NetworkInput,
  asked: number | 'all' | undefined,
): void {
  if (count > 1) {
    const other = asked === undefined ? ' (--volume N takes another, --volume all takes all)' : '';
    io.note(`${path}: volume ${index + 1} of ${count}${other}`);
  }
  if (asked !== 'all' || index === 0) noteFindings(io, path, findings);
  for (const step of steps) io.note(`${path}: ${step}`);
}

/** The error with the files whose numbers came out as none; the engine knows only numbers. */
function naming(files: string, error: unknown): unknown {
  const isNumbers = error instanceof DeviceFailure && error.kind === 'numbers';
  return isNumbers
    ? new AppError(error.code, `${files}: ${error.message}`, { cause: error })
    : error;
}

/** An explanation with what is found in its maps, compared with those of the rivals of the classes. */
async function answerAbout(
  engine: Engine,
  info: ModelInfo,
  input: NetworkInput,
  question: Omit<ExplainRequest, 'model' | 'input' | 'inputShape'>,
  io: Pick<Io, 'signal' | 'note'>,
): Promise<{ explanation: Explanation; factsOf: FactsOf }> {
  const about = { model: info.id, input: input.data, inputShape: input.shape, ...question };
  const options = { signal: io.signal, onProgress: noteProgress(io) };
  const explanation = await engine.explain(about, options);
  const classes = missingRivals(explanation);
  // Maps of the input take passes of their own, and many of them.
  const methods = question.methods.filter((method) => methodRow(method).at === 'layer');
  const rivals =
    classes.length > 0 && methods.length > 0
      ? await engine.explain({ ...about, classes, methods }, options)
      : null;
  return { explanation, factsOf: mapFacts(explanation, rivals) };
}

function parseClasses(text: string): ExplainRequest['classes'] {
  if (text === 'all' || text === 'top') return text;
  const indices = text.split(',').map((part) => {
    if (!/^\d+$/.test(part)) throw badInput(`--class ${text}; accepted: a class number, all, top`);
    return Number(part);
  });
  return [...new Set(indices)];
}

/** A layer's own name wins over the word `all` and over commas; other parts of the network have names too. */
function parseLayers(text: string | undefined, info: ModelInfo): ExplainRequest['layers'] {
  if (text === undefined) return 'default';
  if (info.layers.some(({ name, declared }) => name === text || declared.node === text))
    return [text];
  if (text === 'all') return 'all';
  return [...new Set(text.split(','))];
}
