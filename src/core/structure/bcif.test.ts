import { encode } from '@msgpack/msgpack';
import { gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { openStructure } from './index.ts';

const bytesOf = (view: ArrayBufferView) =>
  new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
const INT8 = { kind: 'ByteArray', type: 1 };
const INT32 = { kind: 'ByteArray', type: 3 };

interface Data {
  data: Uint8Array;
  encoding: unknown[];
}

/** Three atoms, each column in another encoding. */
const COLUMNS: Record<string, { data: Data; mask?: Data | null }> = {
  // `CNC` by index, with an unknown value (index -1) behind the mask.
  type_symbol: { data: strings('CN', [0, 1, 2], [0, 1, 0]) },
  label_asym_id: { data: strings('AB', [0, 1, 2], [0, 0, 1]) },
  label_alt_id: {
    data: strings('A', [0, 1], [-1, -1, -1]),
    mask: { data: Uint8Array.of(1, 1, 1), encoding: [{ kind: 'ByteArray', type: 4 }] },
  },
  // 1.5, 130.25, 2 as hundredths, differences, packed into bytes (12875 = 101 * 127 + 48).
  Cartn_x: {
    data: {
      data: bytesOf(
        Int8Array.from([127, 23, ...Array(101).fill(127), 48, ...Array(100).fill(-128), -25]),
      ),
      encoding: [
        { kind: 'FixedPoint', factor: 100, srcType: 33 },
        { kind: 'Delta', origin: 0, srcType: 3 },
        { kind: 'IntegerPacking', byteCount: 1, isUnsigned: false, srcSize: 3 },
        INT8,
      ],
    },
  },
  Cartn_y: {
    data: {
      data: bytesOf(Float64Array.from([0, -1, 2.5])),
      encoding: [{ kind: 'ByteArray', type: 33 }],
    },
  },
  Cartn_z: {
    data: {
      data: bytesOf(Int32Array.from([5, 2, 10, 1])),
      encoding: [
        { kind: 'IntervalQuantization', min: 0, max: 10, numSteps: 11, srcType: 32 },
        { kind: 'RunLength', srcType: 3, srcSize: 3 },
        INT32,
      ],
    },
  },
};

function strings(text: string, offsets: number[], indices: number[]): Data {
  return {
    data: bytesOf(Int32Array.from(indices)),
    encoding: [
      {
        kind: 'StringArray',
        dataEncoding: [INT32],
        stringData: text,
        offsetEncoding: [INT32],
        offsets: bytesOf(Int32Array.from(offsets)),
      },
    ],
  };
}

function file(changes: Record<string, unknown> = {}, rowCount: unknown = 3): Uint8Array {
  const columns = Object.entries({ ...COLUMNS, ...changes }).map(([name, column]) => ({
    name,
    mask: null,
    ...(column as object),
  }));
  const categories = [{ name: '_atom_site', rowCount, columns }];
  return encode({ version: '0.3.0', encoder: 'test', dataBlocks: [{ header: 'X', categories }] });
}

describe('BinaryCIF', () => {
  it('is opened whatever its name, plain or compressed', () => {
    for (const bytes of [file(), gzipSync(file())]) {
      const opened = openStructure(bytes, 'x.pdb');
      if (opened.kind !== 'atoms') throw new Error('not atoms');
      const { atoms, chains, format } = opened.structure;
      expect(format).toBe('bcif');
      expect(Array.from(atoms.elements)).toEqual([6, 7, 6]);
      expect(chains).toEqual(['A', 'B']);
      expect(Array.from(atoms.positions)).toEqual([1.5, 0, 5, 130.25, -1, 5, 2, 2.5, 10]);
    }
  });

  const run = (srcSize: number, ...runs: number[]) => ({
    Cartn_z: {
      data: {
        data: bytesOf(Int32Array.from(runs)),
        encoding: [{ kind: 'RunLength', srcType: 3, srcSize }, INT32],
      },
    },
  });
  it.each([
    ['a run of 10^9', file(run(1e9, 1, 1e9)), /1000000000 values, more than 25000000/],
    ['a negative run', file(run(3, 1, 5, 1, -2)), /a run is negative/],
    ['too few values', file(run(2, 1, 2)), /a column has 2 of 3 values/],
    ['rows without end', file({}, 1e12), /1000000000000 rows, more than 25000000/],
    [
      'an unknown encoding',
      file({ Cartn_z: { data: { data: new Uint8Array(9), encoding: [{ kind: 'Zip' }] } } }),
      /unknown encoding Zip/,
    ],
    ['no data', file({ Cartn_z: { data: null } }), /no data or no encoding/],
    ['a file cut off', file().subarray(0, 300), /damaged BinaryCIF/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => openStructure(bytes, 'x.bcif')).toThrow(message);
    expect(() => openStructure(bytes, 'x.bcif')).toThrow(/^x\.bcif: /);
  });

  it('never answers with anything but a sentence when a byte is changed', () => {
    const whole = file();
    for (let i = 0; i < 4000; i++) {
      const bytes = whole.slice();
      bytes[(i * 7919) % bytes.length] = (i * 104729) & 255;
      try {
        openStructure(bytes, 'x.bcif');
      } catch (error) {
        expect((error as { code?: string }).code).toMatch(/^bad-/);
      }
    }
  });
});
