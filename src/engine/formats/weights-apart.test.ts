import { describe, expect, it } from 'vitest';
import { kerasApartGraph } from './keras/files.ts';
import { readSafetensors } from './safetensors.ts';
import { WeightsApart } from './weights-apart.ts';
import { inMemory } from '../model/stored.ts';

type Shapes = Readonly<Record<string, readonly number[]>>;

/** A safetensors file of zeros in float32; `edit` changes its header. */
function file(shapes: Shapes, edit = (header: string) => header): Uint8Array<ArrayBuffer> {
  let at = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const from = at;
    at += shape.reduce((a, b) => a * b, 4);
    return [name, { dtype: 'F32', shape, data_offsets: [from, at] }] as const;
  });
  const header = new TextEncoder().encode(edit(JSON.stringify(Object.fromEntries(entries))));
  const bytes = new Uint8Array(8 + header.length + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  return bytes;
}

const NETWORK: Shapes = { 'a.weight': [2, 3], 'a.bias': [2], 'b.weight': [4, 2] };

/** What is said when the weights of a network are looked for in a file. */
function notes(network: Shapes, shapes: Shapes): string[] {
  const bytes = file(shapes);
  const apart = new WeightsApart('w.st', inMemory(bytes), readSafetensors(inMemory(bytes), 'w.st'));
  for (const [name, shape] of Object.entries(network)) apart.take([name], shape);
  return apart.notes();
}

const renamed = (shapes: Shapes, by: (name: string) => string): Shapes =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [by(name), shape]));

describe('names of weights', () => {
  it.each<[string, Shapes, Shapes]>([
    ['as they are', NETWORK, NETWORK],
    ['behind a wrapper', NETWORK, renamed(NETWORK, (name) => `module._orig_mod.${name}`)],
    ['behind the name of the network', NETWORK, renamed(NETWORK, (name) => `cryo/${name}`)],
    ['without the wrapper of the network', renamed(NETWORK, (name) => `model.${name}`), NETWORK],
    ['of TensorFlow', NETWORK, renamed(NETWORK, (name) => `${name}:0`)],
  ])('%s', (_, network, shapes) => {
    expect(notes(network, shapes)).toEqual([]);
  });

  it.each<[string, Shapes, Shapes, ...string[]]>([
    [
      'that are no weights of the network',
      NETWORK,
      { ...NETWORK, 'c.weight': [7, 7] },
      'w.st: not in the network, and left out: c.weight [7, 7].',
    ],
    [
      'that only the network has',
      NETWORK,
      { 'a.weight': [2, 3], 'a.bias': [2] },
      'w.st: not in it, so that the network keeps its own: b.weight [4, 2].',
    ],
    [
      'of another shape',
      NETWORK,
      { ...NETWORK, 'b.weight': [2, 4] },
      'w.st: not in it, so that the network keeps its own: b.weight [4, 2].',
      'w.st: not in the network, and left out: b.weight [2, 4].',
    ],
    [
      'of a layer that is there in part',
      NETWORK,
      { 'a.weight': [2, 3], 'b.weight': [4, 2] },
      'w.st: not in it, so that the network keeps its own: a.bias [2].',
      'w.st: other weights of the same layers are in it, but not a.bias: compare the scores with your own (--parity).',
    ],
  ])('%s are noted', (_, network, shapes, ...said) => {
    expect(notes(network, shapes)).toEqual(said);
  });

  it.each<[string, Shapes, Shapes, string]>([
    [
      'PyTorch',
      { 'a.kernel': [3, 1, 8], 'a.bias': [8] },
      { 'a.weight': [8, 1, 3], 'a.bias': [8] },
      'a.weight [8, 1, 3], where the network has a.kernel [3, 1, 8]',
    ],
    [
      'Keras',
      { 'a.weight': [8, 1, 3] },
      { 'a/kernel:0': [3, 1, 8] },
      'a/kernel:0 [3, 1, 8], where the network has a.weight [8, 1, 3]',
    ],
  ])('of %s are refused for a network of another framework', (framework, network, shapes, said) => {
    const words = `w.st: its weights have the names of ${framework}, which orders their axes in another way: ${said}`;
    expect(() => notes(network, shapes)).toThrow(words);
  });

  it('of which none is a weight of the network are refused', () => {
    expect(() => notes(NETWORK, { c: [3] })).toThrow(
      'w.st: none of its tensors has the name and shape',
    );
  });
});

describe('headers that contradict themselves', () => {
  const entry = (from: number) =>
    `{"dtype":"F32","shape":[2],"data_offsets":[${from},${from + 8}]}`;

  it.each([
    ['a name twice', `{"a":${entry(0)},"a":${entry(8)}}`, 'its header names a tensor twice'],
    ['shared bytes', `{"a":${entry(0)},"b":${entry(4)}}`, 'a and b share bytes'],
  ])('%s', (_, header, said) => {
    const bytes = file({ a: [2], b: [2] }, () => header);
    expect(() => readSafetensors(inMemory(bytes), 'w.st')).toThrow(`w.st: ${said}`);
  });

  it('a pointer in place of the file', () => {
    const pointer = new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n');
    expect(() => readSafetensors(inMemory(pointer), 'w.st')).toThrow('w.st: a Git LFS pointer');
  });
});

describe('an architecture of Keras with safetensors alone', () => {
  const layers = [
    { class_name: 'InputLayer', config: { name: 'x', batch_input_shape: [null, 2] } },
    { class_name: 'Dense', config: { name: 'd', units: 3 } },
  ];
  const json = JSON.stringify({ class_name: 'Sequential', config: { name: 's', layers } });
  const graph = (shapes: Shapes) => {
    const bytes = file(shapes);
    const replace = new WeightsApart(
      'w.st',
      inMemory(bytes),
      readSafetensors(inMemory(bytes), 'w.st'),
    );
    return kerasApartGraph(json, 'w.st', { file: 'net.json', replace });
  };

  it('takes all weights from it', () => {
    expect(graph({ 'd/kernel': [2, 3], 'd/bias': [3] }).outputs.length).toBe(1);
  });

  it('names the weight that it has not', () => {
    expect(() => graph({ 'd/bias': [3] })).toThrow('w.st: layer d has no weight kernel');
  });

  it('says whose names its weights have', () => {
    const foreign = { 'd.weight': [3, 2], 'd.bias': [3] };
    expect(() => graph(foreign)).toThrow('w.st: its weights have the names of PyTorch');
  });
});
