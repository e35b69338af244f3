import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { torchFile } from '../../testing/torch-file.ts';
import { torchNetwork } from './index.ts';
import { inMemory } from '../../model/stored.ts';

const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** A PyTorch archive with this pickle. */
const archive = (pickle: string, parts: Readonly<Record<string, Uint8Array>> = {}) =>
  new Uint8Array(zipSync({ 'a/data.pkl': ascii(pickle), ...parts }, { level: 0 }));

const refusal = (bytes: Uint8Array) => {
  try {
    torchNetwork(inMemory(bytes), 'bad.pth', { inputShape: [8, 8, 8] });
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
  return 'nothing was refused';
};

const TENSOR = (storage: string, sizes: string, strides: string) =>
  `(dVw\nctorch._utils\n_rebuild_tensor_v2\n((Vstorage\nctorch\nFloatStorage\nV0\nVcpu\n${storage}tQI0\n(${sizes}t(${strides}tI00\ntRs.`;

test.each([
  ['a call of the system', "cos\nsystem\n(S'exit 3'\ntR.", /an object of the class os.system/],
  ['eval', "c__builtin__\neval\n(S'1'\ntR.", /an object of the class __builtin__.eval/],
  ['a length before the file', 'B\xfb\xff\xff\xff.', /a length of -5/],
  ['a number of megabytes', `\x8b\x00\x00\x02\x00${'\x01'.repeat(2 ** 17)}.`, /whole number of/],
  ['lists in lists', `${'('.repeat(1e5)}${'l'.repeat(1e5)}.`, /it holds no weights, but a list/],
  [
    'a text of doubled lists',
    `(l(l2ap0\n${'0(lg0\nag0\nap0\n'.repeat(60)}.`,
    /it holds no weights/,
  ],
  ['a dictionary copied again and again', dictionaries(), /more than the file does/],
  ['10^12 numbers', TENSOR('I1000000000000\n', 'I1000000000000\n', 'I1\n'), /bad.pth: /],
  ['numbers repeated 10^9 times', TENSOR('I1\n', 'I1000000000\n', 'I0\n'), /does not fit its 1/],
  [
    'a tensor without a storage',
    '(dVw\nctorch._utils\n_rebuild_tensor_v2\n(NI0\nttRs.',
    /cannot be read/,
  ],
  ['an empty file', '', /cannot be read/],
])('%s gets a sentence and runs nothing', (_, pickle, words) => {
  expect(refusal(archive(pickle))).toMatch(words);
});

/** Many OrderedDicts of one list of pairs. */
function dictionaries(): string {
  const pairs = Array.from({ length: 1000 }, () => '(I1\nI2\ntp1\na').join('');
  return `((l${pairs}p0\nl${'ccollections\nOrderedDict\n(g0\ntRa'.repeat(1000)}.`;
}

test('a class behind the memo entry 138 has its name', () => {
  // 138 is the opcode of long numbers too.
  expect(refusal(archive('}q\x8acos\nsystem\n)R.'))).toContain('the class os.system');
});

test('code in an archive is refused in words, and so is a zip that unpacks out of proportion', () => {
  const script = { 'a/code/__torch__.py': ascii('pass'), 'a/constants.pkl': ascii('.') };
  expect(refusal(archive('N.', script))).toMatch(/^bad.pth: a TorchScript archive/);
  const bomb = zipSync({ 'a/data.pkl': new Uint8Array(2 ** 12) }, { level: 9 });
  // The size that its table of contents claims; nothing is unpacked before it is checked.
  const view = new DataView(bomb.buffer, bomb.byteOffset);
  const contents = view.getUint32(bomb.length - 6, true);
  view.setUint32(contents + 24, 2 ** 27, true);
  expect(refusal(new Uint8Array(bomb))).toMatch(/unpacks from \d+ to 134217728 bytes/);
});

test('weights of no known network are described, with the way to export it', () => {
  const weights = TENSOR('I54\n', 'I2\nI1\nI3\nI3\nI3\n', 'I27\nI27\nI9\nI3\nI1\n');
  const words = refusal(archive(weights, { 'a/data/0': new Uint8Array(216) }));
  expect(words).toContain('1 tensors of 54 numbers (w [2 x 1 x 3 x 3 x 3])');
  expect(words).toContain('torch.onnx.export(network.eval(), torch.zeros(1, 1, 64, 64, 64)');
});

test('the tool that weights belong to is named where its networks are not built', () => {
  const weight = (name: string, dims: readonly number[]) => {
    const numbers = new Float32Array(dims.reduce((a, b) => a * b, 1));
    return { name, dims, numbers };
  };
  const weights = [
    weight('features.features.0.conv.weight', [4, 1, 7, 7]),
    weight('features.features.1.conv0.weight', [4, 4, 3, 3]),
    weight('classifier.weight', [1, 4, 1, 1]),
  ];
  expect(refusal(torchFile(weights))).toMatch(
    /^bad.pth: a particle picker of Topaz, .*onnx.export/,
  );
});
