/**
 * `npm run bench [-- NAME ...] [--json FILE] [--fresh]`: measures and prints a table; ratios come from one
 * part's run. With a file, every part is kept there once it is done, and a run without names measures
 * those that are missing (`--fresh`: all of them). `--device` measures this machine's browser instead.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { argumentsOf } from '../scripts/arguments.mjs';
import type { Part } from './rows.ts';
import { emptyReport, type Report, rounded } from './report.ts';

const BENCHES: Record<string, () => Promise<Part>> = {
  networks: async () => (await import('./compare/networks.ts')).networksBench(),
  real: async () => (await import('./real/real.ts')).realBench(),
  opening: async () => (await import('./real/opening.ts')).openingBench(),
  roofline: async () => (await import('./compare/roofline.ts')).rooflineBench(),
  growth: async () => (await import('./compare/growth.ts')).growthBench(),
  browser: async () => (await import('./browser/browser.ts')).browserBench(),
  webgpu: async () => (await import('./webgpu.ts')).webgpuBench(),
  surface: async () => (await import('./surface.ts')).surfaceBench(),
  simulate: async () => (await import('./simulate.ts')).simulateBench(),
  tomograms: async () => (await import('./tomograms.ts')).tomogramsBench(),
  app: async () => (await import('./app.ts')).appBench(),
};

const { values, positionals: asked } = argumentsOf(
  'npm run bench [-- NAME...] [--json FILE] [--fresh] | -- --device [--small]',
  {
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      device: { type: 'boolean', default: false },
      small: { type: 'boolean', default: false },
    },
  },
  Object.keys(BENCHES),
);
if (values.device) {
  await (await import('./device/device.ts')).deviceBench(values);
  process.exit();
}
const file = values.json;
let report: Report =
  file && existsSync(file) && !values.fresh
    ? (JSON.parse(readFileSync(file, 'utf8')) as Report)
    : emptyReport();
const wanted =
  asked.length > 0 ? asked : Object.keys(BENCHES).filter((name) => !(name in report.parts));
let failed = false;
process.stdout.write('| what | figure |\n|---|---:|\n');
for (const name of Object.keys(BENCHES).filter((one) => wanted.includes(one))) {
  const start = performance.now();
  try {
    const part = await BENCHES[name]();
    const seconds = Math.round((performance.now() - start) / 1000);
    report = {
      ...report,
      parts: { ...report.parts, [name]: rounded({ ...part, ...where(), seconds }) },
    };
    for (const row of part.rows) {
      const digits = row.value >= 100 || Number.isInteger(row.value) ? 0 : row.value >= 10 ? 1 : 2;
      process.stdout.write(`| ${row.name} | ${row.value.toFixed(digits)} ${row.unit} |\n`);
    }
    for (const line of part.left ?? []) process.stderr.write(`left out: ${line}\n`);
    process.stderr.write(`${name}: ${seconds} s\n`);
    if (file) writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
  } catch (error) {
    failed = true;
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
}
process.exit(failed ? 1 : 0);

/** The machine and the code of a part. */
function where() {
  const git = (...args: string[]) => {
    try {
      return execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
    } catch {
      return '';
    }
  };
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: git('rev-parse', '--short', 'HEAD'),
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memory: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
      node: process.version,
    },
  };
}
