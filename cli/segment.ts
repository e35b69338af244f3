import { badInput } from '../src/core/errors.ts';
import {
  BLENDING_IDS,
  BLENDINGS,
  type Blending,
  tileCopiesOf,
  type Tiling,
} from '../src/core/segmentation/index.ts';
import { VOLUME_ENDINGS_TEXT } from '../src/core/volume/index.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import { defineCommand } from './command.ts';
import { noteProgress } from './explain-progress.ts';
import { noteFindings } from './findings.ts';
import { READING_OPTIONS, readingOptions, volumeChoice } from './input-options.ts';
import { resolveModel } from './models.ts';
import {
  BACKEND_OPTION,
  BACKENDS,
  NETWORK_OPTIONS,
  NORMALIZE,
  SCALING_OPTIONS,
} from './network-options.ts';
import { atLeast, oneOf } from './parse.ts';
import { writeSegmentation } from './segment-files.ts';
import { segmentDocument, segmentLines } from './segment-report.ts';
import { threeNumbers, withWhole } from './whole-volume.ts';
import { makeFolder } from './write.ts';

const FITS = ['none', 'resample'] as const;

export const command = defineCommand({
  usage: 'INPUT --model MODEL',
  positionals: [1, 1],
  about: [
    'Runs a network with an output in space (MemBrain-seg, nnU-Net, octopi, DeePiCt, DeepFinder, Ais, easymode,',
    'TopCUP and others) over a volume of any size, in overlapping tiles as its own tool does, and lists what hangs',
    'together: class, voxels, volume, centroid, mean probability. `explain INPUT --model MODEL --component N',
    '--segmentation DIR` says why a component is there, `--at z,y,x` what is said of a place.',
    `INPUT: ${VOLUME_ENDINGS_TEXT}; or an OME-Zarr, a folder, a zip archive or an address.`,
    'Blending:',
    ...BLENDING_IDS.map((id) => `  ${id.padEnd(9)} ${BLENDINGS[id].sentence}`),
  ].join('\n'),
  options: {
    ...NETWORK_OPTIONS,
    tile: {
      type: 'string',
      value: 'z,y,x',
      help: "voxels of a tile, for networks that take any size (default: the tool's, or 128)",
    },
    overlap: {
      type: 'string',
      value: 'N',
      help: "what neighbouring tiles have in common: below 1 a share of the tile, from 1 on voxels (default: the tool's, or 0.25)",
    },
    blending: {
      type: 'string',
      value: 'HOW',
      help: `${BLENDING_IDS.join(', ')} (default: the tool's, or gaussian)`,
    },
    mirror: {
      type: 'boolean',
      help: 'also run mirrored and turned tiles and average, as the tool does (takes up to 16 times as long)',
    },
    probabilities: { type: 'boolean', help: 'also write the probability of each class' },
    smallest: {
      type: 'string',
      value: 'N',
      help: 'voxels of the smallest component listed',
      default: '1',
    },
    ...SCALING_OPTIONS,
    fit: {
      type: 'string',
      value: 'HOW',
      help: "another voxel size than the network's: none, resample",
      default: 'none',
    },
    volume: { type: 'string', value: 'N', help: 'volume of a stack or set, from 1 (default 1)' },
    ...READING_OPTIONS,
    ...BACKEND_OPTION,
    out: {
      type: 'string',
      value: 'DIR',
      help: 'write labels.mrc, segmentation.json and what else was asked for there',
    },
    json: { type: 'boolean', help: 'one JSON document on stdout instead of text' },
  },
  async run([path], values, io) {
    if (!values.model)
      throw badInput('segment: --model is missing; accepted: a network, see --help');
    if (values.probabilities && values.out === undefined)
      throw badInput('segment: --probabilities goes with --out DIR');
    const backend = oneOf('backend', values.backend, BACKENDS);
    const normalization = oneOf('normalize', values.normalize, NORMALIZE);
    const resample = oneOf('fit', values.fit, FITS) === 'resample';
    const index = volumeChoice(values.volume) ?? 0;
    if (index === 'all') throw badInput('--volume all; accepted: a number from 1 up');
    const smallest = atLeast('smallest', values.smallest, 1);
    const tile =
      values.tile === undefined ? undefined : threeNumbers('tile', values.tile, 'voxels of a tile');
    const chosen = chosenTiling(values);
    const reading = readingOptions(values);
    if (values.out !== undefined) await makeFolder(values.out);

    const engine = createNodeEngine();
    try {
      await engine.selectBackend(backend);
      await withWhole(path, reading, index, async (file) => {
        const source = resolveModel(values.model!, values);
        const info = await engine.loadModel(
          tile
            ? { ...source, inputShape: tile }
            : { ...source, inputShape: file.shape, tiles: true },
          { signal: io.signal },
        );
        for (const note of info.notes) io.note(note);
        const whole = await file.read(info, { normalization, invert: values.invert, resample });
        noteFindings(io, path, whole.findings);
        for (const step of [...whole.steps, ...whole.scaling]) io.note(`${path}: ${step}`);
        const found = await engine.segment(
          {
            model: info.id,
            input: whole.volume.data,
            shape: whole.volume.shape,
            tiling: { ...chosen, ...(values.mirror && tileCopiesOf(info.sidecar.tiling)) },
            probabilities: values.probabilities,
          },
          { signal: io.signal, onProgress: noteProgress(io) },
        );
        const document = segmentDocument(values.model!, info, whole.volume, found, { smallest });
        const files =
          values.out === undefined
            ? null
            : await writeSegmentation(values.out, info, whole.volume, found, document);
        if (values.json) io.json({ ...document, files });
        else for (const line of segmentLines(info, document)) io.print(line);
      });
    } finally {
      await engine.dispose();
    }
  },
});

function chosenTiling({
  overlap,
  blending,
}: {
  readonly overlap?: string;
  readonly blending?: string;
}): Partial<Tiling> {
  const how: Blending | undefined =
    blending === undefined ? undefined : oneOf('blending', blending, BLENDING_IDS);
  return {
    ...(overlap !== undefined && { overlap: atLeast('overlap', overlap, 0) }),
    ...(how && { blending: how }),
  };
}
