import { expect, it, vi } from 'vitest';
import { SIMD_MODULE } from './module.generated.ts';
import { shareMemory, sharingMemory } from './shared-memory.ts';

/** Of a memory from one page to `pages` and its export. */
const binary = (pages: readonly number[]) =>
  Uint8Array.of(
    ...[0, 97, 115, 109, 1, 0, 0, 0],
    ...[5, 3 + pages.length, 1, 1, 1, ...pages],
    ...[7, 5, 1, 1, 109, 2, 0],
  );
const FOUR_GIB = [0x80, 0x80, 4];

interface Exports {
  readonly m: WebAssembly.Memory;
}
const memoryOf = ({ instance }: WebAssembly.WebAssemblyInstantiatedSource) =>
  (instance.exports as unknown as Exports).m;

it('shares the memory that a binary makes, with another maximum', async () => {
  const own = binary(FOUR_GIB);
  const memory = memoryOf(await WebAssembly.instantiate(shareMemory(own, 3)));
  expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(memory.grow(2)).toBe(1);
  expect(() => memory.grow(1)).toThrow(RangeError);
  expect(own).toEqual(binary(FOUR_GIB));
});

it('shares the memory that the kernels import', async () => {
  const module = Uint8Array.from(atob(SIMD_MODULE), (c) => c.charCodeAt(0));
  const env = (shared: boolean) => ({
    env: { memory: new WebAssembly.Memory({ initial: 1, maximum: 2, shared }), abort: () => {} },
  });
  await expect(WebAssembly.instantiate(module, env(true))).rejects.toThrow(/shared/);
  await WebAssembly.instantiate(module, env(false));
  await WebAssembly.instantiate(shareMemory(module), env(true));
});

it('takes fewer pages, and in the end a memory of its own, where a machine grants no more', async () => {
  const { instantiate, instantiateStreaming } = WebAssembly;
  const start = () => sharingMemory(() => WebAssembly.instantiate(binary(FOUR_GIB)));
  const granted = (pages: number) =>
    vi.spyOn(WebAssembly, 'instantiate').mockImplementation((async (source: Uint8Array) => {
      const [shared, asked] = [source[11] & 2, source[15] * 2 ** 14];
      if (shared && asked > pages) throw new RangeError('no memory');
      return instantiate(source);
    }) as never);
  let mock = granted(32768);
  expect(memoryOf(await start()).buffer).toBeInstanceOf(SharedArrayBuffer);
  mock.mockRestore();
  mock = granted(0);
  expect(memoryOf(await start()).buffer).toBeInstanceOf(ArrayBuffer);
  mock.mockRestore();
  expect(WebAssembly.instantiate).toBe(instantiate);
  expect(WebAssembly.instantiateStreaming).toBe(instantiateStreaming);
});
