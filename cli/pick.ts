import { basename } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import { PARTICLE_WRITERS, WRITTEN_FORMATS } from '../src/core/particles/index.ts';
import { agreement } from '../src/core/picking/index.ts';
import {
  type SourceGrid,
  VOLUME_ENDINGS_TEXT,
  type Vec3,
  voxelToWorld,
  volumeStem,
} from '../src/core/volume/index.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import { defineCommand } from './command.ts';
import { noteFindings } from './findings.ts';
import { READING_OPTIONS, readingOptions } from './input-options.ts';
import { resolveModel } from './models.ts';
import {
  BACKEND_OPTION,
  BACKENDS,
  NETWORK_OPTIONS,
  NORMALIZE,
  SCALING_OPTIONS,
} from './network-options.ts';
import { atLeast, oneOf } from './parse.ts';
import { writePicks } from './pick-files.ts';
import { type Asked, DISTANCE, LEAST, picksOf } from './pick-network.ts';
import { type PickFacts, pickDocument, pickLines } from './pick-report.ts';
import { classNamed, truthOf } from './pick-truth.ts';
import { withPickTomogram } from './pick-tomogram.ts';
import { makeFolder } from './write.ts';

/** How near a pick has to be to a true particle, as a share of the network's box. */
const RADIUS = 0.2;

export const command = defineCommand({
  usage: 'TOMOGRAM --model MODEL [--stride N] [--out DIR]',
  positionals: [1, 1],
  about: [
    'Picks particles: a classifier looks at windows all over the tomogram, and what stands out is looked at again window',
    'by window; a segmentation network gives components. Writes a list and, of a classifier, the score of each class as',
    'a volume. `explain DIR/picks.star --tomogram TOMOGRAM --model MODEL --volume N` says why pick N is one.',
    'A network without a class for what is no particle calls everything some particle; then picks are where the score of a',
    'class stands out of those of all windows.',
    `TOMOGRAM: ${VOLUME_ENDINGS_TEXT}, or an OME-Zarr as folder, zip or address.`,
    'Formats:',
    ...WRITTEN_FORMATS.map((id) => `  ${id.padEnd(7)} ${PARTICLE_WRITERS[id].label}`),
  ].join('\n'),
  options: {
    ...NETWORK_OPTIONS,
    stride: { type: 'string', value: 'N', help: 'voxels between windows', default: '8' },
    threshold: {
      type: 'string',
      value: 'P',
      help: `least probability of a pick (default ${LEAST.probability}); without a background class, standard deviations that its score stands out by (default ${LEAST.standing})`,
    },
    classes: { type: 'string', value: 'LIST', help: 'classes to pick, by number or name' },
    background: {
      type: 'string',
      value: 'LIST',
      help: 'classes that are no particle, or none (default by name: background, other, noise, membrane, ...)',
    },
    distance: {
      type: 'string',
      value: 'NM',
      help: `least distance between picks (default ${DISTANCE} of the network's box)`,
    },
    'no-refine': { type: 'boolean', help: 'leave picks at the windows they were found in' },
    most: { type: 'string', value: 'N', help: 'most candidates looked at again', default: '2000' },
    'one-by-one': { type: 'boolean', help: 'share no convolutions: exact and slow' },
    smallest: {
      type: 'string',
      value: 'N',
      help: 'voxels of the smallest component that is a pick',
      default: '8',
    },
    truth: { type: 'string', value: 'LIST', help: 'true particles, to give recall and precision' },
    radius: {
      type: 'string',
      value: 'NM',
      help: `how near a pick has to be to a true particle (default ${RADIUS} of the network's box)`,
    },
    format: { type: 'string', value: 'NAME', help: WRITTEN_FORMATS.join(', '), default: 'relion' },
    ...SCALING_OPTIONS,
    ...READING_OPTIONS,
    ...BACKEND_OPTION,
    out: { type: 'string', value: 'DIR', help: 'write the list and the scores there' },
    json: { type: 'boolean', help: 'one JSON document on stdout instead of text' },
  },
  async run([path], values, io) {
    if (!values.model) throw badInput('pick: --model is missing; accepted: a network, see --help');
    const backend = oneOf('backend', values.backend, BACKENDS);
    const normalization = oneOf('normalize', values.normalize, NORMALIZE);
    const format = oneOf('format', values.format, WRITTEN_FORMATS);
    const asked: Asked = {
      stride: whole('stride', values.stride),
      most: whole('most', values.most),
      smallest: whole('smallest', values.smallest),
      threshold: values.threshold === undefined ? null : atLeast('threshold', values.threshold, 0),
      distance: values.distance === undefined ? null : 10 * atLeast('distance', values.distance, 0),
      refine: !values['no-refine'],
      boxes: values['one-by-one'],
      classes: values.classes,
      background: values.background,
      normalization,
    };
    const radius = values.radius === undefined ? null : 10 * atLeast('radius', values.radius, 0);
    const reading = readingOptions(values);
    const header = await withPickTomogram(path, reading, async (file) => file.header);
    const truth =
      values.truth === undefined
        ? null
        : { file: values.truth, particles: await truthOf(values.truth, path, header) };
    if (values.out !== undefined) await makeFolder(values.out);
    const started = performance.now();
    const engine = createNodeEngine();
    try {
      await engine.selectBackend(backend);
      await withPickTomogram(path, reading, async (file) => {
        const info = await engine.loadModel(
          { ...resolveModel(values.model!, values), inputShape: header.shape, tiles: true },
          { signal: io.signal },
        );
        for (const note of info.notes) io.note(note);
        const tomogram = await file.read(info, { normalization, invert: values.invert });
        noteFindings(io, path, tomogram.findings);
        for (const step of tomogram.steps) io.note(`${path}: ${step}`);
        const read = performance.now();
        const { raw } = tomogram;
        const boxEdge = info.inputShape[0] * raw.voxelSize[0];
        const { picks, maps, ...found } = await picksOf(engine, info, tomogram, asked, io);
        const placed = picks.map((pick) => ({
          ...pick,
          position: inFile(raw, header, pick.voxel),
        }));
        const near = radius ?? RADIUS * boxEdge;
        const facts: PickFacts = {
          model: values.model!,
          tomogram: {
            file: path,
            shape: raw.shape,
            voxelSize: raw.voxelSize,
            voxelSizeKnown: raw.voxelSizeKnown,
          },
          ...found,
          picks: placed,
          truth: truth && {
            file: truth.file,
            radius: near,
            ...agreement(
              placed.map((pick) => ({ position: pick.position, label: info.classes[pick.class] })),
              truth.particles.map((one) => ({
                ...one,
                label: classNamed(one.label, info.classes),
              })),
              near,
            ),
          },
          timing: { read: read - started, ...found.timing, total: performance.now() - started },
        };
        const files =
          values.out === undefined
            ? null
            : await writePicks(
                values.out,
                format,
                {
                  count: placed.length,
                  tomogram: { name: volumeStem(basename(path)), ...header },
                  positions: Float64Array.from(placed.flatMap(({ position }) => position)),
                  rotations: null,
                  classes: {
                    names: info.classes,
                    index: Int32Array.from(placed, (pick) => pick.class),
                  },
                  score: Float32Array.from(placed, (pick) => pick.probability),
                },
                raw,
                maps,
              );
        if (values.json) io.json(pickDocument(info, facts, files));
        else for (const line of pickLines(info, facts)) io.print(line);
      });
    } finally {
      await engine.dispose();
    }
  },
});

/** x, y, z in Å from the centre of the file's first voxel of a place in voxels of what was read of it. */
function inFile(raw: SourceGrid, header: Pick<SourceGrid, 'origin'>, voxel: Vec3): Vec3 {
  const [x, y, z] = voxelToWorld(raw, voxel);
  return [x - header.origin[0], y - header.origin[1], z - header.origin[2]];
}

function whole(flag: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text.trim())) return Number(text);
  throw badInput(`--${flag} ${text}; accepted: a whole number from 1 up`);
}
