import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { version } from '../package.json';
import { aborted, AppError, badInput } from '../src/core/errors.ts';
import { exitCode, runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MRC = `${ROOT}/fixtures/mrc`;

async function runs(...argv: string[]): Promise<string> {
  const { io, out } = recordingIo();
  await runCommandLine(argv, io);
  return out.join('\n');
}

test('help names every command, and each command has its own', async () => {
  const overview = await runs('--help');
  expect(overview).toMatch(/^ {2}inspect +/m);
  expect(overview).toMatch(/^ {2}serve +/m);
  expect(await runs('inspect', '--help')).toMatch(/^usage: respond-cam inspect FILE/);
  expect(await runs('serve', '-h')).toMatch(/--port N/);
});

test('--version prints the version of the package', async () => {
  expect(await runs('--version')).toBe(version);
  expect(await runs('-v')).toBe(version);
});

test.each([
  [[], 'a command is missing; accepted: '],
  [['frobnicate'], "unknown command 'frobnicate'; accepted: "],
  [['toString'], "unknown command 'toString'"],
  [['inspect'], 'inspect: an argument is missing; usage: respond-cam inspect FILE'],
  [['inspect', 'a', 'b'], "inspect: unexpected argument 'b'"],
  [['inspect', 'a', '--frob'], "inspect: Unknown option '--frob'"],
  [['inspect', 'a', '--json=yes'], "Option '--json' does not take an argument"],
  [['serve', '--port'], "Option '--port <value>' argument missing"],
  [['serve', '--port', '70000'], "--port is '70000'; accepted: 0 to 65535"],
  [['serve', 'no-such-file.mrc'], 'no-such-file.mrc: there is no such file'],
  [['serve', '--model', 'no/model.json'], 'no/model.json: there is no such network'],
  [['inspect', 'no-such-file.mrc'], 'no-such-file.mrc: there is no such file'],
  [['inspect', ROOT], 'this is a folder'],
])('wrong usage %j is bad input: %s', async (argv, words) => {
  const { io, out } = recordingIo();
  const error = await runCommandLine(argv, io).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(AppError);
  expect((error as AppError).message).toContain(words);
  expect(exitCode(error)).toBe(2);
  expect(out).toEqual([]);
});

test('exit codes: 1 for a fault of ours, 130 for Ctrl-C', () => {
  expect(exitCode(new TypeError('x'))).toBe(1);
  expect(exitCode(new AppError('internal', 'x'))).toBe(1);
  expect(exitCode(aborted())).toBe(130);
  expect(exitCode(badInput('x'))).toBe(2);
});

test('inspect --json gives the document of the contract and nothing else', async () => {
  const text = await runs('inspect', `${MRC}/generated-with-mrcfile/subtomo40_f32.mrc`, '--json');
  const report = JSON.parse(text);
  expect(report).toMatchObject({
    format: 'mrc',
    mode: 2,
    shape: [40, 40, 40],
    axes: ['x', 'y', 'z'],
    endian: 'little',
    voxelSize: [10, 10, 10],
    origin: [0, 0, 0],
    spaceGroup: 1,
    extendedHeader: { type: null, bytes: 0 },
    sections: 40,
    findings: [],
  });
  expect(report.stats.min).toBeCloseTo(-4.502222061157227, 12);
  expect(report.stats.rms).toBeCloseTo(0.9981764554977417, 6);
  expect(report.labels[0]).toMatch(/^Created by mrcfile/);
});

test('inspect in words names shape, size and findings', async () => {
  const text = await runs('inspect', `${MRC}/gemmi/iota_yzx.ccp4.gz`);
  expect(text).toContain('2 x 1 x 4 (z, y, x)');
  expect(text).toContain('12 x 2.2 x 4 nm');
  expect(text).toContain('info: Columns, rows and sections run along y, z, x');
});

test('inspect --unsigned-bytes overrides the header', async () => {
  const path = `${MRC}/generated-with-mrcfile/mode0_i8.mrc`;
  expect(JSON.parse(await runs('inspect', path, '--json')).stats.min).toBe(-20);
  const asked = JSON.parse(await runs('inspect', path, '--json', '--unsigned-bytes'));
  expect(asked.stats).toMatchObject({ min: 0, max: 255 });
});

test('the launcher keeps stdout, stderr and the exit status apart', async () => {
  const launch = (...argv: string[]) =>
    promisify(execFile)(process.execPath, [`${ROOT}/scripts/respond-cam.mjs`, ...argv]).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (e: { code: number; stdout: string; stderr: string }) => e,
    );
  const good = await launch('inspect', `${MRC}/mrcfile/EMD-3197.map`, '--json');
  expect(good).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(good.stdout).shape).toEqual([20, 20, 20]);
  const bad = await launch('inspect', `${MRC}/generated-with-mrcfile/bad_huge_nx.mrc`, '--json');
  expect(bad).toMatchObject({ code: 2, stdout: '' });
  expect(bad.stderr.trim().split('\n')).toHaveLength(1);
  expect(bad.stderr).toContain('bad_huge_nx.mrc: the header claims');
});
