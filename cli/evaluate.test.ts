import { noise } from '../src/testing/random.ts';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evaluation } from '../src/core/evaluation/index.ts';
import { AppError } from '../src/core/errors.ts';
import { writeMrc } from '../src/core/mrc/index.ts';
import { writeNpy } from '../src/core/npy/index.ts';
import { loadCase } from '../src/engine/testing/fixtures.ts';
import { exitCode, runCommandLine } from './commands.ts';

import { recordingIo } from './test-io.ts';
import { readSingleFc } from './test-reference.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const model = join(root, 'fixtures/cam/single_fc/tfjs/model.json');
const folder = mkdtempSync(join(tmpdir(), 'respond-cam-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (...parts: string[]) => join(folder, ...parts);

function write(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), bytes);
}

/** A volume of 8^3 numbers in [-1, 1). */
const volume = (seed: number) => noise(512, seed);

async function evaluate(...flags: string[]) {
  const { io, out, notes } = recordingIo();
  await runCommandLine(['evaluate', ...flags], io);
  return { out, notes };
}

async function json(...flags: string[]): Promise<Evaluation> {
  const { out } = await evaluate(...flags, '--json');
  expect(out).toHaveLength(1);
  return JSON.parse(out[0]) as Evaluation;
}

async function failure(...flags: string[]): Promise<AppError> {
  const { io, out } = recordingIo();
  const error = await runCommandLine(['evaluate', ...flags], io).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(AppError);
  expect(out).toEqual([]);
  return error as AppError;
}

// Folders for the classes 0, 1 and 3; seven good volumes, and four that are not.
const GOOD = ['0/a.npy', '1/a.npy', '3/a.npy', '0/b.npy', '1/b.npy', '3/b.npy', '0/c.npy'];

beforeAll(() => {
  for (const [i, file] of GOOD.entries()) {
    write(join('set', file), writeNpy(volume(i), [8, 8, 8]));
  }
  const whole = writeNpy(volume(50), [8, 8, 8]);
  write('set/0/d.npy', whole.subarray(0, 1000));
  write('set/1/c.mrc', 'not a volume');
  write('set/3/c.npy', writeNpy(new Float32Array(1000), [10, 10, 10]));
  write('set/3/d.npy', '');
  write('set/readme.txt', 'about these volumes');
});

describe('evaluate', () => {
  it('equals an independent computation in plain loops', async () => {
    const result = await json('--model', model, '--data', at('set'));
    const net = readSingleFc();
    const order = [...GOOD.slice(0, 6), '0/c.npy'];
    expect(result.items.map(({ id }) => id)).toEqual(order);
    const expected = order.map((_, i) => net.explain(volume(i)));
    const truth = order.map((file) => Number(file[0]));
    for (const [i, item] of result.items.entries()) {
      const { scores, sums, l1, tau } = expected[i];
      expect(item.class).toBe(truth[i]);
      expect(item.predicted).toBe(scores.indexOf(Math.max(...scores)));
      for (const method of ['respond', 'grad', 'hirescam'] as const) {
        expect(item.methods[method].kendallTau).toBeCloseTo(tau[method], 10);
        expect(item.methods[method].l1).toBeCloseTo(l1[method], 5);
        for (const [c, sum] of sums[method].entries()) {
          expect(item.methods[method].sums[c]).toBeCloseTo(sum, 5);
        }
      }
      for (const [c, score] of scores.entries()) expect(item.scores[c]).toBeCloseTo(score, 5);
      const mean = (values: number[]) => values.reduce((a, b) => a + Math.abs(b), 0) / 4;
      expect(item.ledger.heatmap).toBeCloseTo(mean(sums.hirescam), 5);
      expect(item.ledger.bias).toBeCloseTo(mean(net.bias), 6);
      expect(item.ledger.residual).toBeLessThan(1e-6);
    }
    const predictions = expected.map(({ scores }) => scores.indexOf(Math.max(...scores)));
    const right = predictions.filter((predicted, i) => predicted === truth[i]).length;
    expect(result.accuracy).toBe(right / 7);
    const confusion = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (const [i, predicted] of predictions.entries()) confusion[truth[i]][predicted]++;
    expect(result.confusion).toEqual(confusion);
    for (const method of ['respond', 'grad', 'hirescam'] as const) {
      const values = expected.map(({ l1 }) => l1[method]);
      const mean = values.reduce((a, b) => a + b) / 7;
      const square = values.reduce((a, b) => a + (b - mean) ** 2, 0) / 7;
      expect(result.l1[method].mean).toBeCloseTo(mean, 5);
      expect(result.l1[method].std).toBeCloseTo(Math.sqrt(square), 5);
    }
    expect(result.ledger.heatmap! + result.ledger.bias! + result.ledger.residual!).toBeCloseTo(
      1,
      12,
    );
  });

  it('takes every volume of a set in one file, and skips images with the reason', async () => {
    const both = new Float32Array(1024);
    both.set(volume(0));
    both.set(volume(1), 512);
    write('sets/pair.npy', writeNpy(both, [2, 8, 8, 8]));
    const grid = { shape: [8, 8, 8], voxelSize: [5, 5, 5], origin: [0, 0, 0] } as const;
    write('sets/images.mrcs', writeMrc({ data: volume(2), ...grid }));
    const { out, notes } = await evaluate('--model', model, '--data', at('sets'), '--json');
    const { items, skipped } = JSON.parse(out[0]) as Evaluation;
    expect(items.map(({ id }) => id)).toEqual(['pair.npy#1', 'pair.npy#2']);
    const net = readSingleFc();
    for (const [i, { scores }] of items.entries()) {
      for (const [c, score] of net.explain(volume(i)).scores.entries()) {
        expect(scores[c]).toBeCloseTo(score, 5);
      }
    }
    expect(skipped).toMatchObject([
      { id: 'images.mrcs', reason: expect.stringContaining('8 separate images') },
    ]);
    const warnings = notes.filter((note) => /warning/.test(note));
    expect(warnings).toEqual([expect.stringMatching(/^pair.npy#1: warning: A .npy file holds no/)]);
    expect(notes).toContain('voxel-size-unknown: the same in 1 more volume.');
    const asVolumes = await json('--model', model, '--data', at('sets'), '--read-as', 'volume');
    expect(asVolumes.n).toBe(3);
  });

  it.each(['single_fc', 'tiny_cnn2', 'residual_batchnorm'])(
    'agrees with the float64 reference by PyTorch: %s',
    async (name) => {
      const source = join(root, 'fixtures/cam', name);
      mkdirSync(at(name), { recursive: true });
      copyFileSync(join(source, 'input.npy'), at(name, 'input.npy'));
      const network = join(source, 'tfjs/model.json');
      const { expected } = loadCase(name);
      const layer = expected.layers[expected.layers.length - 1];
      const result = await json('--model', network, '--data', at(name), '--layer', layer);
      expect(result).toMatchObject({ n: 1, layer, labelled: 0, accuracy: null, confusion: null });
      for (const method of ['respond', 'grad'] as const) {
        const { l1, kendall_tau } = expected.table1[method];
        expect(result.l1[method].mean).toBeCloseTo(l1, 4);
        expect(result.kendallTau[method].mean).toBeCloseTo(kendall_tau, 10);
      }
    },
  );

  it('names, skips and counts what cannot be evaluated', async () => {
    const { out, notes } = await evaluate('--model', model, '--data', at('set'), '--json');
    const { n, total, skipped } = JSON.parse(out[0]) as Evaluation;
    expect([n, total]).toEqual([7, 11]);
    expect(Object.fromEntries(skipped.map(({ id, reason }) => [id, reason]))).toEqual({
      '0/d.npy': expect.stringMatching(/0\/d\.npy: /),
      '1/c.mrc': expect.stringMatching(/1\/c\.mrc: the file has 12 bytes, less than the 1024/),
      '3/c.npy': expect.stringMatching(/3\/c\.npy: .* 10³ voxels, .* takes 8³/),
      '3/d.npy': expect.stringMatching(/3\/d\.npy: the file is empty/),
    });
    for (const { reason } of skipped) expect(notes.join('\n')).toContain(reason);
    expect(notes).toContain(`1 file of another kind in ${at('set')} was left alone.`);
  });

  it('fits what has another size when asked to', async () => {
    const result = await json('--model', model, '--data', at('set'), '--fit', 'crop');
    expect(result.items.map(({ id }) => id)).toContain('3/c.npy');
    expect(result.data).toMatchObject({ fit: 'crop', normalization: 'none', labels: 'position' });
  });

  it('takes the first volumes of all classes in turn', async () => {
    const limited = await json('--model', model, '--data', at('set'), '--limit', '4');
    expect(limited.items.map(({ id }) => id)).toEqual(['0/a.npy', '1/a.npy', '3/a.npy', '0/b.npy']);
    const each = await json('--model', model, '--data', at('set'), '--per-class', '1');
    expect(each.items.map(({ id }) => id)).toEqual(['0/a.npy', '1/a.npy', '3/a.npy']);
  });

  it('joins shards into exactly the result of one run', async () => {
    const run = ['--model', model, '--data', at('set')];
    await evaluate(...run, '--out', at('whole.json'));
    for (const i of [1, 2, 3]) await evaluate(...run, '--shard', `${i}/3`, '--out', at('parts'));
    const parts = [3, 1, 2].map((i) => at('parts', `evaluation-${i}-of-3.json`));
    const sizes = parts.map((path) => {
      const { n, skipped } = JSON.parse(readFileSync(path, 'utf8')) as Evaluation;
      return n + skipped.length;
    });
    expect(sizes).toEqual([3, 4, 4]);
    const { out } = await evaluate('--merge', ...parts, '--out', at('merged.json'));
    expect(out).toContain(`Written: ${at('merged.json')}`);
    expect(readFileSync(at('merged.json'), 'utf8')).toBe(readFileSync(at('whole.json'), 'utf8'));
    expect(await json('--merge', at('whole.json'))).toEqual(await json(...run));
    const error = await failure('--merge', ...parts.slice(1));
    expect(error.message).toMatch(/3 of 11 volumes are in none of the files \(shards 3\/3\)/);
    expect(exitCode(error)).toBe(2);
  });

  it('joins shards with deletion and insertion to the same bytes, and no others with them', async () => {
    const run = ['--model', model, '--data', at('set'), '--faithfulness'];
    const whole = await json(...run);
    expect(Object.keys(whole.faithfulness!.deletion)).toEqual([
      ...['respond', 'grad', 'hirescam', 'random', 'centre', 'density', 'activations'],
    ]);
    for (const i of [1, 2]) await evaluate(...run, '--shard', `${i}/2`, '--out', at('curves'));
    const parts = [2, 1].map((i) => at('curves', `evaluation-${i}-of-2.json`));
    expect(await json('--merge', ...parts)).toEqual(whole);
    await evaluate(...run.slice(0, 4), '--shard', '1/2', '--out', at('plain.json'));
    const error = await failure('--merge', at('plain.json'), parts[0]);
    expect(error.message).toMatch(/whether deletion and insertion are run is not that of/);
    const { out } = await evaluate(...run, '--csv', at('curves.csv'));
    expect(out.join('\n')).toMatch(/Ball at the centre +-?\d|Ball at the centre +–/);
    const [head] = readFileSync(at('curves.csv'), 'utf8').split('\n');
    expect(head).toMatch(/,deletion_respond,.*,insertion_activations,skipped$/);
  });

  it('knows shards by the weights and the volumes, wherever they lie', async () => {
    cpSync(dirname(model), at('copy/net'), { recursive: true });
    cpSync(at('set'), at('copy/set'), { recursive: true });
    const half = (i: number, net: string, set: string, out: string) =>
      evaluate('--model', net, '--data', set, '--shard', `${i}/2`, '--out', at(out));
    await half(1, model, at('set'), 'half-1.json');
    await half(2, at('copy/net'), at('copy/set'), 'half-2.json');
    const joined = await json('--merge', at('half-1.json'), at('half-2.json'));
    const { items, accuracy } = await json('--model', model, '--data', at('set'));
    expect(joined).toMatchObject({ items, accuracy });
    const weights = readFileSync(at('copy/net/weights.bin'));
    weights[3] ^= 1;
    writeFileSync(at('copy/net/weights.bin'), weights);
    await half(2, at('copy/net'), at('copy/set'), 'other-net.json');
    const net = await failure('--merge', at('half-1.json'), at('other-net.json'));
    expect(net.message).toMatch(/other-net\.json: the network is not that of .*half-1\.json/);
    writeFileSync(at('copy/set/0/a.npy'), writeNpy(volume(99), [8, 8, 8]));
    await half(2, model, at('copy/set'), 'other-set.json');
    const set = await failure('--merge', at('half-1.json'), at('other-set.json'));
    expect(set.message).toMatch(/other-set\.json: the set is not that of .*half-1\.json/);
  });

  it('replaces no other result unless asked', async () => {
    const run = ['--model', model, '--data', at('set'), '--out', at('kept.json')];
    await evaluate(...run, '--shard', '1/2');
    await evaluate(...run, '--shard', '1/2');
    const before = readFileSync(at('kept.json'), 'utf8');
    for (const [flags, words] of [
      [['--shard', '2/2'], /another shard/],
      [['--shard', '1/2', '--fit', 'crop'], /another evaluation \(the fit differs\)/],
    ] as const) {
      const { message } = await failure(...run, ...flags);
      expect(message).toMatch(words);
      expect(message).toMatch(/accepted: another name, or --force to replace it$/);
    }
    expect(readFileSync(at('kept.json'), 'utf8')).toBe(before);
    await evaluate(...run, '--shard', '2/2', '--force');
    write('text.json', 'my notes');
    const { message } = await failure(...run.slice(0, 4), '--out', at('text.json'));
    expect(message).toMatch(/text\.json holds another document/);
  });

  it('writes a shard that is empty, or where nothing could be read, so that it can be joined', async () => {
    write('bad/0/a.npy', 'broken');
    const shard = await json('--model', model, '--data', at('bad'), '--shard', '1/2');
    expect(shard).toMatchObject({ n: 0, total: 1, skipped: [{ order: 0 }] });
    const empty = await json('--model', model, '--data', at('bad'), '--shard', '2/2');
    expect(empty).toMatchObject({ n: 0, total: 1, skipped: [] });
    const error = await failure('--model', model, '--data', at('bad'));
    expect(error.message).toMatch(/^None of 1 volume could be evaluated; the first: .*a\.npy: /);
    expect(exitCode(error)).toBe(2);
  });

  it('prints what it found, and writes the rows', async () => {
    const { out } = await evaluate('--model', model, '--data', at('set'), '--csv', at('rows.csv'));
    expect(out[0]).toBe(`single_fc on ${at('set')}: 7 volumes, 4 skipped, layer maxpool1.`);
    expect(out.join('\n')).toMatch(/^Accuracy \d+\.\d% \(\d of 7\)\.$/m);
    expect(out.join('\n')).toMatch(/^HiResCAM +0\.283 ± \d\S+ +\d\.\d{3} ± \d\.\d{3}$/m);
    const rows = readFileSync(at('rows.csv'), 'utf8').trim().split('\n');
    expect(rows).toHaveLength(12);
    expect(rows[1]).toMatch(/^0,0\/a\.npy,0,class 0,\d,class \d,[01],/);
  });

  it('replaces a table only when asked', async () => {
    const args = ['--model', model, '--data', at('set'), '--limit', '1', '--csv'];
    write('mine.csv', 'my notes');
    const error = await failure(...args, at('mine.csv'));
    expect(error.message).toMatch(/there is a file .*mine\.csv already; accepted: .*--force/);
    expect(readFileSync(at('mine.csv'), 'utf8')).toBe('my notes');
    await evaluate(...args, at('mine.csv'), '--force');
    expect(readFileSync(at('mine.csv'), 'utf8')).toMatch(/class/);
    write('empty.csv', '');
    await evaluate(...args, at('empty.csv'));
  });

  it('knows the classes of a set by the names in its index', async () => {
    const names = ['A (X1)', 'B (X2)', 'C (X3)', 'D (X4)'];
    for (const file of ['model.json', 'weights.bin']) {
      mkdirSync(at('named'), { recursive: true });
      copyFileSync(join(dirname(model), file), at('named', file));
    }
    write('named/respond-cam.json', JSON.stringify({ classes: names, title: 'Named' }));
    const index = {
      format: 'respond-cam-dataset',
      version: 1,
      classes: [
        { id: 'X3', name: 'C' },
        { id: 'X0', name: 'Z' },
        { id: 'X1', name: 'A' },
      ],
      spec: { snr: 0.1 },
      items: [
        { file: 'v0.npy', class: 0, split: 'train' },
        { file: 'v1.npy', class: 1, split: 'test' },
        { file: 'v2.npy', class: 2, split: 'test' },
        { file: 'v3.npy', class: 9, split: 'test' },
        { file: 'gone.npy', class: 0, split: 'validation' },
      ],
    };
    write('indexed/index.json', JSON.stringify(index));
    for (let i = 0; i < 4; i++) write(`indexed/v${i}.npy`, writeNpy(volume(i), [8, 8, 8, 1]));
    const { notes, out } = await evaluate(
      ...['--model', at('named'), '--data', at('indexed'), '--json'],
    );
    const all = JSON.parse(out[0]) as Evaluation;
    const classes = Object.fromEntries(all.items.map(({ id, class: truth }) => [id, truth]));
    expect(classes).toEqual({ 'v0.npy': 2, 'v1.npy': null, 'v2.npy': 0, 'v3.npy': null });
    expect(all.skipped[0].reason).toMatch(/gone\.npy: there is no such file/);
    expect(all.data).toMatchObject({ snr: 0.1, labels: 'names' });
    expect(notes.join('\n')).toMatch(/does not know X0; these volumes count as unlabelled/);
    const test = await json('--model', at('named'), '--data', at('indexed'), '--split', 'test');
    expect(test.items.map(({ id }) => id).sort()).toEqual(['v1.npy', 'v2.npy', 'v3.npy']);
  });

  it('goes by the folders where the index lists nothing', async () => {
    write('killed/1/a.npy', writeNpy(volume(1), [8, 8, 8]));
    const index = { format: 'respond-cam-dataset', classes: [{ id: '1' }], items: [] };
    write('killed/index.json', JSON.stringify(index));
    const { items } = await json('--model', model, '--data', at('killed'));
    expect(items.map(({ id, class: truth }) => [id, truth])).toEqual([['1/a.npy', 1]]);
  });

  it('gives for volumes drawn on the fly what it gives for the same volumes in files', async () => {
    const run = ['--model', join(root, 'fixtures/cam/tiny_cnn2/tfjs/model.json'), '--fit', 'crop'];
    const drawn = await json(...run, '--data', 'simulated', '--snr', '0.5', '--limit', '3');
    expect(drawn.items.map(({ id }) => id)).toEqual(['1MNF/0', '1AON/0', '3J9I/0']);
    expect(drawn.data).toMatchObject({ set: 'simulated', snr: 0.5, seed: 2, labels: 'position' });
    const classes = ['--class', '1MNF,1AON,3J9I', '--snr', '0.5', '--n', '1', '--seed', '2'];
    const { io } = recordingIo();
    await runCommandLine(['simulate', ...classes, '--out', at('drawn')], io);
    const read = await json(...run, '--data', at('drawn'));
    expect(read.items.map(({ methods }) => methods)).toEqual(
      drawn.items.map(({ methods }) => methods),
    );
  });

  it('is cancelled by Ctrl-C', async () => {
    const control = new AbortController();
    const { io } = recordingIo(control.signal);
    const noting = { ...io, note: () => control.abort() };
    const run = runCommandLine(['evaluate', '--model', model, '--data', at('set')], noting);
    expect(exitCode(await run.catch((e: unknown) => e))).toBe(130);
  });

  it.each([
    ['no network', ['--data', 'bundled'], /--model is missing; accepted: a network/],
    ['no set', ['--model', model], /--data is missing; accepted: bundled, simulated, or a folder/],
    ['no folder', ['--model', model, '--data', 'nowhere'], /nowhere: there is no such folder/],
    ['a file', ['--model', model, '--data', model], /model\.json: this is a file; accepted/],
    ['an empty folder', ['--model', model, '--data', at('none')], /none holds no volume; accepted/],
    ['a damaged index', ['--model', model, '--data', at('damaged')], /index\.json: not JSON/],
    ['another index', ['--model', model, '--data', at('strange')], /not the index of a set/],
    [
      'another shape',
      ['--model', model, '--data', 'simulated'],
      /takes 8 x 8 x 8; accepted: --fit/,
    ],
    ['a layer', ['--model', model, '--data', at('set'), '--layer', 'x'], /unknown layer 'x'/],
    [
      'a shard',
      ['--model', model, '--data', 'x', '--shard', '3/2'],
      /--shard 3\/2; accepted: I\/N/,
    ],
    ['a limit', ['--model', model, '--data', 'x', '--limit', '0'], /--limit 0; accepted: a whole/],
    ['a backend', ['--model', model, '--data', 'x', '--backend', 'gpu'], /--backend gpu; accepted/],
    ['an SNR', ['--model', model, '--data', 'simulated', '--snr', '-1'], /SNR|argument/],
    [
      'an idle SNR',
      ['--model', model, '--data', 'x', '--snr', '1'],
      /--snr does not go with --data x/,
    ],
    ['an idle seed', ['--model', model, '--data', 'bundled', '--seed', '1'], /--seed does not go/],
    ['a split', ['--model', model, '--data', at('set'), '--split', 'test'], /has no index\.json/],
    ['an extra file', ['a.json', '--model', model, '--data', 'x'], /unexpected argument 'a\.json'/],
    ['nothing to join', ['--merge'], /--merge needs files/],
    ['too much to join', ['--merge', 'a.json', '--limit', '3'], /--limit does not go with --merge/],
    ['another document', ['--merge', model], /model\.json: not an evaluation; accepted/],
    ['a missing shard', ['--merge', 'gone.json'], /gone\.json: there is no such file/],
    ['a place', ['--merge', model, '--out', join(model, 'x')], /--out .*x: .*cannot be written/],
  ])('refuses in one sentence: %s', async (_, flags, message) => {
    mkdirSync(at('none'), { recursive: true });
    write('damaged/index.json', '{"items": [');
    write('strange/index.json', '{"name": "a package"}');
    const error = await failure(...flags);
    expect(error.message).toMatch(message);
    expect(exitCode(error)).toBe(2);
  });
});

it('hands the sizes of the volumes to a network that leaves its own open', async () => {
  for (const name of ['open/a/0.npy', 'open/b/1.npy'])
    write(name, writeNpy(noise(16 * 24, name.length), [16, 24]));
  const network = join(root, 'fixtures/checkpoints/vgg_images/model.pth');
  const { n, skipped } = await json(
    '--model',
    network,
    '--data',
    at('open'),
    '--normalize',
    'none',
  );
  expect([n, skipped]).toEqual([2, []]);
});
