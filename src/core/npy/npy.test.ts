import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { claimedNpyBytes, readNpy, writeNpy } from './index.ts';

const FOLDER = new URL('../../../fixtures/npy/', import.meta.url);

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, FOLDER)));
}

const expected: Record<string, { shape: number[]; values: number[] }> = JSON.parse(
  readFileSync(new URL('expected.json', FOLDER), 'utf8'),
);

test.each(Object.entries(expected))('%s reads as NumPy reads it', (name, { shape, values }) => {
  const bytes = bytesOf(name);
  const array = readNpy(bytes, name);
  expect(array.shape).toEqual(shape);
  expect([...array.data]).toEqual(values);
  expect(array.fortranOrder).toBe(name.endsWith('_f.npy'));
  expect(claimedNpyBytes(bytes, name)).toBe(bytes.length);
});

test.each([
  ['float32', Float32Array.from([1.5, -2, 3e38, 1e-38, 0, 7])],
  ['float64', Float64Array.from([1.5, -2, 3e300, 1e-300, 0, 7])],
  ['int8', Int8Array.from([1, -2, 3, 4, 5, -128])],
  ['uint8', Uint8Array.from([1, 2, 3, 4, 5, 255])],
  ['int16', Int16Array.from([1, -2, 3, 4, 5, -32768])],
  ['uint16', Uint16Array.from([1, 2, 3, 4, 5, 65535])],
  ['int32', Int32Array.from([1, -2, 3, 4, 5, -(2 ** 31)])],
  ['uint32', Uint32Array.from([1, 2, 3, 4, 5, 2 ** 32 - 1])],
] as const)('%s comes back as written, viewed without a copy', (_, data) => {
  const bytes = writeNpy(data, [1, 2, 3]);
  const array = readNpy(bytes, 'a.npy');
  expect(array.data).toEqual(data);
  expect(array.shape).toEqual([1, 2, 3]);
  expect(array.data.buffer).toBe(bytes.buffer);
  expect((bytes.length - data.byteLength) % 64).toBe(0);
});

test.each([
  ['bad_complex.npy', "the element type is '<c8'"],
  ['bad_record.npy', 'the element type is a record of several fields'],
])('%s is refused: %s', (name, words) => {
  expect(() => readNpy(bytesOf(name), name)).toThrow(words);
});

test('cut files and impossible shapes are refused before anything is allocated', () => {
  const good = writeNpy(new Float32Array(24), [2, 3, 4]);
  for (let length = 0; length < good.length; length++) {
    expect(() => readNpy(good.subarray(0, length), 'cut.npy')).toThrow(AppError);
  }
  for (const shape of ['9999999, 9999999, 9999999', '1e9', '-1, 4', '999999999999999999999999,']) {
    const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117);
    const bytes = good.slice();
    for (let i = 0; i < text.length; i++) bytes[10 + i] = text.charCodeAt(i);
    expect(() => readNpy(bytes, 'huge.npy')).toThrow(AppError);
  }
});

test('a shape that does not fit the values is refused', () => {
  expect(() => writeNpy(new Float32Array(5), [2, 3])).toThrow(/needs 6 values, got 5/);
});

/** A file with a header as another writer spells it, and four floats. */
function spelled(header: string): Uint8Array {
  const text = `${header}\n`;
  const bytes = new Uint8Array(10 + text.length + 16);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  for (let i = 0; i < text.length; i++) bytes[10 + i] = text.charCodeAt(i);
  bytes.set(new Uint8Array(Float32Array.from([0, 1, 2, 3]).buffer), 10 + text.length);
  return bytes;
}

test.each([
  `{"descr": "<f4", "fortran_order": False, "shape": (2, 2)}`,
  `{u'descr': u'<f4', u'fortran_order': False, u'shape': (2L, 2L)}`,
  `{b'shape': (2, 2), b'descr': b'<f4', b'fortran_order': False}`,
  `{ 'descr' : 'f' , 'shape' : [2,2,] , 'fortran_order':False,  }`,
  `{'descr': 'float32', 'fortran_order': False, 'shape': (+2, 2,), 'more': [('a', None, {})]}`,
  `{'descr': '=f4', 'fortran_order': False, 'shape': (2, 2), }          `,
  `{'descr': '<single', 'fortran_order': False, 'shape': (0_2, 2)}`,
])('a header is read as the Python literal it is: %s', (header) => {
  const { shape, data } = readNpy(spelled(header), 'a.npy');
  expect(shape).toEqual([2, 2]);
  expect([...data]).toEqual([0, 1, 2, 3]);
});

test.each([
  [`{'descr': '<f4', 'fortran_order': False, 'shape': (4)}`, 'names no shape'],
  [`{'descr': '<f4', 'fortran_order': 0, 'shape': (4,)}`, 'names no order'],
  [`{'descr': '<f4', 'fortran_order': False, 'shape': (4,), '''}`, 'not a Python dictionary'],
  [`['descr', '<f4']`, 'not a dictionary'],
  [`{'descr': '<f4' 'shape': (4,)}`, 'cannot be read from'],
  [`{'descr': '<f16', 'fortran_order': False, 'shape': (4,)}`, "'<f16'"],
  [`{'descr': '<f4', 'fortran_order': False, 'shape': (${'1,'.repeat(65)})}`, '65 axes'],
  ['('.repeat(30_000), 'not a Python dictionary'],
])('a header that is no such literal is refused: %.60s', (header, words) => {
  expect(() => readNpy(spelled(header), 'a.npy')).toThrow(words);
});
