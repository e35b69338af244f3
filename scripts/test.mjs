#!/usr/bin/env node
/**
 * `npm test`: sets up and runs every gate: format, lint, whether the
 * committed wasm is what its sources compile to, types, unit tests, build,
 * end-to-end tests in a real browser. Ends with how many tests compared results of a GPU, and
 * `N passed, N failed`. `REQUIRE_GPU=1` makes it a failure when none did.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gpuComparisons } from './gpu-report.mjs';
import { ensureInstalled, root } from './setup.mjs';

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
 * @param {string} name
 * @param {string[]} command
 * @param {Record<string, string>} [extra]
 * @returns {boolean}
 */
function run(name, command, extra = {}) {
  process.stdout.write(`\n── ${name}\n`);
  const started = Date.now();
  const [file, ...args] = command;
  const [program, given] =
    file === 'node' ? [process.execPath, args] : ['npx', ['--no-install', ...command]];
  const { status } = spawnSync(program, given, {
    cwd: root,
    stdio: 'inherit',
    env: { ...env, ...extra },
    shell: process.platform === 'win32',
  });
  process.stdout.write(`── ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
  return status === 0;
}

/** @param {string} name @param {string[][]} commands */
function gate(name, ...commands) {
  if (commands.every((command) => run(name, command))) passed++;
  else failed++;
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

gate('format', ['biome', 'format', '.']);
gate('lint', ['biome', 'lint', '--error-on-warnings', '.']);
gate('kernels', ['node', 'scripts/build-kernels.mjs', '--check']);
gate('types', ['tsc', '-p', 'tsconfig.json'], ['tsc', '-p', 'src/core/tsconfig.json']);

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

gate('build', ['vite', 'build']);

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
