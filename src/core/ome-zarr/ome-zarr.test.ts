import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { noise } from '../../testing/random.ts';
import { zipFiles } from '../zip.ts';
import { memorySource, type Shape3 } from '../volume/index.ts';
import { openZarr, rangeOf, type ZarrFiles, zarrRoot, zippedZarr } from './index.ts';

type Files = Record<string, string | Uint8Array>;

function filesOf(files: Files): ZarrFiles {
  return {
    name: 'TS_01.zarr',
    async read(path, range) {
      const content = files[path];
      if (content === undefined) return undefined;
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      return bytes.slice(...rangeOf(range, bytes.length));
    },
  };
}

const SHAPE: Shape3 = [5, 6, 7];
const CHUNK: Shape3 = [4, 4, 4];
const data = noise(5 * 6 * 7, 3);

/** The chunks of a volume by their place, each filled up with zeros; as the specification lays them out. */
function chunksOf(
  values: ArrayLike<number>,
  make: (values: Float32Array) => Uint8Array = (chunk) => new Uint8Array(chunk.buffer),
): Map<string, Uint8Array> {
  const chunks = new Map<string, Uint8Array>();
  const [nz, ny, nx] = SHAPE;
  const [cz, cy, cx] = CHUNK;
  for (let z = 0; z < nz; z += cz)
    for (let y = 0; y < ny; y += cy)
      for (let x = 0; x < nx; x += cx) {
        const chunk = new Float32Array(cz * cy * cx);
        for (let k = 0; k < Math.min(cz, nz - z); k++)
          for (let j = 0; j < Math.min(cy, ny - y); j++)
            for (let i = 0; i < Math.min(cx, nx - x); i++)
              chunk[(k * cy + j) * cx + i] = values[((z + k) * ny + y + j) * nx + x + i];
        chunks.set([z / cz, y / cy, x / cx].join('/'), make(chunk));
      }
  return chunks;
}

const AXES = ['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit: 'nanometer' }));
const scaled = (scale: number, translation: number) => [
  { type: 'scale', scale: [scale, scale, scale] },
  { type: 'translation', translation: [translation, translation, translation] },
];

/** OME-Zarr 0.4 on Zarr 2: two levels, the second of which is one chunk of ones. */
function version4(chunks = chunksOf(data), compressor: unknown = null): Files {
  const array = (shape: Shape3) =>
    JSON.stringify({
      ...{ zarr_format: 2, shape, chunks: CHUNK, dtype: '<f4', compressor, filters: null },
      ...{ fill_value: -1, order: 'C', dimension_separator: '/' },
    });
  return {
    '.zgroup': '{"zarr_format": 2}',
    '.zattrs': JSON.stringify({
      multiscales: [
        {
          version: '0.4',
          axes: AXES,
          datasets: [
            { path: '0', coordinateTransformations: scaled(1, 0) },
            { path: '1', coordinateTransformations: scaled(2, 0.5) },
          ],
        },
      ],
    }),
    '0/.zarray': array(SHAPE),
    '1/.zarray': array([2, 3, 3]),
    '1/0/0/0': new Uint8Array(new Float32Array(64).fill(1).buffer),
    ...Object.fromEntries([...chunks].map(([key, bytes]) => [`0/${key}`, bytes])),
  };
}

/** OME-Zarr 0.5 on Zarr 3, all chunks in one shard behind each other with their index at its end. */
function version5(): Files {
  const chunks = [...chunksOf(data).values()];
  const index = new BigUint64Array(2 * 8).fill(2n ** 64n - 1n);
  let at = 0;
  for (const [i, chunk] of chunks.entries()) {
    index.set([BigInt(at), BigInt(chunk.length)], 2 * i);
    at += chunk.length;
  }
  const shard = new Uint8Array(at + index.byteLength);
  let to = 0;
  for (const part of [...chunks, new Uint8Array(index.buffer)]) {
    shard.set(part, to);
    to += part.length;
  }
  const bytes = [{ name: 'bytes', configuration: { endian: 'little' } }];
  return {
    'zarr.json': JSON.stringify({
      ...{ zarr_format: 3, node_type: 'group' },
      attributes: {
        ome: {
          version: '0.5',
          multiscales: [
            { axes: AXES, datasets: [{ path: 's0', coordinateTransformations: scaled(1, 0) }] },
          ],
        },
      },
    }),
    's0/zarr.json': JSON.stringify({
      ...{ zarr_format: 3, node_type: 'array', shape: SHAPE, data_type: 'float32', fill_value: 0 },
      chunk_grid: { name: 'regular', configuration: { chunk_shape: [8, 8, 8] } },
      chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
      codecs: [
        {
          name: 'sharding_indexed',
          configuration: {
            chunk_shape: CHUNK,
            codecs: bytes,
            index_codecs: bytes,
            index_location: 'end',
          },
        },
      ],
      attributes: {},
    }),
    's0/c/0/0/0': shard,
  };
}

describe('an OME-Zarr', () => {
  it.each([
    ['0.4', version4()],
    [
      '0.4, packed',
      version4(
        chunksOf(data, (chunk) => gzipSync(new Uint8Array(chunk.buffer))),
        { id: 'gzip', level: 5 },
      ),
    ],
    ['0.5, sharded', version5()],
  ])('of version %s holds the values and the places', async (_, files) => {
    const [level] = await openZarr(filesOf(files));
    expect(level.header).toMatchObject({
      format: 'ome-zarr',
      shape: SHAPE,
      voxelSize: [10, 10, 10],
    });
    const { volume, findings } = await level.read(0);
    expect([...volume.data]).toEqual([...data]);
    expect(findings).toEqual([]);
    const part = (await level.read(0, { start: [3, 1, 2], shape: [2, 4, 5] })).volume;
    expect(part.data[(1 * 4 + 2) * 5 + 3]).toBe(data[(4 * 6 + 3) * 7 + 5]);
    expect(part.origin).toEqual([20, 10, 30]);
    const { stats } = await level.report();
    expect(stats.max).toBeCloseTo(Math.max(...data), 6);
  });

  it('has its coarser levels with their own places', async () => {
    const levels = await openZarr(filesOf(version4()), { voxelSize: 5 });
    expect(levels.map(({ header }) => header.voxelSize[0])).toEqual([5, 10]);
    const [, coarse] = await openZarr(filesOf(version4()));
    expect(coarse.header).toMatchObject({ voxelSize: [20, 20, 20], origin: [5, 5, 5] });
  });

  it('names chunks that are missing or cut off, and shows the rest', async () => {
    const files = version4();
    delete files['0/0/0/1'];
    files['0/1/1/0'] = (files['0/1/1/0'] as Uint8Array).slice(0, 100);
    const [level] = await openZarr(filesOf(files));
    const { volume, findings } = await level.read(0);
    expect(volume.data[4]).toBe(-1);
    expect(volume.data[(4 * 6 + 4) * 7]).toBe(-1);
    expect(volume.data[3]).toBe(data[3]);
    expect(findings.map(({ code }) => code)).toEqual(['chunks-missing', 'chunks-damaged']);
    expect(findings[0].message).toContain('1 chunk of those read is missing (0/0/0/1)');
    expect(findings[1].message).toMatch(
      /1 chunk of those read cannot be decoded \(0\/1\/1\/0: .*25 of 64/,
    );
  });

  it('is found in a zip archive, below a folder', async () => {
    const inside = Object.entries(version4()).map(([path, content]) => [
      `run/TS.zarr/${path}`,
      content,
    ]);
    const zip = zipFiles(Object.fromEntries(inside));
    const files = await zippedZarr(memorySource('TS.zarr.zip', zip));
    const [level] = await openZarr(files!);
    expect([...(await level.read(0)).volume.data]).toEqual([...data]);
    expect(await zippedZarr(memorySource('a.zip', zipFiles({ 'a.txt': 'a' })))).toBeNull();
    await expect(zippedZarr(memorySource('b.zip', zip.slice(0, 500)))).rejects.toThrow(
      /b\.zip: a damaged zip/,
    );
  });

  it('is refused in a sentence where it is none', async () => {
    await expect(openZarr(filesOf({}))).rejects.toThrow(/TS_01\.zarr: no Zarr group or array/);
    const files = version4();
    await expect(openZarr(filesOf({ ...files, '.zattrs': '{}' }))).rejects.toThrow(
      /multiscales.*missing/,
    );
    await expect(openZarr(filesOf({ ...files, '0/.zarray': '{"shape": 1}' }))).rejects.toThrow(
      /array \/0 cannot be opened/,
    );
    const { '0/.zarray': array, ...rest } = files;
    await expect(openZarr(filesOf(rest))).rejects.toThrow(/\/0 .*neither \.zarray nor zarr\.json/);
    for (const file of ['.zattrs', '0/.zarray'])
      await expect(
        openZarr(filesOf({ ...files, [file]: String(files[file]).slice(0, 60) })),
      ).rejects.toThrow(`${file} is damaged: no JSON`);
    const text = JSON.parse(String(array));
    await expect(
      openZarr(
        filesOf({
          ...files,
          '0/.zarray': JSON.stringify({ ...text, dtype: '|b1', fill_value: false }),
        }),
      ),
    ).rejects.toThrow(/values of type bool/);
  });

  it('has its top where its metadata stand', () => {
    expect(zarrRoot(['a/b/zarr.json', 'a/b/0/zarr.json'])).toBe('a/b/');
    expect(zarrRoot(['.zattrs', '0/.zarray'])).toBe('');
    expect(zarrRoot(['x.mrc'])).toBeNull();
  });
});
