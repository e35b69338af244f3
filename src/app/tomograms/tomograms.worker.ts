import { badInput } from '../../core/errors.ts';
import type { ParticleFormatId } from '../../core/particles/index.ts';
import type {
  BoxesRequest,
  BoxSource,
  PlacedFile,
  ProjectionsSource,
  ThumbnailsRequest,
  TomogramSource,
} from '../../state/tomograms.ts';
import type { RegionRequest, SliceRequest } from '../../core/tomogram/index.ts';
import { Handover, serveWorker, type Task } from '../../worker/serve.ts';
import { projected, projections } from './projections.ts';
import {
  average,
  boxes,
  close,
  open,
  readList,
  region,
  selectRows,
  slice,
  thumbnails,
} from './service.ts';

type Method = (args: never, task: Task) => Promise<Handover>;

const METHODS: Readonly<Record<string, Method>> = {
  async open([source]: [TomogramSource]) {
    return new Handover(await open(source), []);
  },
  async average([source]: [TomogramSource], task) {
    return new Handover(await average(source, task), []);
  },
  async slice([source, request]: [TomogramSource, SliceRequest]) {
    const answer = await slice(source, request);
    const { picture } = answer;
    return new Handover(answer, picture ? [picture.data.buffer as ArrayBuffer] : []);
  },
  async region([source, request]: [TomogramSource, RegionRequest]) {
    const found = await region(source, request);
    return new Handover(found, found ? [found.volume.data.buffer as ArrayBuffer] : []);
  },
  async boxes([source, request]: [BoxSource, BoxesRequest], task) {
    const cut = await boxes(source, request, task);
    const arrays = cut.flatMap((box) =>
      'input' in box ? [box.input.buffer, box.values.buffer] : [],
    );
    return new Handover(cut, arrays as ArrayBuffer[]);
  },
  async thumbnails([source, request]: [BoxSource, ThumbnailsRequest], task) {
    const found = await thumbnails(source, request, task);
    return new Handover(found, [found.data.buffer as ArrayBuffer]);
  },
  async projections([source]: [ProjectionsSource]) {
    return new Handover(await projections(source), []);
  },
  async projected([source, row, edge]: [ProjectionsSource, number, number]) {
    const found = await projected(source, row, edge);
    return new Handover(found, [found.images.buffer, found.box.values.buffer] as ArrayBuffer[]);
  },
  async readList([files, beside]: [readonly PlacedFile[], readonly PlacedFile[]]) {
    const { list, projections } = await readList(files, beside);
    const { coordinates, rotations, tomogram, classes, score, half } = list;
    // Boxes' numbers and shifts stay here: the page cuts boxes out of tomograms alone.
    const arrays = [coordinates, rotations, tomogram, classes?.index, score?.values, half];
    const buffers = arrays.flatMap((array) => (array ? [array.buffer as ArrayBuffer] : []));
    const sent = { list: { ...list, boxes: null }, projections };
    return new Handover(sent, [...new Set(buffers)]);
  },
  async selectRows([files, format, rows]: [readonly PlacedFile[], ParticleFormatId, Uint32Array]) {
    const bytes = await selectRows(files, format, rows);
    return new Handover(bytes, [bytes.buffer as ArrayBuffer]);
  },
  async example([templates]: [string], task) {
    // Only who asks for an example pays for the simulator.
    const { example } = await import('./example.ts');
    return new Handover(await example(templates, task), []);
  },
  async close([source]: [BoxSource]) {
    close(source);
    return new Handover(null, []);
  },
};

serveWorker((method, args, task) => {
  if (!Object.hasOwn(METHODS, method)) throw badInput(`The reader has no method ${method}.`);
  return METHODS[method](args as never, task);
});
