/**
 * Makes the sample gallery: one subtomogram of every class without noise and one at SNR 0.1.
 *
 *     node scripts/run.mjs scripts/make-samples.ts [--out public/samples]
 *
 * Same specification as the training set (`DEFAULT_SPEC`), seed 3: no pose or noise of the training
 * (seed 1) and test (seed 2) sets. Both volumes of a class show the same pose.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadTemplates } from '../cli/templates.ts';
import {
  createSimulator,
  jsonSpec,
  type SampleEntry,
  SEEDS,
  subtomogramFile,
} from '../src/core/simulate/index.ts';

const INDEX = 0;

const { values } = parseArgs({ options: { out: { type: 'string', default: 'public/samples' } } });
mkdirSync(values.out, { recursive: true });
const templates = await loadTemplates();
const samples: SampleEntry[] = [];
const parts = [Number.POSITIVE_INFINITY, 0.1].map((snr) =>
  createSimulator(templates, { seed: SEEDS.samples, snr }),
);
for (const [classIndex, { id, name }] of templates.entries()) {
  for (const simulator of parts) {
    const { spec } = simulator;
    const snr = Number.isFinite(spec.snr) ? spec.snr : 'inf';
    const bytes = subtomogramFile(simulator, classIndex, INDEX);
    const sample = `${id}-${snr}`;
    writeFileSync(join(values.out, `${sample}.mrc`), bytes);
    samples.push({
      id: sample,
      path: `samples/${sample}.mrc`,
      title: `${name}, ${snr === 'inf' ? 'noise-free' : `SNR ${snr}`}`,
      classId: id,
      className: name,
      classIndex,
      snr,
      index: INDEX,
      ...simulator.pose(classIndex, INDEX),
      spec: jsonSpec(spec),
    });
  }
}
writeFileSync(join(values.out, 'index.json'), `${JSON.stringify(samples, null, 1)}\n`);
process.stderr.write(`${samples.length} samples in ${values.out}\n`);
