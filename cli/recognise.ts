import { AppError, badInput } from '../src/core/errors.ts';
import { requireClassifier } from '../src/core/evaluation/index.ts';
import { isBackground } from '../src/core/picking/index.ts';
import { MeansOf, recognised, shuffled } from '../src/core/recognition/index.ts';
import { prepareInput, type SourceVolume } from '../src/core/volume/index.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import type { Engine, ModelInfo } from '../src/engine/types.ts';
import { type OwnBox, type ParticleBoxes, particleShape } from './boxes.ts';
import { defineCommand, type Io } from './command.ts';
import { collectFindings, noteFindings } from './findings.ts';
import { READING_OPTIONS, readingOptions } from './input-options.ts';
import { resolveModel } from './models.ts';
import {
  BACKEND_OPTION,
  BACKENDS,
  NETWORK_OPTIONS,
  NORMALIZE,
  SCALING_OPTIONS,
} from './network-options.ts';
import { oneOf, wholeFrom } from './parse.ts';
import { withBoxes } from './particle-input.ts';
import { PLACING_OPTIONS } from './particle-files.ts';
import { classesNamed } from './pick-classes.ts';
import { classNamed } from './pick-truth.ts';
import { createEta } from './progress.ts';
import {
  recognitionDocument,
  recognitionLines,
  type Scored,
  writeRecognition,
} from './recognise-report.ts';
import { makeFolder } from './write.ts';

/** Volumes that are scored together. */
const BATCH = 32;

export const command = defineCommand({
  usage: 'LIST|FOLDER --model MODEL [--class ID,...]',
  positionals: [1, 1],
  about: [
    'Measures on particles of your own, of which it is known what they are, how a network names them: one by one as they',
    'lie in the tomogram, and means of several, brought together by the angles of the list and normalised one by one.',
    'LIST: a list of particles with the tomograms that they stand in (--tomogram), with volumes that were cut out of them',
    '(named by the list, or --boxes), or with stacks of projections (RELION 5, Warp, M).',
    'FOLDER: volumes, in it or in one folder for each class; without angles there are no means.',
    'Right is what --class names, any of several; without it what the list or folder calls each particle.',
  ].join('\n'),
  options: {
    ...NETWORK_OPTIONS,
    class: { type: 'string', value: 'ID,...', help: 'classes that are right for all particles' },
    average: {
      type: 'string',
      value: 'N,N',
      help: 'numbers of particles that are averaged',
      default: '1,2,5,10,20,40',
    },
    limit: { type: 'string', value: 'N', help: 'at most so many particles', default: '400' },
    seed: { type: 'string', value: 'N', help: 'another order of the particles', default: '1' },
    ...SCALING_OPTIONS,
    ...PLACING_OPTIONS,
    ...READING_OPTIONS,
    ...BACKEND_OPTION,
    out: {
      type: 'string',
      value: 'DIR',
      help: 'write the first mean of each number there, as the network sees it, and all answers',
    },
    json: { type: 'boolean', help: 'one JSON document on stdout instead of text' },
  },
  async run([path], values, io) {
    if (!values.model)
      throw badInput('recognise: --model is missing; accepted: a network, see --help');
    const backend = oneOf('backend', values.backend, BACKENDS);
    const normalization = oneOf('normalize', values.normalize, NORMALIZE);
    const sizes = [
      ...new Set(values.average.split(',').map((text) => wholeFrom('average', text.trim(), 1))),
    ].sort((a, b) => a - b);
    const limit = wholeFrom('limit', values.limit, 1);
    const seed = wholeFrom('seed', values.seed, 0);
    if (values.out !== undefined) await makeFolder(values.out);
    const engine = createNodeEngine();
    try {
      await engine.selectBackend(backend);
      const source = resolveModel(values.model, values);
      const info = await engine.loadModel(source, { signal: io.signal });
      for (const note of info.notes) io.note(note);
      requireClassifier(info);
      const accepted =
        values.class === undefined ? null : classesNamed('class', values.class, info.classes);
      await withBoxes(path, readingOptions(values), values, async (boxes) => {
        noteFindings(io, path, boxes.findings);
        const setting = { normalization, invert: values.invert, sizes, limit, seed, accepted };
        const scored = await scoreMeans(engine, info, boxes, setting, io);
        const about = {
          ...{ model: values.model!, list: path, tomogram: values.tomogram ?? null },
          ...{ accepted: accepted?.map((c) => info.classes[c]) ?? null, inverted: values.invert },
          ...{ count: boxes.count, ...scored },
        };
        const document = recognitionDocument(info, about);
        if (values.out !== undefined) await writeRecognition(values.out, scored.first, document);
        if (values.json) io.json(document);
        else for (const line of recognitionLines(info, about)) io.print(line);
      });
    } finally {
      await engine.dispose();
    }
  },
});

interface Setting {
  readonly normalization: (typeof NORMALIZE)[number];
  readonly invert: boolean;
  readonly sizes: readonly number[];
  readonly limit: number;
  readonly seed: number;
  readonly accepted: readonly number[] | null;
}

/** Volumes of one number of particles that wait to be scored, and what is known of them. */
interface Pending {
  readonly size: number;
  readonly input: Float32Array;
  readonly opposite: Float32Array;
  readonly rows: readonly number[];
  readonly accepted: readonly number[] | null;
}

async function scoreMeans(
  engine: Engine,
  info: ModelInfo,
  boxes: ParticleBoxes,
  { normalization, invert, sizes, limit, seed, accepted }: Setting,
  io: Io,
): Promise<Scored> {
  const { sidecar, classes, inputShape } = info;
  const shape = particleShape(boxes.list, inputShape);
  const voxelSize = sidecar.voxelSize ?? null;
  const order = shuffled(boxes.count, seed).subarray(0, limit);
  const means = new Map<string, MeansOf[]>();
  const made: (Pending & { scores: Float32Array; against: Float32Array })[] = [];
  const waiting: Pending[] = [];
  const first = new Map<number, SourceVolume<Float32Array>>();
  const found = collectFindings(io);
  const skipped: { readonly row: number; readonly reason: string }[] = [];
  const prepare = (volume: SourceVolume<Float32Array>, inverted: boolean) =>
    prepareInput(
      volume,
      { shape, normalization: sidecar.normalization, steps: sidecar.steps },
      { normalization, invert: inverted, fit: 'none' },
    ).volume;
  const flush = async () => {
    const group = waiting.splice(0);
    const inputs = group.flatMap(({ input, opposite }) => [input, opposite]);
    if (inputs.length === 0) return;
    const question = { model: info.id, inputShape, inputs };
    const scores = await engine.scores(question, { signal: io.signal });
    group.forEach((one, i) => {
      made.push({ ...one, scores: scores[2 * i], against: scores[2 * i + 1] });
    });
  };
  const put = async (
    size: number,
    volume: SourceVolume<Float32Array>,
    rows: readonly number[],
    right: readonly number[] | null,
  ) => {
    const seen = prepare(volume, invert);
    if (!first.has(size)) first.set(size, seen);
    const opposite = prepare(volume, !invert).data;
    waiting.push({ size, rows, accepted: right, input: seen.data, opposite });
    if (waiting.length >= BATCH / 2) await flush();
  };
  const eta = createEta(order.length, 0);
  let noted = Date.now();
  let used = 0;
  let angles = true;
  for (const [done, index] of order.entries()) {
    io.signal.throwIfAborted();
    const read = (oriented: boolean) => boxes.read(index, { shape, voxelSize, oriented });
    try {
      const plain = await read(false);
      if (used === 0) {
        for (const step of plain.steps) io.note(`${boxes.list}: ${step}`);
        angles = plain.particle.rotation !== null;
        if (!angles && sizes.some((size) => size > 1))
          io.note(`${boxes.list}: it has no angles, so that particles are not averaged.`);
      }
      found.add(boxes.list, plain.findings);
      const right = accepted ?? listedClass(plain, classes);
      const { row } = plain.particle;
      if (sizes[0] === 1) await put(1, plain.volume, [row], right);
      const several = angles ? sizes.filter((size) => size > 1) : [];
      if (several.length > 0) {
        const { volume } = await read(true);
        const key = right?.join() ?? '';
        const own = means.get(key) ?? several.map((size) => new MeansOf(size));
        means.set(key, own);
        for (const of of own) {
          const mean = of.add(volume.data, row);
          if (mean) await put(of.size, { ...volume, data: mean.data }, mean.rows, right);
        }
      }
      used++;
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'aborted') throw error;
      skipped.push({ row: index + 1, reason: error.message });
    }
    if (Date.now() - noted < 5000) continue;
    noted = Date.now();
    io.note(`${done + 1} of ${order.length} particles, ${eta(done + 1).left} left`);
  }
  await flush();
  found.summary();
  for (const { reason } of skipped.slice(0, 3)) io.note(`${boxes.list}: left out: ${reason}`);
  if (skipped.length > 3) io.note(`${boxes.list}: ${skipped.length - 3} more are left out.`);
  if (used === 0) throw badInput(`${boxes.list}: no particle could be read: ${skipped[0].reason}`);
  const at = classes.findIndex(isBackground);
  const other = at < 0 ? null : at;
  const answered = (size: number, which: 'scores' | 'against') => {
    const of = made.filter((one) => one.size === size);
    return recognised(
      size,
      of.map((one) => one[which]),
      of.map(({ rows }) => rows),
      of.map((one) => one.accepted),
      other,
    );
  };
  return {
    used,
    skipped,
    rows: sizes.map((size) => answered(size, 'scores')),
    opposite: sizes.map((size) => answered(size, 'against')),
    first,
  };
}

/** What the list calls a particle, as a class of the network; null where it is none of them. */
function listedClass({ particle }: OwnBox, classes: readonly string[]): number[] | null {
  const name = classNamed(particle.class ?? null, classes);
  const at = name === null ? -1 : classes.indexOf(name);
  return at < 0 ? null : [at];
}
