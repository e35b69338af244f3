import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { bundle } from './bundle.mjs';
import { root } from './setup.mjs';

/** Called when a file has been read. */
const onRead = vi.hoisted(() => vi.fn<(path: unknown) => void>());
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const readFileSync = (...args: Parameters<typeof real.readFileSync>) => {
    const content = real.readFileSync(...args);
    onRead(args[0]);
    return content;
  };
  return { ...real, readFileSync };
});

const folder = fs.mkdtempSync(join(tmpdir(), 'respond-cam-bundle-'));
for (const name of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) vi.stubEnv(name, folder);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

it('makes a bundle again when a file changed while it was made', async () => {
  const file = join(folder, 'entry.ts');
  const entry = relative(root, file);
  const write = (value: number) => fs.writeFileSync(file, `export const value: number = ${value};`);
  write(1);
  onRead.mockImplementation((path) => path === file && write(2));
  const first = await bundle(entry);
  onRead.mockReset();
  const second = await bundle(entry);
  expect((await import(/* @vite-ignore */ first)).value).toBe(1);
  expect((await import(/* @vite-ignore */ second)).value).toBe(2);
  expect(await bundle(entry)).toBe(second);
});
