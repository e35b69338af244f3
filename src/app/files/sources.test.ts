import { afterEach, expect, it, vi } from 'vitest';
import { bytesOf } from './sources.ts';

const URL = 'http://app.test/local/x/a.mrc';
const SIZE = 3e9;
const task = { signal: new AbortController().signal, onFraction: () => {} };

/** A server that says how large its file is; byte `i` of it is `i % 251`. */
function serve(ranges: boolean, size: number) {
  const asked: (string | null)[] = [];
  vi.stubGlobal('fetch', async (_url: string, { headers = {} }: { headers?: HeadersInit }) => {
    const range = new Headers(headers).get('range');
    asked.push(range);
    const [from, last] = range?.match(/\d+/g)?.map(Number) ?? [0, Math.min(size, 100) - 1];
    const bytes = Uint8Array.from({ length: last - from + 1 }, (_, i) => (from + i) % 251);
    return new Response(bytes, {
      status: range && ranges ? 206 : 200,
      headers: { 'Content-Length': String(size), ...(ranges && { 'Accept-Ranges': 'bytes' }) },
    });
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

it('reads a large file of a server in ranges', async () => {
  const asked = serve(true, SIZE);
  const { bytes, inMemory } = await bytesOf('a.mrc', URL, task);
  expect([bytes.size, inMemory]).toEqual([SIZE, false]);
  expect([...(await bytes.read(2.5e9, 2.5e9 + 3))]).toEqual(
    [0, 1, 2].map((i) => (2.5e9 + i) % 251),
  );
  expect(await bytes.read(SIZE - 2, SIZE + 10)).toHaveLength(2);
  expect(await bytes.read(SIZE, SIZE + 10)).toHaveLength(0);
  expect(asked).toEqual([null, 'bytes=2500000000-2500000002', 'bytes=2999999998-2999999999']);
});

it('reads a small file whole', async () => {
  const asked = serve(true, 100);
  const { bytes, inMemory } = await bytesOf('a.mrc', URL, task);
  expect([bytes.size, inMemory, (await bytes.read(0, 3))[2]]).toEqual([100, true, 2]);
  expect(asked).toEqual([null]);
});

it('says so when the server stops handing out ranges', async () => {
  serve(true, SIZE);
  const { bytes } = await bytesOf('a.mrc', URL, task);
  serve(false, SIZE);
  await expect(bytes.read(0, 3)).rejects.toThrow(/a\.mrc: the server does not hand out parts/);
});
