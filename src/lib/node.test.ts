import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  close,
  explain,
  mapVolume,
  type NamedBytes,
  openNetwork,
  readMrc,
  readNpy,
  writeMrc,
} from './node.ts';

const ROOT = join(import.meta.dirname, '../..');
const CASE = join(ROOT, 'fixtures/cam/tiny_cnn2');
const input = readNpy(readFileSync(join(CASE, 'input.npy')), 'input.npy');
const MODEL = join(CASE, 'tfjs/model.json');
const [nz, ny, nx] = input.shape;
const volume = {
  data: input.data as Float32Array,
  shape: [nz, ny, nx],
  voxelSize: [10, 10, 10],
  origin: [5, 0, 0],
} as const;
const expected = JSON.parse(readFileSync(join(CASE, 'expected.json'), 'utf8'));

afterAll(() => close());

describe('the library in Node', () => {
  it('explains a volume by the network at a path', async () => {
    const answer = await explain(volume, MODEL, { layers: 'all' });
    for (const [c, score] of answer.scores.entries()) {
      expect(score).toBeCloseTo(expected.scores[c], 4);
    }
    const [layer] = answer.layers.slice(-1);
    const map = layer.classes[answer.predicted].methods.respond!;
    const placed = mapVolume(map, answer.input);
    expect(placed).toMatchObject({
      shape: [nz, ny, nx],
      voxelSize: [10, 10, 10],
      origin: [5, 0, 0],
    });
    const written = readMrc(writeMrc(placed));
    expect(written).toMatchObject({ shape: placed.shape, voxelSize: [10, 10, 10] });
    expect(written.data).toEqual(placed.data);
  });

  it('keeps a network open, or takes its files', async () => {
    const files: NamedBytes[] = ['model.json', 'weights.bin'].map((name) => ({
      name,
      bytes: Uint8Array.from(readFileSync(join(CASE, 'tfjs', name))).buffer,
    }));
    const network = await openNetwork(files);
    const classes = [0];
    const a = await explain(volume, network, { classes, methods: ['hirescam'] });
    expect(a.layers[0].classes.map(({ index, methods }) => [index, Object.keys(methods)])).toEqual([
      [0, ['hirescam']],
    ]);
    await network.close();
    await expect(explain(volume, network)).rejects.toThrow(/unknown network/);
  });

  it('says in a sentence what does not fit', async () => {
    await expect(openNetwork('none.onnx')).rejects.toThrow(/^none\.onnx: not found; accepted: /);
    const small = { ...volume, data: new Float32Array(8), shape: [2, 2, 2] as const };
    await expect(explain(small, MODEL)).rejects.toThrow(/has 2³ voxels, but the network takes/);
    const { input } = await explain(small, MODEL, { fit: 'crop' });
    expect(input.steps[0]).toMatch(/^Padded with the mean about the centre/);
  });
});
