import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { writeMrc } from '../src/core/mrc/index.ts';
import { readNpy, writeNpy } from '../src/core/npy/index.ts';
import { runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

const fixtures = fileURLToPath(new URL('../fixtures/checkpoints', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'respond-cam-checkpoints-'));
afterAll(() => rmSync(folder, { recursive: true }));

const unet = join(fixtures, 'octopi_unet');
const base = ['explain', join(unet, 'input.npy'), '--normalize', 'none', '--backend', 'wasm'];

it('finds the configuration beside a checkpoint, and a layer by any of its names', async () => {
  const { io, out } = recordingIo();
  const model = ['--model', join(unet, 'best_model.pth'), '--class', '1'];
  const layers = ['--layer', 'model.2.0.adn.A,model.2.0,model.1.submodule.2.1'];
  await runCommandLine([...base, ...model, ...layers, '--json'], io);
  const document = JSON.parse(out[0]) as { layers: { name: string }[] };
  expect(document.layers.map(({ name }) => name)).toEqual(layers[1].split(','));
  await runCommandLine([...base, ...model, '--layer', 'model.2.0'], io);
  expect(out.join('\n')).toContain('ribosome');
});

it.each([
  ['a configuration that is not there', ['--config', 'no.yaml'], /^no.yaml: there is no such file/],
  ['one that is none', ['--config', join(unet, 'input.npy')], /input.npy: .*accepted: plans.json/],
])('refuses %s', async (_, flags, words) => {
  const { io } = recordingIo();
  const run = runCommandLine([...base, '--model', join(unet, 'best_model.pth'), ...flags], io);
  await expect(run).rejects.toThrow(words);
});

it('reads the network for the sides that its strides divide, and says which', async () => {
  const path = join(folder, 'odd.npy');
  writeFileSync(path, writeNpy(new Float32Array(15 * 12 * 20), [15, 12, 20]));
  const { io, notes } = recordingIo();
  const run = (...flags: string[]) =>
    runCommandLine(['explain', path, '--model', join(unet, 'best_model.pth'), ...flags], io);
  await expect(run()).rejects.toThrow(/odd.npy: .*15.*See --fit/);
  await run('--fit', 'crop', '--backend', 'wasm');
  expect(notes.join()).toContain('multiples of [4,4,4]; it is read for [12,12,20] voxels');
});

it('takes the weights of easymode by either of their two files', async () => {
  const easymode = (file: string) => join(fixtures, 'easymode_membrain', file);
  const scores: unknown[] = [];
  for (const model of [
    ['--model', easymode('ribosome.h5')],
    ['--model', easymode('ribosome.json'), '--weights', easymode('ribosome.h5')],
  ]) {
    const { io, out } = recordingIo();
    const flags = ['--normalize', 'none', '--backend', 'wasm', '--class', '0'];
    await runCommandLine(['explain', easymode('input.npy'), ...model, ...flags], io);
    scores.push(/^ribosome +\d.*$/m.exec(out.join('\n'))?.[0]);
  }
  expect(scores[0]).toBeDefined();
  expect(scores[1]).toBe(scores[0]);
});

it('says where a network of easymode has other voxels along z, and compares no volume with them', async () => {
  const easymode = (file: string) => join(fixtures, 'easymode_membrain', file);
  const config = join(folder, 'ribosome.json');
  for (const [along, said] of [
    [10, false],
    [20, true],
  ] as const) {
    writeFileSync(config, JSON.stringify({ arch: 'unet-membrain', apix: 10, apix_z: along }));
    const { io, notes } = recordingIo();
    const model = ['--model', config, '--weights', easymode('ribosome.h5')];
    await runCommandLine(['explain', easymode('input.npy'), ...model, '--backend', 'wasm'], io);
    const text = notes.join();
    expect(text.includes('10 Å in the plane of the slices and 20 Å along z')).toBe(said);
    expect(text.includes('cannot be compared with the 10 Å')).toBe(!said);
  }
});

it('asks for what a bare Sequential does not say, and shows it', async () => {
  const path = join(folder, 'model.pth');
  writeFileSync(path, readFileSync(join(fixtures, 'classifier_sequential/model.pth')));
  const { io } = recordingIo();
  const input = join(fixtures, 'classifier_sequential/input.npy');
  await expect(runCommandLine(['explain', input, '--model', path], io)).rejects.toThrow(
    /nn.Sequential \(0.weight \[4 x 1 x 3 x 3 x 3\].* accepted: the same with layers.json/,
  );
});

it('turns a volume to the axes of nnU-Net’s plans, but not an array', async () => {
  const nnunet = (file: string) => join(fixtures, 'nnunet_plain', file);
  const plans = JSON.parse(readFileSync(nnunet('plans.json'), 'utf8')) as object;
  const config = join(folder, 'plans.json');
  // The network runs along x, z and y of the volume.
  writeFileSync(config, JSON.stringify({ ...plans, transpose_forward: [2, 0, 1] }));
  const [nx, nz, ny] = [8, 16, 24];
  const { data } = readNpy(new Uint8Array(readFileSync(nnunet('input.npy'))), 'input.npy');
  const volume = Float32Array.from(data, (_, i) => {
    const [z, y, x] = [Math.floor(i / (ny * nx)), Math.floor(i / nx) % ny, i % nx];
    return Number(data[(x * nz + z) * ny + y]);
  });
  const mrc = join(folder, 'whole.mrc');
  const grid = { voxelSize: [1, 2, 3], origin: [0, 0, 0] } as const;
  writeFileSync(mrc, writeMrc({ shape: [nz, ny, nx], data: volume, ...grid }));
  const found: { scores: number[]; input: { voxelSize: number[] } }[] = [];
  for (const input of [nnunet('input.npy'), mrc]) {
    const { io, out } = recordingIo();
    const model = ['--model', nnunet('fold_0/checkpoint_final.pth'), '--config', config];
    const flags = ['--normalize', 'none', '--backend', 'wasm', '--json', '--class', '1'];
    await runCommandLine(['explain', input, ...model, ...flags], io);
    found.push(JSON.parse(out[0]) as (typeof found)[0]);
  }
  expect(found[1].scores).toEqual(found[0].scores);
  // Along y, z and x of the file.
  expect(found[1].input.voxelSize).toEqual([2, 3, 1]);
});
