import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readTorch, TorchTensor } from './container.ts';
import { Inert } from './pickle.ts';
import { inMemory } from '../../model/stored.ts';

const read = (name: string) =>
  readTorch(
    inMemory(new Uint8Array(readFileSync(`fixtures/checkpoints/classifier_sequential/${name}`))),
    name,
  );

function tensor(state: unknown, name: string): TorchTensor {
  const found = state instanceof Map ? state.get(name) : undefined;
  if (!(found instanceof TorchTensor)) throw new Error(`no tensor ${name}`);
  return found;
}

test('a state dict has the same numbers however it was saved', () => {
  const plain = tensor(read('model.pth'), '0.weight');
  expect(plain.dims).toEqual([4, 1, 3, 3, 3]);
  expect(plain.numbers().some((n) => n !== 0)).toBe(true);
  expect(plain.numbers(5, 9)).toEqual(plain.numbers().slice(5, 9));
  const checkpoint = read('checkpoint.pth.tar') as Map<string, unknown>;
  expect(checkpoint.get('best_acc1')).toBeCloseTo(0.93, 6);
  for (const state of [
    read('model_legacy.pth'),
    read('model_fp16.pth'),
    checkpoint.get('state_dict'),
  ])
    expect(tensor(state, '0.weight').numbers()).toEqual(plain.numbers());
});

test('old files are known by their number in every protocol', () => {
  const old = readFileSync('fixtures/checkpoints/classifier_sequential/model_legacy.pth');
  const number = old.subarray(2, 15);
  for (const protocol of [2, 3, 4, 5]) {
    const frame = protocol < 4 ? [] : [0x95, number.length, ...new Uint8Array(7)];
    const bytes = new Uint8Array([0x80, protocol, ...frame, ...number, ...old.subarray(15)]);
    expect(tensor(readTorch(inMemory(bytes), 'old.pth'), '0.weight').dims).toEqual([4, 1, 3, 3, 3]);
  }
});

test('classes of a whole module are names with a state, never code', () => {
  const module = read('whole_model.pt');
  expect(module).toBeInstanceOf(Inert);
  expect((module as Inert).className).toBe('torch.nn.modules.container.Sequential');
  expect((module as Inert).state).toBeInstanceOf(Map);
});

/** `os.system('exit 3')` as a pickle of protocol 0. */
const HOSTILE = "cos\nsystem\n(S'exit 3'\ntR.";

test('nothing of a hostile pickle is run, and a damaged file gets a sentence', () => {
  const magic = readFileSync(
    'fixtures/checkpoints/classifier_sequential/model_legacy.pth',
  ).subarray(0, 15);
  const rest = new TextEncoder().encode(`I1\n.I1\n.${HOSTILE}(l.`);
  const found = readTorch(inMemory(new Uint8Array([...magic, ...rest])), 'hostile.pth');
  expect(found).toEqual(new Inert('os.system', ['exit 3']));
  const bytes = new Uint8Array(
    readFileSync('fixtures/checkpoints/classifier_sequential/model.pth'),
  );
  expect(() => readTorch(inMemory(bytes.subarray(0, 900)), 'cut.pth')).toThrow(
    /^cut.pth: a damaged zip/,
  );
  expect(() => readTorch(inMemory(new Uint8Array(40)), 'zeros.pth')).toThrow(/^zeros.pth: neither/);
});
