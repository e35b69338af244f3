import { CAM_METHODS, type CamMethod } from '../src/core/cam/index.ts';
import { badInput } from '../src/core/errors.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import type { BackendChoice, ExplainRequest, ModelInfo } from '../src/engine/types.ts';
import { defineCommand } from './command.ts';
import { writeMaps } from './explain-files.ts';
import { explainDocument, explainLines } from './explain-report.ts';
import { readInput } from './input.ts';
import { resolveModel } from './models.ts';
import { makeFolder } from './write.ts';

const BACKENDS = ['auto', 'webgpu', 'wasm', 'cpu'] as const;
const NORMALIZE = ['model', 'none', 'zscore', 'unit-variance'] as const;
const FIT = ['none', 'crop', 'resample'] as const;

export const command = defineCommand({
  usage: 'INPUT --model MODEL',
  positionals: [1, 1],
  about: [
    'Shows which voxels a 3D CNN answered to: class scores before the softmax, heatmaps of one or all',
    'layers and classes, how the map sums account for the scores, and the metrics of the paper.',
    'INPUT: .mrc .map .ccp4 .rec .mrcs .npy (also .gz .bz2), .png .jpg for 2D networks.',
    'MODEL: the id of a bundled network, or the path of a TensorFlow.js model.json.',
  ].join('\n'),
  options: {
    model: { type: 'string', value: 'MODEL', help: 'the network' },
    layer: { type: 'string', value: 'NAMES|all', help: "default: the network's own" },
    class: { type: 'string', value: 'N|all|top', help: 'classes, comma-separated', default: 'all' },
    method: {
      type: 'string',
      value: 'NAMES|all',
      help: `${CAM_METHODS.join(', ')}, comma-separated`,
      default: 'respond,grad',
    },
    normalize: { type: 'string', value: 'HOW', help: NORMALIZE.join(', '), default: 'model' },
    fit: {
      type: 'string',
      value: 'HOW',
      help: `another box or voxel size: ${FIT.join(', ')}`,
      default: 'none',
    },
    backend: { type: 'string', value: 'NAME', help: BACKENDS.join(', '), default: 'auto' },
    out: { type: 'string', value: 'DIR', help: 'write each map there as .npy and .mrc' },
    json: { type: 'boolean', help: 'one JSON document on stdout instead of text' },
  },
  async run([path], values, io) {
    if (!values.model)
      throw badInput('explain: --model is missing; accepted: a network, see --help');
    const backend: BackendChoice = oneOf('backend', values.backend, BACKENDS);
    const normalization = oneOf('normalize', values.normalize, NORMALIZE);
    const fit = oneOf('fit', values.fit, FIT);
    const methods = parseMethods(values.method);
    const classes = parseClasses(values.class);
    const source = resolveModel(values.model);
    if (values.out !== undefined) await makeFolder(values.out);

    const engine = createNodeEngine();
    try {
      const started = await engine.selectBackend(backend);
      const info = await engine.loadModel(source, { signal: io.signal });
      for (const note of info.notes) io.note(note);
      const { sidecar } = info;
      const expectation = { voxelSize: sidecar.voxelSize, normalization: sidecar.normalization };
      const input = await readInput(path, info.inputShape, expectation, { normalization, fit });
      for (const step of input.steps) io.note(`${path}: ${step}`);
      const explanation = await engine.explain(
        {
          model: info.id,
          input: input.data,
          inputShape: input.shape,
          layers: parseLayers(values.layer, info),
          classes,
          methods,
        },
        { signal: io.signal },
      );
      if (explanation.backend !== started.name) io.note((await engine.backend()).reason);
      const files =
        values.out !== undefined
          ? await writeMaps(explanation, input.grid, values.out)
          : () => undefined;
      if (values.json) io.json(explainDocument(values.model, input, explanation, files));
      else for (const line of explainLines(info, explanation)) io.print(line);
    } finally {
      await engine.dispose();
    }
  },
});

function oneOf<T extends string>(flag: string, value: string, accepted: readonly T[]): T {
  const found = accepted.find((option) => option === value);
  if (found === undefined) throw badInput(`--${flag} ${value}; accepted: ${accepted.join(', ')}`);
  return found;
}

function parseMethods(text: string): readonly CamMethod[] {
  if (text === 'all') return CAM_METHODS;
  return [...new Set(text.split(',').map((name) => oneOf('method', name, CAM_METHODS)))];
}

function parseClasses(text: string): ExplainRequest['classes'] {
  if (text === 'all' || text === 'top') return text;
  const indices = text.split(',').map((part) => {
    if (!/^\d+$/.test(part)) throw badInput(`--class ${text}; accepted: a class number, all, top`);
    return Number(part);
  });
  return [...new Set(indices)];
}

/** A layer's own name wins over the word `all` and over commas. */
function parseLayers(text: string | undefined, info: ModelInfo): ExplainRequest['layers'] {
  if (text === undefined) return 'default';
  if (info.layers.some(({ name }) => name === text)) return [text];
  return text === 'all' ? 'all' : [...new Set(text.split(','))];
}
