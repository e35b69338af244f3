import { describe, expect, it } from 'vitest';
import { writeMrc } from '../../core/mrc/index.ts';
import { writeNpy } from '../../core/npy/index.ts';
import { memorySource } from '../../core/volume/index.ts';
import { gridFor, prepareVolume, requestFor, subjectOf } from '../../state/prepare.ts';
import { INITIAL_OPTIONS } from '../../state/volumes.ts';
import { openVolumes, prepareWhole, readVolumes } from './service.ts';

const volume = {
  data: Float32Array.from({ length: 24 }, (_, i) => i - 10),
  shape: [2, 3, 4] as const,
  voxelSize: [5, 5, 5] as const,
  origin: [0, 0, 0] as const,
};
const never = new AbortController().signal;
const read = (name: string, bytes: Uint8Array) => readVolumes(memorySource(name, bytes));

describe('reading files', () => {
  it('gives float volumes with statistics and a histogram that counts every voxel', async () => {
    const blob = new Blob([writeMrc(volume)]);
    const fractions: number[] = [];
    const task = { signal: never, onFraction: (f: number) => void fractions.push(f) };
    const [opened] = await openVolumes('a.mrc', blob, {}, task);
    expect(fractions.at(-1)).toBe(1);
    expect(opened.volume.data).toEqual(volume.data);
    expect(opened.stats).toMatchObject({ min: -10, max: 13, mean: 1.5 });
    expect(opened.stats.histogram.reduce((a, b) => a + b, 0)).toBe(24);
  });

  it('reads float data without copying them', async () => {
    const bytes = writeMrc(volume);
    expect((await read('a.mrc', bytes))[0].volume.data.buffer).toBe(bytes.buffer);
  });

  it('replaces what is not a number by the mean', async () => {
    const data = volume.data.slice();
    data[3] = Number.NaN;
    const [opened] = await read('a.mrc', writeMrc({ ...volume, data }));
    expect(opened.volume.data[3]).toBeCloseTo(opened.stats.mean, 5);
  });

  it('gives up when cancelled', async () => {
    const abort = new AbortController();
    abort.abort();
    const task = { signal: abort.signal, onFraction: () => {} };
    const reading = openVolumes('a.mrc', new Blob([writeMrc(volume)]), {}, task);
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });

  it('refuses what is no volume in a sentence that names it', async () => {
    await expect(read('notes.txt', new TextEncoder().encode('hello'))).rejects.toThrow(
      /notes\.txt/,
    );
  });

  it('reads an array of an image with its channels last as a section each, for networks of three', async () => {
    const data = Float32Array.from({ length: 9 * 8 * 3 }, (_, i) => i);
    const bytes = writeNpy(data, [9, 8, 3]);
    const [opened] = await read('a.npy', bytes);
    expect(opened.volume.shape).toEqual([3, 9, 8]);
    expect([...opened.volume.data.slice(0, 3)]).toEqual([0, 3, 6]);
    expect(opened.report).toMatchObject({ kind: 'image-stack', shape: [3, 9, 8] });
    const model = { inputShape: [9, 8, 3], sidecar: { normalization: 'none' } } as never;
    const request = requestFor(model, [1, 9, 8], INITIAL_OPTIONS, {
      sections: 3,
      picture: false,
      turned: false,
    });
    const { input, steps } = prepareVolume(opened, request);
    expect([...input]).toEqual([...data]);
    expect(steps).toEqual(['The 3 sections were given to the network as its channels.']);
    const asVolume = await readVolumes(memorySource('a.npy', bytes), { readAs: 'volume' });
    expect(asVolume[0].volume.shape).toEqual([9, 8, 3]);
  });

  it('gives a network of neighbouring sections those around the one chosen', async () => {
    const bytes = writeMrc({ ...volume, data: volume.data, shape: [2, 3, 4] });
    const [held] = await read('t.mrc', bytes);
    const [{ whole }] = await readVolumes(memorySource('t.mrc', bytes), {}, never, 0, 1);
    const sidecar = { normalization: 'none', tiling: { sections: 3 } };
    const model = { inputShape: [3, 4, 3], sidecar } as never;
    const options = { ...INITIAL_OPTIONS, section: 1 };
    const subject = { sections: 2, picture: false, turned: false };
    const request = requestFor(model, [1, 3, 4], options, subject);
    const { input, volume: shown, steps } = prepareVolume(held, request);
    // Sections 0, 1 and, beyond the end, 1 again.
    expect([...input.slice(0, 3)]).toEqual([0, 12, 12].map((at) => held.volume.data[at]));
    expect(shown).toMatchObject({ shape: [1, 3, 4], origin: [0, 0, 5] });
    const file = { name: 't.mrc', source: new Blob([bytes]), reading: {} };
    const large = await prepareWhole({ ...whole!, file }, request, never);
    expect([...large.input]).toEqual([...input]);
    expect(large.steps).toEqual(steps);
  });

  it('turns a volume to the axes of a network whose tool does so, and no array', async () => {
    const bytes = writeMrc({ ...volume, data: volume.data, shape: [2, 3, 4] });
    const [held] = await read('t.mrc', bytes);
    const [{ whole }] = await readVolumes(memorySource('t.mrc', bytes), {}, never, 0, 1);
    const sidecar = { normalization: 'none', tiling: { axes: [2, 0, 1] } };
    const model = { title: 'nnU-Net', inputShape: [4, 2, 3, 1], sidecar } as never;
    const item = { volume: held.volume, report: held.report };
    expect(gridFor(item, model).shape).toEqual([4, 2, 3]);
    const array = { ...item, report: { format: 'npy' } } as const;
    expect(gridFor(array, model).shape).toEqual([2, 3, 4]);
    const request = requestFor(model, [4, 2, 3], INITIAL_OPTIONS, subjectOf(item));
    const { input, steps } = prepareVolume(held, request);
    const { data } = held.volume;
    expect([...input.slice(0, 3)]).toEqual([data[0], data[4], data[8]]);
    expect(steps[0]).toMatch(/^The axes were turned to x, z, y/);
    const file = { name: 't.mrc', source: new Blob([bytes]), reading: {} };
    const large = await prepareWhole({ ...whole!, file }, request, never);
    expect([...large.input]).toEqual([...input]);
    expect(large.steps).toEqual(steps);
  });

  it('takes the word of the user for voxel size and sections', async () => {
    const source = memorySource('a.npy', writeNpy(volume.data, [2, 3, 4]));
    const [opened] = await readVolumes(source, { voxelSize: 8, readAs: 'images' });
    expect(opened.report.kind).toBe('image-stack');
    expect(opened.volume).toMatchObject({ voxelSize: [8, 8, 8], voxelSizeKnown: true });
  });

  it.each([
    ['whole', Number.POSITIVE_INFINITY],
    ['in ranges', 0],
  ])('averages what is larger than the app holds, read %s', async (_, smallBytes) => {
    const data = Float32Array.from({ length: 8 ** 3 }, (_value, i) => i);
    const bytes = writeMrc({ ...volume, data, shape: [8, 8, 8] });
    const [opened] = await readVolumes(memorySource('t.mrc', bytes), {}, never, smallBytes, 100);
    expect(opened.volume).toMatchObject({ shape: [4, 4, 4], voxelSize: [10, 10, 10] });
    expect(opened.volume.data[0]).toBeCloseTo((0 + 1 + 8 + 9 + 64 + 65 + 72 + 73) / 8, 4);
    expect(opened.report.findings.map(({ message }) => message).join()).toMatch(
      /box of 8³ voxels is more than the app holds at once, so blocks of 2³ .* voxels are 10 Å/,
    );
  });

  it.each(['crop', 'resample'] as const)(
    'gives a network the voxels of the file: %s',
    async (fit) => {
      const data = Float32Array.from({ length: 8 ** 3 }, (_value, i) => (i * 37) % 101);
      const bytes = writeMrc({ ...volume, data, shape: [8, 8, 8] });
      const [{ whole, stats }] = await readVolumes(memorySource('t.mrc', bytes), {}, never, 0, 100);
      const file = { name: 't.mrc', source: new Blob([bytes]), reading: {} };
      const [held] = await read('t.mrc', bytes);
      for (const shape of [[4, 4, 4] as const, [4, 12, 4] as const]) {
        const request = {
          expectation: { shape, voxelSize: fit === 'crop' ? undefined : 7 },
          ...{
            fit,
            invert: true,
            voxelScale: 1,
            normalization: 'zscore' as const,
            axes: [0, 1, 2] as const,
            channels: 1,
            section: null,
            around: false,
          },
        };
        const prepared = await prepareWhole({ ...whole!, file }, request, never);
        const expected = prepareVolume(held, request);
        expect(whole?.mean).toBeCloseTo(stats.mean, 5);
        expect(prepared.steps).toEqual(expected.steps);
        expect(prepared.volume).toMatchObject({
          shape: expected.volume.shape,
          origin: expected.volume.origin,
        });
        prepared.input.forEach((v, i) => void expect(v).toBeCloseTo(expected.input[i], 4));
      }
    },
  );

  it('takes the first of a set that is larger than the app holds', async () => {
    const bytes = writeNpy(new Float32Array(5 * 24), [5, 2, 3, 4]);
    const opened = await readVolumes(memorySource('set.npy', bytes), {}, never, 0, 50);
    expect(opened.map(({ name }) => name)).toEqual(['set.npy #1', 'set.npy #2']);
    expect(opened[0].report.findings.map(({ code }) => code)).toContain('first-volumes');
  });
});
