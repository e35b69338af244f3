import { badInput } from '../src/core/errors.ts';
import { AlignedMean } from '../src/core/gallery/index.ts';
import type { Shape3 } from '../src/core/volume/index.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import type { ModelInfo } from '../src/engine/types.ts';
import { MissingBox } from './boxes.ts';
import { defineCommand } from './command.ts';
import { noteFindings } from './findings.ts';
import { isFolder } from './folder-listing.ts';
import { type GalleryClass, writeGallery } from './gallery-files.ts';
import { galleryDocument, galleryLines } from './gallery-report.ts';
import type { NetworkInput } from './network-input.ts';
import { withInput } from './input.ts';
import { READING_OPTIONS, readingOptions } from './input-options.ts';
import { resolveModel } from './models.ts';
import {
  BACKEND_OPTION,
  BACKENDS,
  NETWORK_OPTIONS,
  NORMALIZE,
  SCALING_OPTIONS,
} from './network-options.ts';
import { oneOf } from './parse.ts';
import { PLACING_OPTIONS } from './particle-files.ts';
import { withParticles } from './particle-input.ts';
import { classNamed } from './pick-truth.ts';
import { createEta } from './progress.ts';
import { makeFolder } from './write.ts';

const GROUPS = ['listed', 'predicted'] as const;
const METHODS = ['respond', 'grad', 'hirescam'] as const;

export const command = defineCommand({
  usage: 'LIST|FOLDER [--tomogram FILE] --model MODEL --out DIR',
  positionals: [1, 1],
  about: [
    'Averages what a network sees and where it looks, class by class: every particle of a list is explained as it lies in',
    'the tomogram, and its box and its map are turned by its angles, so that all lie as the reference does. Writes for each',
    'class the mean input, the mean map and the standard deviation of the maps (DIR/<class>.input.mrc, .map.mrc,',
    '.spread.mrc) and DIR/gallery.json.',
    'LIST: a list of particles with the tomogram, with volumes that were cut out of it or with stacks of projections.',
    'FOLDER: volumes, in it or in one folder for each class. Without angles, boxes and maps are averaged as they lie.',
  ].join('\n'),
  options: {
    ...NETWORK_OPTIONS,
    layer: { type: 'string', value: 'NAME', help: "default: the network's own" },
    method: { type: 'string', value: 'NAME', help: METHODS.join(', '), default: 'respond' },
    by: {
      type: 'string',
      value: 'WHAT',
      help: `classes ${GROUPS.join(' in the list, or ')} by the network (default: listed where the list has classes)`,
    },
    limit: { type: 'string', value: 'N', help: 'at most so many particles, from the first on' },
    ...SCALING_OPTIONS,
    ...PLACING_OPTIONS,
    ...READING_OPTIONS,
    ...BACKEND_OPTION,
    out: { type: 'string', value: 'DIR', help: 'folder to write to' },
    json: { type: 'boolean', help: 'one JSON document on stdout instead of text' },
  },
  async run([path], values, io) {
    if (!values.model)
      throw badInput('gallery: --model is missing; accepted: a network, see --help');
    if (values.out === undefined) throw badInput('gallery: --out DIR is missing');
    const backend = oneOf('backend', values.backend, BACKENDS);
    const normalization = oneOf('normalize', values.normalize, NORMALIZE);
    const method = oneOf('method', values.method, METHODS);
    const by = values.by === undefined ? null : oneOf('by', values.by, GROUPS);
    const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit);
    if (!(limit >= 1))
      throw badInput(`--limit ${values.limit}; accepted: a whole number from 1 up`);
    await makeFolder(values.out);
    const started = performance.now();
    const engine = createNodeEngine();
    try {
      await engine.selectBackend(backend);
      const info = await engine.loadModel(resolveModel(values.model, values), {
        signal: io.signal,
      });
      for (const note of info.notes) io.note(note);
      const { sidecar } = info;
      const expectation = {
        voxelSize: sidecar.voxelSize,
        normalization: sidecar.normalization,
        steps: sidecar.steps,
      };
      const layer = values.layer ?? info.defaultLayer;
      const opening = {
        ...readingOptions(values),
        declared: info.inputDeclared,
        particles: { ...values, oriented: false },
      };
      const classes = new Map<string, GalleryClass>();
      const open = (await isFolder(path)) ? withParticles : withInput;
      await open(path, info.inputShape, opening, async (file) => {
        const count = Math.min(file.count, limit);
        const eta = createEta(count, 0);
        let noted = Date.now();
        let missing: MissingBox | null = null;
        for (let index = 0; index < count; index++) {
          const reading = { normalization, invert: values.invert };
          const input = await file.read(index, expectation, reading).catch((error: unknown) => {
            if (!(error instanceof MissingBox)) throw error;
            io.note(`${path}: left out: ${error.message}`);
            missing = error;
          });
          if (!input) continue;
          if (classes.size === 0) noteFindings(io, path, input.findings);
          const group = groupOf(input, info, by);
          const explanation = await engine.explain(
            {
              ...{ model: info.id, input: input.data, inputShape: input.shape },
              ...{ layers: [layer], methods: [method] },
              classes: group.index === null ? 'top' : [group.index],
            },
            { signal: io.signal },
          );
          const [{ classes: answers }] = explanation.layers;
          const [answer] = answers;
          const name = group.name ?? info.classes[explanation.predicted];
          const map = answer.methods[method];
          if (!map) throw badInput(`The layer ${layer} has no map by ${method}`);
          const one = classes.get(name) ?? emptyClass(name, answer.index, input);
          classes.set(name, one);
          const rotation = input.particle?.rotation ?? null;
          const shape: Shape3 = [map.shape[0], map.shape[1], map.shape[2]];
          one.input.add(input.data, rotation);
          one.map.addMap(map.data, shape, rotation);
          one.scores.push(answer.score);
          one.sums.push(map.sum);
          if (explanation.predicted === answer.index) one.right++;
          if (rotation) one.turned++;
          if (Date.now() - noted < 5000) continue;
          noted = Date.now();
          io.note(`${index + 1} of ${count} particles, ${eta(index + 1).left} left`);
        }
        if (missing && classes.size === 0) throw missing;
      });
      const found = [...classes.values()].sort((a, b) => b.input.count - a.input.count);
      const about = {
        model: values.model,
        ...{ layer, method },
        layerShape: info.layers.find(({ name }) => name === layer)?.shape ?? [],
        list: path,
        tomogram: values.tomogram ?? null,
        seconds: (performance.now() - started) / 1000,
      };
      const document = galleryDocument(about, found);
      const files = await writeGallery(values.out, found, document);
      const written = { ...document, files };
      if (values.json) io.json(written);
      else for (const line of galleryLines(info, document, values.out)) io.print(line);
    } finally {
      await engine.dispose();
    }
  },
});

/** The class that a particle counts to, and the network's of that name; null for the one it is called. */
function groupOf(
  { particle }: NetworkInput,
  { classes }: ModelInfo,
  by: (typeof GROUPS)[number] | null,
): { readonly name: string | null; readonly index: number | null } {
  const listed = particle?.class;
  if (by === 'listed' && listed === undefined)
    throw badInput('--by listed: neither list nor folders name classes; accepted: --by predicted');
  if (by === 'predicted' || listed === undefined) return { name: null, index: null };
  const name = classNamed(listed, classes) ?? listed;
  const index = classes.indexOf(name);
  return { name, index: index >= 0 ? index : null };
}

function emptyClass(name: string, index: number, { grid }: NetworkInput): GalleryClass {
  const own = { ...grid, origin: [0, 0, 0] as const };
  return {
    ...{ name, index, grid },
    input: new AlignedMean(own),
    map: new AlignedMean(own),
    scores: [],
    sums: [],
    right: 0,
    turned: 0,
  };
}
