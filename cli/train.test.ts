import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../scripts/bundle.mjs';
import { exitCode, runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'train-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let program = '';
beforeAll(async () => {
  program = fileURLToPath(await bundle('cli/testing/tiny-train.ts'));
});

/** A process of its own, which can be killed; its words so far in `out` and `err`. */
function start(...argv: string[]) {
  const child = spawn(process.execPath, [program, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const run = { child, out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (run.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (run.err += data.toString()));
  return run;
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return child.exitCode;
}

/** The log without times, which differ between runs. */
const log = (out: string) =>
  readFileSync(join(out, 'log.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as object), seconds: 0, waited: 0 }));

const bytes = (...path: string[]) => readFileSync(join(...path));

describe('a training that is stopped', () => {
  it.runIf(process.platform === 'linux')(
    'by kill -9 or a full disk continues to the same bits as one in peace',
    async () => {
      const [peace, killed, full] = ['peace', 'killed', 'full'].map((name) => join(folder, name));
      expect(await ended(start(peace).child)).toBe(0);

      const first = start(killed);
      while (!first.out.includes('1.1')) await once(first.child.stdout, 'data');
      first.child.kill('SIGKILL');
      await ended(first.child);
      expect(first.child.signalCode).toBe('SIGKILL');
      expect(existsSync(join(killed, 'model.json'))).toBe(false);

      // The next checkpoint goes to a device that is always full.
      cpSync(killed, full, { recursive: true });
      rmSync(join(full, 'checkpoint.bin.part'), { force: true });
      symlinkSync('/dev/full', join(full, 'checkpoint.bin.part'));
      const refused = start(full, '--resume');
      expect(await ended(refused.child)).toBe(2);
      expect(refused.err).toMatch(
        /^\S*checkpoint\.bin: cannot be written \(the disk is full\); the checkpoint before it is kept: make room, then train again with --resume$/,
      );
      expect(bytes(full, 'checkpoint.bin').equals(bytes(killed, 'checkpoint.bin'))).toBe(true);

      for (const out of [killed, full]) {
        const resumed = start(out, '--resume');
        expect(await ended(resumed.child)).toBe(0);
        expect(resumed.out).not.toContain('0.0');
        expect(bytes(out, 'weights.bin').equals(bytes(peace, 'weights.bin'))).toBe(true);
        expect(log(out)).toEqual(log(peace));
        expect(readdirSync(out)).toEqual(readdirSync(peace));
      }
    },
    240_000,
  );
});

describe('the folder of a training', () => {
  const LOCK = '.respond-cam.lock';
  const begun = () => {
    const out = mkdtempSync(join(folder, 'begun-'));
    cpSync(join(folder, 'killed'), out, { recursive: true });
    return out;
  };

  it.runIf(process.platform === 'linux')(
    'is of one process alone, while that lives',
    async () => {
      const out = mkdtempSync(join(folder, 'two-'));
      const first = start(out);
      while (!existsSync(join(out, LOCK))) await new Promise((done) => setTimeout(done, 20));
      const second = start(out);
      expect(await ended(second.child)).toBe(2);
      expect(second.err).toMatch(
        new RegExp(
          `^--out .*: in use by process ${first.child.pid} since .*; accepted: another fol`,
        ),
      );
      first.child.kill('SIGKILL');
      await ended(first.child);
      expect(existsSync(join(out, LOCK))).toBe(true);
      const flags = existsSync(join(out, 'checkpoint.bin')) ? ['--resume'] : [];
      expect(await ended(start(out, ...flags).child)).toBe(0);
      expect(existsSync(join(out, LOCK))).toBe(false);
    },
    120_000,
  );

  it.runIf(process.platform === 'linux')(
    'gives the checkpoint before a damaged one, to the same bits; refuses when both are',
    async () => {
      const out = mkdtempSync(join(folder, 'damaged-'));
      const first = start(out);
      while (!first.out.includes('2.1')) await once(first.child.stdout, 'data');
      first.child.kill('SIGKILL');
      await ended(first.child);
      const damage = (name: string) => {
        const data = bytes(out, name);
        data[data.length - 5] ^= 1;
        writeFileSync(join(out, name), data);
      };
      damage('checkpoint.bin');
      const resumed = start(out, '--resume');
      expect(await ended(resumed.child)).toBe(0);
      expect(resumed.err).toMatch(
        /checkpoint\.bin: damaged or cut off .*; resuming from .*checkpoint-previous\.bin, the one/,
      );
      expect(bytes(out, 'weights.bin').equals(bytes(join(folder, 'peace'), 'weights.bin'))).toBe(
        true,
      );
      damage('checkpoint.bin');
      damage('checkpoint-previous.bin');
      const refused = start(out, '--resume');
      expect(await ended(refused.child)).toBe(2);
      expect(refused.err).toMatch(/^\S*checkpoint\.bin: damaged or cut off/);
    },
    240_000,
  );

  it('is not written over unless asked', async () => {
    const out = begun();
    const content = () =>
      readdirSync(out).map((name) => [name, bytes(out, name).toString('base64')]);
    const before = JSON.stringify(content());
    const train = (...flags: string[]) =>
      runCommandLine(['train', '--model', 'cnn-2', '--out', out, ...flags], recordingIo().io).catch(
        (error: unknown) => error,
      );
    const error = await train();
    expect(exitCode(error)).toBe(2);
    expect((error as Error).message).toMatch(
      /^--out .*: holds an earlier training \(checkpoint-previous\.bin, checkpoint\.bin, log\.jsonl, .*\); accepted: a new folder, --resume to continue with it, --force to replace it$/,
    );
    expect((await train('--resume', '--force')) as Error).toMatchObject({ code: 'bad-input' });
    expect(JSON.stringify(content()) === before).toBe(true);
    for (const name of readdirSync(out)) if (!/^model|^weights/.test(name)) rmSync(join(out, name));
    expect(((await train()) as Error).message).toMatch(
      /holds files of another \(model\.json, weights\.bin\); accepted: a new folder, --force/,
    );
  });
});

describe('train', () => {
  it.each([
    [['--model', 'cnn-3'], /--model cnn-3; accepted: cnn-1, cnn-2/],
    [['--snr', '0'], /SNR '0' is impossible/],
    [['--snr', '1', '--recipe=real'], /--recipe and --snr exclude each other/],
    [['--recipe', 'rain.json'], /rain\.json: .*no such file/],
    [['--per-class', '1'], /--per-class 1; accepted: a whole number from 2 up/],
    [['--backend', 'abacus'], /--backend abacus; accepted: auto, webgpu, wasm, cpu/],
    [['--lr', '-1'], /--lr -1; accepted/],
    [['--patience', '0'], /--patience 0; accepted: a whole number from 1 up/],
    [['--init', 'no-such'], /no-such: there is no such network/],
    [
      ['--resume'],
      /--resume: there is no .*checkpoint\.bin; accepted: the --out of a run that was/,
    ],
  ])('refuses %j', async (flags, message) => {
    const argv = ['train', '--model', 'cnn-2', '--out', join(folder, 'bad')];
    const [flag, value, ...more] = flags;
    const all = [...argv, value === undefined ? flag : `${flag}=${value}`, ...more];
    const error = await runCommandLine(all, recordingIo().io).catch((e: unknown) => e);
    expect((error as Error).message).toMatch(message);
    expect(exitCode(error)).toBe(2);
  });
});
