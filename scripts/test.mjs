#!/usr/bin/env node
/**
 * `npm test`: sets up and runs every gate: the build beside format, lint, whether the
 * committed wasm is what its sources compile to, and types; unit tests;
 * end-to-end tests in a real browser. Ends with how many tests compared results of a GPU, and
 * `N passed, N failed`. `REQUIRE_GPU=1` makes it a failure when none did.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argumentsOf } from './arguments.mjs';
import { gpuComparisons } from './gpu-report.mjs';
import { ensureInstalled, root } from './setup.mjs';

argumentsOf('npm test', {});
ensureInstalled();
const { ensureBrowser } = await import('./browser.mjs');
const browser = await ensureBrowser();
const reports = mkdtempSync(join(tmpdir(), 'respond-cam-test-'));
const env = { ...process.env, CHROME_PATH: browser };

let passed = 0;
let failed = 0;
let skipped = 0;
let gpu = { ran: 0, sentence: 'No GPU comparison ran: the unit tests gave no report.' };

/**
 * @param {string[]} command
 * @returns {[program: string, args: string[]]}
 */
function programOf([file, ...args]) {
  return file === 'node' ? [process.execPath, args] : ['npx', ['--no-install', file, ...args]];
}

const options = { cwd: root, shell: process.platform === 'win32' };

/**
 * @param {string} name
 * @param {string[]} command
 * @param {Record<string, string>} [extra]
 * @returns {boolean}
 */
function run(name, command, extra = {}) {
  process.stdout.write(`\n── ${name}\n`);
  const started = Date.now();
  const [program, args] = programOf(command);
  const { status } = spawnSync(program, args, {
    ...options,
    stdio: 'inherit',
    env: { ...env, ...extra },
  });
  process.stdout.write(`── ${name}: ${seconds(started)} s\n`);
  return status === 0;
}

/** @param {number} started */
const seconds = (started) => ((Date.now() - started) / 1000).toFixed(0);

/**
 * Runs gates one after another; what each writes appears at once when it is done, so that two rows of
 * gates can run side by side.
 * @param {Record<string, string[]>} gates commands by name
 */
async function runGates(gates) {
  for (const [name, command] of Object.entries(gates)) {
    const started = Date.now();
    const [program, args] = programOf(command);
    const child = spawn(program, args, { ...options, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const [status] = await once(child, 'close');
    process.stdout.write(`\n── ${name}\n${output}── ${name}: ${seconds(started)} s\n`);
    if (status === 0) passed++;
    else failed++;
  }
}

/**
 * @param {boolean} ok
 * @param {string} file
 * @param {(report: any) => { passed: number, failed: number, skipped: number }} count
 */
function tally(ok, file, count) {
  if (!existsSync(file)) {
    failed++;
    return;
  }
  const result = count(JSON.parse(readFileSync(file, 'utf8')));
  passed += result.passed;
  skipped += result.skipped;
  failed += ok || result.failed > 0 ? result.failed : 1;
}

await Promise.all([
  runGates({ build: ['vite', 'build'] }),
  runGates({
    format: ['biome', 'format', '.'],
    lint: ['biome', 'lint', '--error-on-warnings', '.'],
    kernels: ['node', 'scripts/build-kernels.mjs', '--check'],
    types: ['tsc', '-p', 'tsconfig.json'],
    'types of core': ['tsc', '-p', 'src/core/tsconfig.json'],
  }),
]);

const unit = join(reports, 'unit.json');
tally(
  run('unit', [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${unit}`,
  ]),
  unit,
  (report) => {
    gpu = gpuComparisons(report);
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  },
);

const e2e = join(reports, 'e2e.json');
tally(
  run('e2e', ['playwright', 'test', '--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_NAME: e2e }),
  e2e,
  (report) => ({
    passed: report.stats.expected + report.stats.flaky,
    failed: report.stats.unexpected,
    skipped: report.stats.skipped,
  }),
);

rmSync(reports, { recursive: true, force: true });
if (process.env.REQUIRE_GPU && gpu.ran === 0) failed++;
const rest = skipped > 0 ? `, ${skipped} skipped` : '';
process.stdout.write(`\n${gpu.sentence}\n${passed} passed, ${failed} failed${rest}\n`);
process.exitCode = failed > 0 ? 1 : 0;
