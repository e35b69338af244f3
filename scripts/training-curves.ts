/**
 * `node scripts/run.mjs scripts/training-curves.ts LOG.jsonl OUT.svg [SMALL.jsonl]`: draws the loss and
 * accuracy of a training from its log, and writes a log without the times and with fewer steps, small
 * enough to keep beside the picture.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { curvesSvg } from './training-curves/curves.ts';
import { readLog, smallLog } from './training-curves/log.ts';

const [from, to, small] = process.argv.slice(2);
if (!from || !to) {
  process.stderr.write('usage: training-curves.ts LOG.jsonl OUT.svg [SMALL.jsonl]\n');
  process.exit(2);
}
const text = readFileSync(from, 'utf8');
writeFileSync(to, curvesSvg(readLog(text, from)));
if (small) writeFileSync(small, smallLog(text, from));
