import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { channelsOf, type PictureFormatId, readPicture } from '../../src/core/picture/index.ts';
import { AppError } from '../../src/core/errors.ts';
import { isTiffPicture } from '../../src/core/tiff/index.ts';
import { indexListing } from '../../src/core/evaluation/index.ts';
import { item, joined, partOf, setup } from '../../src/core/evaluation/testing.ts';
import { summarise } from '../../src/core/evaluation/summarise.ts';
import { placeParticles, readParticles } from '../../src/core/particles/index.ts';
import { openZarr, rangeOf, type ZarrFiles } from '../../src/core/ome-zarr/index.ts';
import { parseJson } from '../../src/core/schema/index.ts';
import {
  assemble,
  atomsToDensity,
  mapToDensity,
  openStructure,
} from '../../src/core/structure/index.ts';
import { floatVolume, openVolume, prepareInput } from '../../src/core/volume/index.ts';
import { readConfiguration } from '../../src/engine/formats/configuration.ts';
import { aisNetwork } from '../../src/engine/formats/keras/ais.ts';
import { kerasH5Graph } from '../../src/engine/formats/keras/files.ts';
import { readSafetensors } from '../../src/engine/formats/safetensors.ts';
import { torchNetwork } from '../../src/engine/formats/torch/index.ts';
import { openNetwork } from '../../src/engine/model/open.ts';
import { openSource } from '../../src/engine/model/source.ts';
import { createNodeEngine } from '../../src/engine/node.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/engine/train/index.ts';
import type { Nature } from './mutate.ts';
import { GRAPH_MODEL, GRAPH_WEIGHTS } from './graph-model-seeds.ts';
import { DYNAMO, imodModel, motiveLists, RELION3, written } from './list-seeds.ts';
import {
  archives,
  arrays,
  bcifs,
  bmps,
  ems,
  fixture,
  fixtures,
  jpegs,
  MMCIF,
  noise,
  ofJson,
  ofText,
  PDB,
  pngs,
  withChecksums,
} from './seeds.ts';
import { inMemory } from '../../src/engine/model/stored.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** One kind of file that the program reads. */
export interface Kind {
  readonly nature: Nature;
  /** Ending of a reproducer. */
  readonly ending: string;
  /** Small valid files. */
  readonly seeds: () => Bytes[] | Promise<Bytes[]>;
  /** Puts a content with changes into a file that is valid around it; every second file is such a one. */
  readonly wrap?: {
    readonly contents: () => Bytes[];
    readonly pack: (content: Bytes) => Bytes;
  };
  /** Reads one as the program does; may give the bytes of its content, where those are a number. */
  readonly read: (bytes: Bytes) => unknown;
}

/** What every way of opening a volume does with it, up to the input of a network. */
function readVolume(bytes: Bytes): number {
  const { volume } = openVolume(bytes, 'input');
  try {
    for (const fit of ['crop', 'resample'] as const) {
      prepareInput(volume, { shape: [8, 8, 8], voxelSize: 10, normalization: 'zscore' }, { fit });
    }
  } catch (error) {
    // Its sentence gets the file's name where it is called.
    if (!(error instanceof Error) || error instanceof RangeError || error instanceof TypeError)
      throw error;
  }
  return volume.data.byteLength;
}

function readAtoms(name: string) {
  return (bytes: Bytes): void => {
    const opened = openStructure(bytes, name);
    if (opened.kind === 'map') return;
    const [first] = opened.structure.assemblies;
    const { atoms } = first ? assemble(opened.structure, first.id) : opened.structure;
    atomsToDensity(atoms, { voxelSize: 10, resolution: 40, box: 16 });
  };
}

/** A density map, up to the template made of it. */
function readMap(bytes: Bytes): number {
  const opened = openStructure(bytes, 'input.map');
  if (opened.kind === 'atoms') return bytes.byteLength;
  const { volume, stats } = opened.map;
  const threshold = stats.mean;
  mapToDensity(floatVolume(volume), { voxelSize: 10, resolution: 40, box: 16, threshold });
  return volume.data.byteLength;
}

const json = (file: string) => ({ file, accepted: 'JSON', maxBytes: 2 ** 26 });

const engine = createNodeEngine();
const network = () => fixture('cam/single_fc/tfjs/weights.bin');
const topology = () => JSON.parse(Buffer.from(fixture('cam/single_fc/tfjs/model.json')).toString());

const SIDECAR = {
  title: 'T',
  classes: ['a (1ABC)', 'b', 'c', 'd'],
  voxelSize: 10,
  normalization: 'unit-variance',
  contrast: 'dark',
  layer: 'conv1',
  accuracy: { value: 0.9, n: 10, set: 'held out' },
  recipe: { model: 'cnn-2', snr: 'inf', perClass: 10 },
};

/** A network of a mutated `model.json` or sidecar, as far as loading goes. */
async function loadNetwork(model: Bytes, sidecar?: Bytes): Promise<void> {
  const files = [
    { name: 'model.json', bytes: model.slice().buffer },
    { name: 'weights.bin', bytes: network().buffer },
    ...(sidecar ? [{ name: 'respond-cam.json', bytes: sidecar.slice().buffer }] : []),
  ];
  await engine.loadModel({ kind: 'files', id: 'fuzz', files });
  await engine.unloadModel('fuzz');
}

/** The attributes of an image and its array, as one document. */
const ZARRS = [
  {
    attributes: {
      multiscales: [
        {
          version: '0.4',
          axes: ['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit: 'nanometer' })),
          datasets: [
            { path: '0', coordinateTransformations: [{ type: 'scale', scale: [1, 1, 1] }] },
          ],
        },
      ],
    },
    array: {
      ...{ zarr_format: 2, shape: [5, 6, 7], chunks: [4, 4, 4], dtype: '<f4', order: 'C' },
      ...{ compressor: { id: 'gzip', level: 1 }, filters: null, fill_value: 0 },
      dimension_separator: '/',
    },
  },
];

/** Opens an OME-Zarr of that metadata and reads a region of it. */
async function readZarr(bytes: Bytes): Promise<void> {
  const { attributes, array } = parseJson(bytes, json('input.zarr')) as Record<string, unknown>;
  const parts: Readonly<Record<string, Bytes>> = {
    '.zgroup': ofJson({ zarr_format: 2 }),
    '.zattrs': ofJson(attributes ?? {}),
    '0/.zarray': ofJson(array ?? {}),
    '0/0/0/0': new Uint8Array(gzipSync(new Uint8Array(256))),
  };
  const files: ZarrFiles = {
    name: 'input.zarr',
    read: async (path, range) => {
      const own = parts[path];
      return own?.slice(...rangeOf(range, own.length));
    },
  };
  const [level] = await openZarr(files);
  const shape = level.header.shape.map((n) => Math.min(n, 8)) as [number, number, number];
  await level.read(0, { start: [0, 0, 0], shape });
}

const evaluation = () => {
  const items = [0, 1, 2].map(item);
  const skipped = [{ order: 3, id: 'v3', reason: 'v3: cut off' }];
  return summarise(setup(4), { items, skipped }, { backend: 'wasm' });
};

const mrc = (pattern: RegExp): Kind => ({
  nature: 'binary',
  ending: 'mrc',
  seeds: () => fixtures('mrc/generated-with-mrcfile', pattern, 4000),
  read: readVolume,
});

/** A list of particles, up to their places in a tomogram. */
const list = (ending: string): Pick<Kind, 'ending' | 'read'> => ({
  ending,
  read(bytes) {
    const read = readParticles({ name: `input.${ending}`, bytes });
    placeParticles(read, { shape: [100, 200, 300], voxelSize: [10, 10, 10] });
  },
});

export const KINDS = {
  'mrc-integers': mrc(/mode(0|1|6)_.*\.mrc$/),
  'mrc-floats': mrc(/(mode(2|12)|axes|image2d).*\.mrc$/),
  'mrc-packed-complex': mrc(/mode(101|4)_.*\.mrc$/),
  'mrc-stacks': mrc(/stack_.*\.mrcs?$/),
  'mrc-extended': mrc(/(ext|bad)_.*\.mrc$/),
  npy: { nature: 'binary', ending: 'npy', seeds: arrays, read: readVolume },
  npz: {
    nature: 'binary',
    ending: 'npz',
    seeds: archives,
    wrap: {
      contents: arrays,
      pack: (content) => new Uint8Array(zipSync({ 'a.npy': content })),
    },
    read: readVolume,
  },
  em: { nature: 'binary', ending: 'em', seeds: ems, read: readVolume },
  gzip: {
    nature: 'binary',
    ending: 'mrc.gz',
    seeds: () => [
      ...fixtures('mrc/generated-with-mrcfile', /\.gz$/),
      ...arrays().map((array) => new Uint8Array(gzipSync(array))),
    ],
    wrap: {
      contents: () => [
        ...arrays(),
        ...fixtures('mrc/generated-with-mrcfile', /mode.*\.mrc$/, 2000),
      ],
      pack: (content) => new Uint8Array(gzipSync(content)),
    },
    read: readVolume,
  },
  bzip2: {
    nature: 'binary',
    ending: 'mrc.bz2',
    seeds: () => fixtures('mrc/generated-with-mrcfile', /\.bz2$/),
    read: readVolume,
  },
  xz: {
    nature: 'binary',
    ending: 'mrc.xz',
    seeds: () => fixtures('packed', /\.xz$/),
    read: readVolume,
  },
  zstd: {
    nature: 'binary',
    ending: 'mrc.zst',
    seeds: () => fixtures('packed', /\.zst$/),
    read: readVolume,
  },
  pdb: { nature: 'text', ending: 'pdb', seeds: () => [ofText(PDB)], read: readAtoms('input.pdb') },
  mmcif: {
    nature: 'text',
    ending: 'cif',
    seeds: () => [ofText(MMCIF)],
    read: readAtoms('input.cif'),
  },
  map: {
    nature: 'binary',
    ending: 'map',
    seeds: () => [
      ...fixtures('mrc/generated-with-mrcfile', /mode(0|2|12)_.*\.mrc$/, 4000),
      ...ems(),
    ],
    read: readMap,
  },
  bcif: { nature: 'binary', ending: 'bcif', seeds: bcifs, read: readAtoms('input.bcif') },
  png: {
    nature: 'binary',
    ending: 'png',
    seeds: pngs,
    wrap: { contents: pngs, pack: withChecksums },
    read: (bytes) => pictureBytes(bytes, 'png'),
  },
  jpeg: {
    nature: 'binary',
    ending: 'jpg',
    seeds: jpegs,
    read: (bytes) => pictureBytes(bytes, 'jpeg'),
  },
  tiff: {
    nature: 'binary',
    ending: 'tif',
    seeds: () => fixtures('tiff', /\.tif$/, 6000),
    read: readTiff,
  },
  bmp: {
    nature: 'binary',
    ending: 'bmp',
    seeds: bmps,
    read: (bytes) => pictureBytes(bytes, 'bmp'),
  },
  star: { ...list('star'), nature: 'text', seeds: () => [...written('relion'), RELION3] },
  'dynamo table': { ...list('tbl'), nature: 'text', seeds: () => [DYNAMO] },
  'table of particles': { ...list('csv'), nature: 'text', seeds: () => written('csv') },
  'copick picks': { ...list('json'), nature: 'json', seeds: () => written('copick') },
  'imod model': { ...list('mod'), nature: 'binary', seeds: () => [imodModel()] },
  'motive list': { ...list('em'), nature: 'binary', seeds: motiveLists },
  'graph model': {
    nature: 'json',
    ending: 'model.json',
    seeds: () => [ofJson(GRAPH_MODEL)],
    read: (bytes) => open('model.json', bytes, { 'weights.bin': GRAPH_WEIGHTS }),
  },
  'model.json': {
    nature: 'json',
    ending: 'model.json',
    seeds: () => [ofJson(topology())],
    read: (bytes) => loadNetwork(bytes),
  },
  sidecar: {
    nature: 'json',
    ending: 'respond-cam.json',
    seeds: () => [ofJson(SIDECAR)],
    read: (bytes) => loadNetwork(ofJson(topology()), bytes),
  },
  'zarr metadata': {
    nature: 'json',
    ending: 'zarr.json',
    seeds: () => ZARRS.map(ofJson),
    read: (bytes) => readZarr(bytes),
  },
  evaluation: {
    nature: 'json',
    ending: 'evaluation.json',
    seeds: () => [ofJson(evaluation())],
    async read(bytes) {
      await joined([partOf(parseJson(bytes, json('input.json')), 'input.json')]);
    },
  },
  'set index': {
    nature: 'json',
    ending: 'index.json',
    seeds: () => [
      ofJson({
        format: 'respond-cam-dataset',
        version: 1,
        classes: [{ id: '1ABC', name: 'a' }],
        spec: { snr: 0.1, seed: 1 },
        items: [{ file: '1ABC/000000.mrc', class: 0, split: 'train', index: 0 }],
      }),
      ofJson([{ id: 'x', path: 'samples/x.mrc', classId: '1ABC', className: 'a', snr: 'inf' }]),
    ],
    read: (bytes) => {
      indexListing(parseJson(bytes, json('index.json')), 'index.json');
    },
  },
  checkpoint: {
    nature: 'binary',
    ending: 'checkpoint.bin',
    seeds: async () => [
      await encodeCheckpoint({
        run: { model: 'cnn-2' },
        epoch: 1,
        step: 2,
        epochsDone: 1,
        tally: { n: 3, loss: 1.5, correct: 2 },
        adamSteps: 7,
        tensors: [noise(30), noise(8)],
      }),
    ],
    read: async (bytes) => {
      await decodeCheckpoint(bytes, 'checkpoint.bin');
    },
  },
  onnx: {
    nature: 'binary',
    ending: 'onnx',
    seeds: () => fixtures('import/onnx', /\.onnx$/, 12_000),
    read: (bytes) => open('input.onnx', bytes),
  },
  'keras-h5': {
    nature: 'binary',
    ending: 'h5',
    seeds: () => fixtures('import/keras', /model.*\.h5$/, 60_000),
    read: (bytes) => open('input.h5', bytes),
  },
  'keras-zip': {
    nature: 'binary',
    ending: 'keras',
    seeds: () => fixtures('import/keras', /\.keras$/, 60_000),
    read: (bytes) => open('input.keras', bytes),
  },
  torch: {
    nature: 'binary',
    ending: 'pth',
    seeds: () => fixtures('checkpoints', /\.(pth|pt|ckpt|tar)$/, 120_000),
    read: readTorchNetwork,
  },
  scnm: {
    nature: 'binary',
    ending: 'scnm',
    seeds: () => fixtures('checkpoints', /\.scnm$/, 300_000),
    read: (bytes) => {
      aisNetwork(bytes, 'input.scnm');
    },
  },
  easymode: {
    nature: 'binary',
    ending: 'weights.h5',
    seeds: () => fixtures('checkpoints', /ribosome\.h5$/, 300_000),
    read: (bytes) => {
      kerasH5Graph(bytes, { file: 'input.h5', inputShape: [32, 32, 32] });
    },
  },
  configuration: {
    nature: 'text',
    ending: 'yaml',
    seeds: () => fixtures('checkpoints', /(model\.yaml|plans\.json|layers\.json)$/),
    read: (bytes) => {
      readConfiguration(bytes, 'input.yaml');
    },
  },
  safetensors: {
    nature: 'binary',
    ending: 'safetensors',
    seeds: () => fixtures('import/safetensors', /\.safetensors$/),
    read: (bytes) => {
      for (const { numbers } of readSafetensors(inMemory(bytes), 'input.safetensors').values())
        numbers();
    },
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** Opens a network as the app and the command line do, whatever its bytes say it is. */
async function open(
  name: string,
  bytes: Bytes,
  beside: Readonly<Record<string, Bytes>> = {},
): Promise<void> {
  const files = Object.entries({ ...beside, [name]: bytes }).map(([name, bytes]) => ({
    name,
    bytes: bytes.slice().buffer,
  }));
  const nothing = async () => null;
  const source = openSource({ kind: 'files', id: 'fuzz', files }, nothing);
  await openNetwork(source, { inputShape: [16, 16, 16] }, {});
}

/** Builds the network for two sizes of input, of which the seeds take one or the other, and reads its weights. */
function readTorchNetwork(bytes: Bytes): void {
  let refused: unknown;
  for (const inputShape of [
    [16, 12, 20],
    [32, 32, 32],
  ]) {
    try {
      const { graph } = torchNetwork(inMemory(bytes), 'input.pth', { inputShape, config: LAYERS });
      for (const { values } of graph.constants) values();
      return;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused = error;
    }
  }
  throw refused;
}

const LAYERS = JSON.parse(
  Buffer.from(fixture('checkpoints/classifier_sequential/layers.json')).toString(),
);

export type KindName = keyof typeof KINDS;

/** As a picture, where it is one, and as a volume. */
function readTiff(bytes: Bytes): number {
  if (isTiffPicture(bytes)) pictureBytes(bytes, 'tiff-picture');
  return readVolume(bytes);
}

function pictureBytes(bytes: Bytes, format: PictureFormatId): number {
  const [plane] = channelsOf(readPicture(bytes, `input.${format}`, format), 3);
  return plane.byteLength;
}

/** Once in a thread that reads networks. */
export async function prepare(): Promise<void> {
  await engine.selectBackend('cpu');
}
