import { expect, it } from 'vitest';
import type { Task } from '../../worker/serve.ts';
import { fakeWorkers } from '../../worker/testing.ts';
import { createFilesClient } from './client.ts';

/** Opens everything at once but `slow.mrc`, which never ends by itself. */
function run(method: string, [name]: readonly unknown[], { onProgress }: Task): unknown {
  if (method.startsWith('prepare')) return { volume: null, input: Float32Array.of(1), steps: [] };
  onProgress({ stage: 'Reading', fraction: 0.1 });
  return name === 'slow.mrc' ? new Promise(() => {}) : [{ name }];
}

const volume = {
  data: Float32Array.of(1),
  shape: [1, 1, 1],
  voxelSize: [1, 1, 1],
  voxelSizeKnown: true,
  origin: [0, 0, 0],
} as const;

it('cancels a file at once, and what comes next does not wait for it', async () => {
  const { start, workers } = fakeWorkers(run);
  const client = createFilesClient('http://app.test/', start);
  const cancel = new AbortController();
  const seen: number[] = [];
  const slow = client.openVolume('slow.mrc', new Blob(), {
    signal: cancel.signal,
    onProgress: ({ fraction = 0 }) => seen.push(fraction),
  });
  setTimeout(() => cancel.abort(), 10);
  await expect(slow).rejects.toMatchObject({ code: 'aborted' });
  expect(seen).toEqual([0.1]);
  expect(await client.openVolume('next.mrc', new Blob())).toEqual([{ name: 'next.mrc' }]);
  // Neither of the two was ended: the one that reads and, started ahead, the one that prepares.
  expect(workers.map(({ terminated }) => terminated)).toEqual([false, false]);
});

it('prepares volumes beside the files that are read, and keeps those that need nothing', async () => {
  const { start, workers } = fakeWorkers(run);
  const client = createFilesClient('http://app.test/', start);
  void client.openVolume('slow.mrc', new Blob()).catch(() => undefined);
  await Promise.resolve();
  workers[0].stuck = true;
  const prepared = await client.prepare({ volume }, {} as never);
  expect(prepared.volume).toBe(volume);
  expect(workers).toHaveLength(2);
});

it.each([
  ['crop', 'prepareWhole'],
  ['resample', 'prepare'], // stretches the whole box, which is more than can be held
] as const)('prepares averaged voxels with %s by %s', async (fit, expected) => {
  const asked: string[] = [];
  const { start } = fakeWorkers((method, args, task) => {
    asked.push(method);
    return run(method, args, task);
  });
  const file = { name: 'a.mrc', source: new Blob(), reading: {} };
  const grid = { ...volume, shape: [1000, 1000, 1000], voxelSizeKnown: false } as const;
  const request = {
    expectation: { shape: [40, 40, 40] },
    fit,
    invert: false,
    voxelScale: 1,
    axes: [0, 1, 2],
    channels: 1,
    section: null,
    around: false,
  } as const;
  await createFilesClient('http://app.test/', start).prepare(
    { volume, whole: { grid, file, index: 0, mean: 0 } },
    { ...request, normalization: 'none' },
  );
  expect(asked).toEqual([expected]);
});
