import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCode, runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';
import { cannotWrite, makeFolder, requireSpace, writeAtomically, writeModel } from './write.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

describe('writing', () => {
  it('makes a folder with its parents, and takes one that is there', async () => {
    await makeFolder(join(folder, 'a/b/c'));
    await makeFolder(join(folder, 'a/b/c'));
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['c']);
  });

  it.runIf(process.platform === 'linux')('does not wait for /proc to take a folder', async () => {
    await expect(makeFolder('/proc/x/y')).rejects.toThrow(/--out \/proc\/x\/y: the folder cannot/);
  });

  it('says what is in the way', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file'))).rejects.toThrow(/a part of this path is a file/);
    await expect(makeFolder(join(folder, 'file/x'))).rejects.toThrow(/a part of this path is a/);
    await expect(writeAtomically(join(folder, 'a'), bytes('x'))).rejects.toThrow(
      /a: cannot be written \(there is a folder of this name\)/,
    );
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    const full = cannotWrite('x', Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' }));
    expect(full.message).toBe('x: cannot be written (the disk is full)');
    expect(exitCode(full)).toBe(2);
  });

  it('refuses at once what the disk cannot hold', async () => {
    await requireSpace(folder, 1, 'one byte');
    await expect(requireSpace(folder, 1e18, '9 volumes')).rejects.toThrow(
      /--out .*: 9 volumes take 1000000000\.0 GB, but [\d.]+ [GM]B are free there; accepted: a disk/,
    );
  });

  it('removes the weights of the network that was there, and nothing else', async () => {
    const model = join(folder, 'model');
    await makeFolder(model);
    for (const name of ['weights-1-of-2.bin', 'weights-2-of-2.bin', 'weights.txt', 'log.jsonl']) {
      writeFileSync(join(model, name), 'old');
    }
    await writeModel(model, [
      { name: 'weights.bin', bytes: bytes('new') },
      { name: 'model.json', bytes: bytes('{}') },
    ]);
    expect(readdirSync(model)).toEqual(['log.jsonl', 'model.json', 'weights.bin', 'weights.txt']);
  });
});

describe('quantize', () => {
  it('rewrites a bundled network and marks its sidecar', async () => {
    const out = join(folder, 'quantized');
    const { io, out: lines } = recordingIo();
    await runCommandLine(['quantize', 'cnn-2-inf', '--out', out, '--json'], io);
    const { bytes: sizes } = JSON.parse(lines[0]) as { bytes: [number, number] };
    expect(sizes[0] - sizes[1]).toBe(3 * 8000 * 512);
    expect(readdirSync(out)).toEqual(['model.json', 'respond-cam.json', 'weights.bin']);
    const sidecar = JSON.parse(readFileSync(join(out, 'respond-cam.json'), 'utf8')) as {
      accuracy: { set: string };
      recipe: { quantized: object };
    };
    expect(sidecar.accuracy.set).toMatch(/, before its weights were quantised$/);
    expect(sidecar.recipe.quantized).toEqual({ 'fc1/kernel': 'uint8' });
  });

  it('refuses a network whose scores are not finite, and another network in the folder', async () => {
    const net = fileURLToPath(new URL('../fixtures/cam/single_fc/tfjs', import.meta.url));
    const wild = join(folder, 'wild');
    cpSync(net, wild, { recursive: true });
    const quantize = (model: string, ...flags: string[]) =>
      runCommandLine(
        ['quantize', model, '--layers', 'conv1', '--out', join(folder, 'wild-out'), ...flags],
        recordingIo().io,
      ).catch((error: unknown) => error);
    const bytes = readFileSync(join(wild, 'weights.bin'));
    const values = Float32Array.from(
      new Float32Array(new Uint8Array(bytes).buffer),
      (v) => v * 1e30,
    );
    writeFileSync(join(wild, 'weights.bin'), new Uint8Array(values.buffer));
    const error = await quantize(wild);
    expect((error as Error).message).toMatch(
      /wild: The network gives \S+ as the score of class \d/,
    );
    expect(exitCode(error)).toBe(2);
    expect(await quantize(net)).toBeUndefined();
    expect(((await quantize('cnn-2-inf')) as Error).message).toMatch(
      /holds another network; accepted: a new folder, the network's own, or --force/,
    );
  });

  it.each([
    [['cnn-2-inf', '--out', 'x', '--dtype', 'int4'], /--dtype int4; accepted: uint8, uint16, flo/],
    [['cnn-2-inf'], /--out is missing/],
    [['no-such', '--out', 'x'], /no-such: there is no such network/],
  ])('refuses %j', async (argv, message) => {
    const error = await runCommandLine(['quantize', ...argv], recordingIo().io).catch((e) => e);
    expect((error as Error).message).toMatch(message);
    expect(exitCode(error)).toBe(2);
  });
});
