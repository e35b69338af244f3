/** `npm run bench [-- NAME ...]`: measures and prints a table; ratios come from one run. */
import type { Row } from './rows.ts';

const BENCHES: Record<string, () => Promise<Row[]>> = {
  app: async () => (await import('./app.ts')).appBench(),
  networks: async () => (await import('./networks.ts')).networks(),
  simulate: async () => (await import('./simulate.ts')).simulateBench(),
  surface: async () => (await import('./surface.ts')).surfaceBench(),
  webgpu: async () => (await import('./webgpu.ts')).webgpuBench(),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  process.stderr.write(
    `unknown bench ${unknown.join(', ')}; accepted: ${Object.keys(BENCHES).join(', ')}\n`,
  );
  process.exit(2);
}
process.stdout.write('| what | figure |\n|---|---:|\n');
for (const [name, run] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const row of await run()) {
    const digits = row.value >= 100 || Number.isInteger(row.value) ? 0 : row.value >= 10 ? 1 : 2;
    process.stdout.write(`| ${row.name} | ${row.value.toFixed(digits)} ${row.unit} |\n`);
  }
}
process.exit(0);
