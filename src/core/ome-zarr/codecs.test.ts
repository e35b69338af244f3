import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openZarr, rangeOf, type ZarrFiles } from './index.ts';

type Files = Record<string, string | Uint8Array>;

const filesOf = (files: Files): ZarrFiles => ({
  name: 'TS_01.zarr',
  async read(path, range) {
    const content = files[path];
    if (content === undefined) return undefined;
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    return bytes.slice(...rangeOf(range, bytes.length));
  },
});

/** Chunks that `fixtures/zarr/make.py` wrote with the codecs' own libraries. */
const chunk = (name: string) =>
  new Uint8Array(readFileSync(join('fixtures', 'zarr', `${name}.chunk`)));
const VALUES = Float32Array.from({ length: 512 }, (_, i) => Math.round(Math.sin(i / 7) * 64) / 64);
const SHAPE = [8, 8, 8];

const blosc = (cname: string, shuffle: number) => ({ id: 'blosc', cname, clevel: 5, shuffle });
const CODECS: readonly [string, { id: string }][] = [
  ['blosc-lz4', blosc('lz4', 1)],
  ['blosc-lz4hc', blosc('lz4hc', 1)],
  ['blosc-zstd', blosc('zstd', 2)],
  ['blosc-zlib', blosc('zlib', 0)],
  ['blosc-blosclz', blosc('blosclz', 1)],
  ['zstd', { id: 'zstd' }],
  ['lz4', { id: 'lz4' }],
  ['zlib', { id: 'zlib' }],
  ['gzip', { id: 'gzip' }],
];

const zarr2 = (compressor: object, bytes: Uint8Array): Files => ({
  '.zarray': JSON.stringify({
    ...{ zarr_format: 2, shape: SHAPE, chunks: SHAPE, dtype: '<f4', compressor, filters: null },
    ...{ fill_value: 0, order: 'C' },
  }),
  '0.0.0': bytes,
});

const LITTLE = { name: 'bytes', configuration: { endian: 'little' } };
const zarr3 = (codecs: readonly object[], bytes: Uint8Array): Files => ({
  'zarr.json': JSON.stringify({
    ...{ zarr_format: 3, node_type: 'array', shape: SHAPE, data_type: 'float32', fill_value: 0 },
    chunk_grid: { name: 'regular', configuration: { chunk_shape: SHAPE } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    ...{ codecs, attributes: {} },
  }),
  'c/0/0/0': bytes,
});

async function read(files: Files) {
  const [level] = await openZarr(filesOf(files));
  return level.read(0);
}

/** One chunk in a shard: the chunk, then its place and length, then their CRC-32C. */
function shardOf(part: Uint8Array, checksum: (bytes: Uint8Array) => number): Uint8Array {
  const index = new Uint8Array(new BigUint64Array([0n, BigInt(part.length)]).buffer);
  const out = new Uint8Array(part.length + 20);
  out.set(part);
  out.set(index, part.length);
  new DataView(out.buffer).setUint32(part.length + 16, checksum(index), true);
  return out;
}

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const sharded = (inner: object) => [
  {
    name: 'sharding_indexed',
    configuration: {
      chunk_shape: SHAPE,
      codecs: [LITTLE, inner],
      index_codecs: [LITTLE, { name: 'crc32c' }],
      index_location: 'end',
    },
  },
];
const BLOSC3 = {
  name: 'blosc',
  configuration: { cname: 'lz4', clevel: 5, shuffle: 'shuffle', typesize: 4, blocksize: 0 },
};

describe('chunks as the libraries of the codecs write them', () => {
  it.each(CODECS)('%s of Zarr 2', async (name, compressor) => {
    const { volume, findings } = await read(zarr2(compressor, chunk(name)));
    expect(volume.data).toEqual(VALUES);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each(CODECS)('%s, cut off, is named and holds the fill value', async (name, compressor) => {
    const whole = chunk(name);
    const { volume, findings } = await read(zarr2(compressor, whole.slice(0, whole.length / 2)));
    expect(volume.data).toEqual(new Float32Array(512));
    const [said] = findings.filter(({ code }) => code === 'chunks-damaged');
    expect(said.message).toMatch(/1 chunk of those read cannot be decoded \(0\/0\/0: \S/);
  });

  it.each<[string, string, object]>([
    ['blosc', 'blosc-lz4', BLOSC3],
    ['zstd', 'zstd', { name: 'zstd', configuration: { level: 3, checksum: false } }],
    ['gzip', 'gzip', { name: 'gzip', configuration: { level: 5 } }],
  ])('%s of Zarr 3, alone and in a shard with a checksum', async (_, name, codec) => {
    expect((await read(zarr3([LITTLE, codec], chunk(name)))).volume.data).toEqual(VALUES);
    const shard = shardOf(chunk(name), crc32c);
    expect((await read(zarr3(sharded(codec), shard))).volume.data).toEqual(VALUES);
  });

  it.each<[string, (shard: Uint8Array) => Uint8Array]>([
    ['cut off in its chunk', (shard) => shard.slice(60)],
    ['with a damaged index', (shard) => shard.with(shard.length - 12, 200)],
    ['of no length', () => new Uint8Array(0)],
  ])('a shard %s is named', async (_, change) => {
    const shard = change(shardOf(chunk('zstd'), crc32c));
    const codec = { name: 'zstd', configuration: { level: 3, checksum: false } };
    const { volume, findings } = await read(zarr3(sharded(codec), shard));
    expect(volume.data).toEqual(new Float32Array(512));
    expect(findings.map(({ code }) => code)).toContain('chunks-damaged');
  });

  it('a codec that is not known is named', async () => {
    const files = zarr2({ id: 'szip' }, chunk('zstd'));
    const said = await read(files).then(
      ({ findings }) => findings.map(({ message }) => message).join(),
      (error: Error) => error.message,
    );
    expect(said).toMatch(/szip/);
  });
});
