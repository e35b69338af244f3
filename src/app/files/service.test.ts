import { describe, expect, it } from 'vitest';
import { writeMrc } from '../../core/mrc/index.ts';
import { readBytes, readVolumes } from './service.ts';

const volume = {
  data: Float32Array.from({ length: 24 }, (_, i) => i - 10),
  shape: [2, 3, 4] as const,
  voxelSize: [5, 5, 5] as const,
  origin: [0, 0, 0] as const,
};
const never = new AbortController().signal;

describe('reading files', () => {
  it('gives float volumes with statistics and a histogram that counts every voxel', async () => {
    const blob = new Blob([writeMrc(volume)]);
    const fractions: number[] = [];
    const bytes = await readBytes(blob, 'a.mrc', never, (f) => fractions.push(f));
    expect(fractions.at(-1)).toBe(1);
    const [opened] = readVolumes('a.mrc', bytes);
    expect(opened.volume.data).toEqual(volume.data);
    expect(opened.stats).toMatchObject({ min: -10, max: 13, mean: 1.5 });
    expect(opened.stats.histogram.reduce((a, b) => a + b, 0)).toBe(24);
  });

  it('reads float data without copying them', () => {
    const bytes = writeMrc(volume);
    expect(readVolumes('a.mrc', bytes)[0].volume.data.buffer).toBe(bytes.buffer);
  });

  it('replaces what is not a number by the mean', () => {
    const data = volume.data.slice();
    data[3] = Number.NaN;
    const [opened] = readVolumes('a.mrc', writeMrc({ ...volume, data }));
    expect(opened.volume.data[3]).toBeCloseTo(opened.stats.mean, 5);
  });

  it('gives up when cancelled', async () => {
    const abort = new AbortController();
    abort.abort();
    const reading = readBytes(new Blob([writeMrc(volume)]), 'a.mrc', abort.signal, () => {});
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });

  it('refuses what is no volume in a sentence that names it', () => {
    expect(() => readVolumes('notes.txt', new TextEncoder().encode('hello'))).toThrow(/notes\.txt/);
  });
});
