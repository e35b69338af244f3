import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from '@msgpack/msgpack';
import { zipSync } from 'fflate';
import { encode as encodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { crc32 } from '../../src/core/volume/compression/crc.ts';
import { writeNpy } from '../../src/core/npy/index.ts';
import { createRandom } from '../../src/core/simulate/random.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** `fixtures/`, seen from a bundle in `build/` as from here. */
const FIXTURES = [
  new URL('../fixtures/', import.meta.url),
  new URL('../../fixtures/', import.meta.url),
];

export function fixture(path: string): Bytes {
  for (const root of FIXTURES) {
    try {
      return new Uint8Array(readFileSync(fileURLToPath(new URL(path, root))));
    } catch {
      // the other one
    }
  }
  throw new Error(`no fixture ${path}`);
}

/** The files of a fixture folder, and below, whose path matches and that are small. */
export function fixtures(folder: string, pattern: RegExp, largest = 40_000): Bytes[] {
  for (const root of FIXTURES) {
    try {
      const path = fileURLToPath(new URL(folder, root));
      return readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => pattern.test(name))
        .map((name) => new Uint8Array(readFileSync(join(path, name))))
        .filter(({ length }) => length > 0 && length <= largest);
    } catch {
      // the other one
    }
  }
  throw new Error(`no fixtures in ${folder}`);
}

export const ofText = (text: string): Bytes => new Uint8Array(Buffer.from(text, 'utf8'));
export const ofJson = (value: unknown): Bytes => ofText(JSON.stringify(value));

/** Noise of variance 1, the same for the same size. */
export function noise(size: number): Float32Array<ArrayBuffer> {
  const random = createRandom(size);
  return Float32Array.from({ length: size }, () => random.normal());
}

export function arrays(): Bytes[] {
  const values = noise(96);
  return [
    writeNpy(values, [4, 4, 6]),
    writeNpy(values, [4, 4, 3, 2]),
    writeNpy(values, [8, 12]),
    writeNpy(Float64Array.from(values), [4, 4, 6]),
    writeNpy(
      Int16Array.from(values, (v) => 100 * v),
      [2, 4, 12],
    ),
    writeNpy(
      Uint8Array.from(values, (v) => 100 + 10 * v),
      [96],
    ),
  ];
}

/** An EM file of 4 x 4 x 6 voxels of 10 Å from a PC. */
export function ems(): Bytes[] {
  const values = noise(96);
  return [2, 5].map((type) => {
    const data = type === 5 ? values : Int16Array.from(values, (v) => 100 * v);
    const out = new Uint8Array(512 + data.byteLength);
    const view = new DataView(out.buffer);
    out.set([6, 0, 0, type]);
    for (const [i, size] of [6, 4, 4].entries()) view.setInt32(4 + 4 * i, size, true);
    view.setInt32(96 + 24, 10_000, true);
    out.set(new Uint8Array(data.buffer), 512);
    return out;
  });
}

export function archives(): Bytes[] {
  const volume = writeNpy(noise(96), [4, 4, 6]);
  const labels = writeNpy(new Int32Array([3]), [1]);
  return [
    new Uint8Array(zipSync({ 'a.npy': volume, 'b.npy': volume, 'label.npy': labels })),
    new Uint8Array(zipSync({ 'a.npy': [volume, { level: 0 }] })),
  ];
}

/** The atoms of {@link MMCIF} as BinaryCIF. */
export function bcifs(): Bytes[] {
  const column = (name: string, data: Uint8Array, ...encoding: object[]) => ({
    name,
    mask: null,
    data: { data, encoding },
  });
  const float = { kind: 'ByteArray', type: 32 };
  const byte = { kind: 'ByteArray', type: 1 };
  const int = { kind: 'ByteArray', type: 3 };
  const bytes = (from: { readonly buffer: ArrayBuffer }) => new Uint8Array(from.buffer);
  const words = (name: string, stringData: string, offsets: number[], at: number[]) =>
    column(name, bytes(Int8Array.from(at)), {
      kind: 'StringArray',
      stringData,
      offsets: bytes(Int8Array.from(offsets)),
      offsetEncoding: [byte],
      dataEncoding: [byte],
    });
  const columns = [
    words('type_symbol', 'NCZN', [0, 1, 2, 4], [0, 1, 2]),
    words('label_asym_id', 'AB', [0, 1, 2], [0, 0, 1]),
    column('Cartn_x', bytes(Float32Array.of(1, 10.5, -30)), float),
    column('Cartn_y', bytes(Float32Array.of(2, -20.25, 4)), float),
    column(
      'Cartn_z',
      bytes(Int32Array.of(300, 2, 2500, 1)),
      { kind: 'FixedPoint', factor: 100, srcType: 33 },
      { kind: 'RunLength', srcType: 3, srcSize: 3 },
      int,
    ),
  ];
  const categories = [{ name: '_atom_site', rowCount: 3, columns }];
  const dataBlocks = [{ header: 'X', categories }];
  return [new Uint8Array(encode({ version: '0.3.0', encoder: 'test', dataBlocks }))];
}

const [WIDTH, HEIGHT] = [11, 7];
const pixels = () => Buffer.from(Array.from(noise(4 * WIDTH * HEIGHT), (v) => 128 + 40 * v));

export function pngs(): Bytes[] {
  const png = new PNG({ width: WIDTH, height: HEIGHT });
  png.data = pixels();
  return ([0, 2, 4, 6] as const).map(
    (colorType) => new Uint8Array(PNG.sync.write(png, { colorType })),
  );
}

/** A PNG whose chunks, as far as they can be found, have the checksums of what is in them. */
export function withChecksums(png: Bytes): Bytes {
  const out = png.slice();
  const view = new DataView(out.buffer);
  for (let at = 8; at + 12 <= out.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > out.length) break;
    view.setUint32(end, crc32(out.subarray(at + 4, end)));
    at = end + 4;
  }
  return out;
}

export function jpegs(): Bytes[] {
  const image = { width: WIDTH, height: HEIGHT, data: pixels() };
  return [90, 30].map((quality) => new Uint8Array(encodeJpeg(image, quality).data));
}

/** Uncompressed BMPs, from the bottom up and from the top down. */
export function bmps(): Bytes[] {
  return [8, 24, 32].flatMap((depth) =>
    [HEIGHT, -HEIGHT].map((rows) => {
      const start = 54 + (depth === 8 ? 1024 : 0);
      const rowBytes = 4 * Math.ceil((WIDTH * depth) / 32);
      const out = new Uint8Array(start + rowBytes * HEIGHT);
      const view = new DataView(out.buffer);
      out.set([0x42, 0x4d]);
      view.setUint32(2, out.length, true);
      view.setUint32(10, start, true);
      view.setUint32(14, 40, true);
      view.setInt32(18, WIDTH, true);
      view.setInt32(22, rows, true);
      view.setUint16(26, 1, true);
      view.setUint16(28, depth, true);
      for (let i = 54; i < out.length; i++) out[i] = 37 * i;
      return out;
    }),
  );
}

const atom = (
  serial: number,
  name: string,
  chain: string,
  at: readonly number[],
  element: string,
) =>
  `ATOM  ${String(serial).padStart(5)} ${name} ALA ${chain}${String(serial).padStart(4)}    ${at
    .map((v) => v.toFixed(3).padStart(8))
    .join('')}  1.00 20.00          ${element.padStart(2)}`;

export const PDB = [
  'HEADER    TEST                                    01-JAN-00   1ABC',
  'REMARK 350 BIOMOLECULE: 1',
  'REMARK 350 APPLY THE FOLLOWING TO CHAINS: A, B',
  'REMARK 350   BIOMT1   1  1.000000  0.000000  0.000000        0.00000',
  'REMARK 350   BIOMT2   1  0.000000  1.000000  0.000000        0.00000',
  'REMARK 350   BIOMT3   1  0.000000  0.000000  1.000000        0.00000',
  'REMARK 350   BIOMT1   2 -1.000000  0.000000  0.000000       10.00000',
  'REMARK 350   BIOMT2   2  0.000000 -1.000000  0.000000        0.00000',
  'REMARK 350   BIOMT3   2  0.000000  0.000000  1.000000        5.00000',
  'MODEL        1',
  atom(1, ' N  ', 'A', [1, 2, 3], 'N'),
  atom(2, ' CA ', 'A', [10.5, -20.25, 3], 'C'),
  atom(3, 'ZN  ', 'B', [-30, 4, 25], 'ZN'),
  'HETATM    4  O   HOH B   9      11.000  12.000  13.000  1.00 20.00           O',
  'ENDMDL',
  'END',
].join('\n');

export const MMCIF = `data_1ABC
_entry.id 1ABC
loop_
_pdbx_struct_assembly_gen.assembly_id
_pdbx_struct_assembly_gen.oper_expression
_pdbx_struct_assembly_gen.asym_id_list
1 '(1,2)' A,B
2 (1-2)(P) A
loop_
_pdbx_struct_oper_list.id
_pdbx_struct_oper_list.matrix[1][1]
_pdbx_struct_oper_list.matrix[1][2]
_pdbx_struct_oper_list.matrix[1][3]
_pdbx_struct_oper_list.vector[1]
_pdbx_struct_oper_list.matrix[2][1]
_pdbx_struct_oper_list.matrix[2][2]
_pdbx_struct_oper_list.matrix[2][3]
_pdbx_struct_oper_list.vector[2]
_pdbx_struct_oper_list.matrix[3][1]
_pdbx_struct_oper_list.matrix[3][2]
_pdbx_struct_oper_list.matrix[3][3]
_pdbx_struct_oper_list.vector[3]
1 1 0 0 0 0 1 0 0 0 0 1 0
2 -1 0 0 10 0 -1 0 0 0 0 1 5
P 0 1 0 0 -1 0 0 0 0 0 1 2.5
loop_
_atom_site.group_PDB
_atom_site.id
_atom_site.type_symbol
_atom_site.label_atom_id
_atom_site.label_alt_id
_atom_site.label_comp_id
_atom_site.label_asym_id
_atom_site.label_seq_id
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.occupancy
_atom_site.pdbx_PDB_model_num
ATOM 1 N N . ALA A 1 1.0 2.0 3.0 1.0 1
ATOM 2 C CA . ALA A 1 10.5 -20.25(3) 3.0 1.0 1
HETATM 3 ZN ZN . ZN B . -30 4 25 1.0 1
# end
`;
