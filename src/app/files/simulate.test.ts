import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { SEEDS } from '../../core/simulate/index.ts';
import { memorySource } from '../../core/volume/index.ts';
import { readVolumes } from './service.ts';
import { simulate } from './simulate.ts';

const PUBLIC = new URL('../../../public/', import.meta.url);
const INDEX = 'http://app.test/templates/index.json';

/** Answers like the app's own server. */
function serve(part: Partial<Record<string, Response>> = {}) {
  vi.stubGlobal('fetch', async (url: string) => {
    const path = new URL(url).pathname.slice(1);
    return part[path] ?? new Response(readFileSync(new URL(path, PUBLIC)));
  });
}

afterEach(() => vi.unstubAllGlobals());

it('says which file of the templates is missing, and asks again the next time', async () => {
  serve({ 'templates/index.json': new Response(null, { status: 404 }) });
  const wanted = { snr: 1, seed: 1, classIndex: 0, item: 0, name: 'x' };
  await expect(simulate(INDEX, wanted)).rejects.toThrow(/templates\/index\.json.*404/);
  serve();
  await expect(simulate(INDEX, wanted)).resolves.toHaveLength(1);
});

it.each([
  ['inf', Number.POSITIVE_INFINITY],
  ['0.1', 0.1],
])('draws the bundled sample at SNR %s again', async (label, snr) => {
  serve();
  const name = 'GroEL-GroES';
  const wanted = { snr, seed: SEEDS.samples, classIndex: 1, item: 0, name };
  const [drawn] = await simulate(INDEX, wanted);
  const file = `samples/1AON-${label}.mrc`;
  const bytes = new Uint8Array(readFileSync(new URL(file, PUBLIC)));
  const [sample] = await readVolumes(memorySource(file, bytes));
  expect(drawn.name).toBe(name);
  expect(drawn.volume).toEqual(sample.volume);
  // The samples were drawn before files carried a checksum.
  const [checksum, ...rest] = drawn.report.labels.slice(2);
  expect(drawn.report.labels.slice(0, 2)).toEqual(sample.report.labels);
  expect(checksum).toMatch(/^crc32 [0-9a-f]{8}$/);
  expect(rest).toEqual([]);
});
