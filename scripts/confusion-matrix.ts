/**
 * `node scripts/run.mjs scripts/confusion-matrix.ts EVALUATION.json OUT.svg`: draws the confusion matrix of
 * an `evaluate --json`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { matrixSvg } from './confusion-matrix/matrix.ts';

const [from, to] = process.argv.slice(2);
if (!from || !to) {
  process.stderr.write('usage: confusion-matrix.ts EVALUATION.json OUT.svg\n');
  process.exit(2);
}
writeFileSync(to, matrixSvg(JSON.parse(readFileSync(from, 'utf8'))));
