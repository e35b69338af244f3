/**
 * `npm run fuzz -- [--files N] [--kind NAME,NAME] [--seed N] [--from N] [--only N] [--out DIR]`: reads mutated
 * files of every kind that the program reads. Fails on an error without a sentence, on a file that takes
 * longer than 2 s, and on memory beyond 10 times its content and a constant.
 */
import { argumentsOf } from '../arguments.mjs';
import { KINDS, type KindName } from './kinds.ts';
import { fuzz, type KindResult } from './run.ts';

const TOTAL = 100_000;
const PATIENCE = 2000;

const names = Object.keys(KINDS) as KindName[];
const { values } = argumentsOf(
  'npm run fuzz [-- --files N] [--kind NAME,NAME] [--seed N] [--from N] [--only N] [--out DIR]',
  {
    options: {
      files: { type: 'string' },
      kind: { type: 'string' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      only: { type: 'string' },
      out: { type: 'string', default: 'build/fuzz' },
    },
  },
);

function count(flag: string, value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  process.stderr.write(`fuzz: --${flag} ${value}; accepted: a whole number from 0 up\n`);
  process.exit(2);
}

const wanted = values.kind?.split(',');
const unknown = wanted?.find((name) => !names.some((known) => known === name));
if (unknown !== undefined) {
  process.stderr.write(`fuzz: --kind ${unknown}; accepted: ${names.join(', ')}\n`);
  process.exit(2);
}
const kinds = names.filter((name) => !wanted || wanted.includes(name));
const each =
  values.files === undefined ? Math.ceil(TOTAL / names.length) : count('files', values.files);
const seed = count('seed', values.seed);

process.stdout.write(`seed ${seed}, ${each} files of each of ${kinds.length} kinds\n`);
const head = ['kind', 'read', 'refused', 'untyped', 'memory', 'hang', 'seconds'];
process.stdout.write(`${row(head)}\n`);

const results = await fuzz({
  kinds,
  files: values.only === undefined ? each : 1,
  from: count('from', values.only ?? values.from),
  seed,
  patience: PATIENCE,
  out: values.out,
  onKind: report,
});

function row(cells: readonly (string | number)[]): string {
  return cells
    .map((cell, i) => (i === 0 ? String(cell).padEnd(19) : String(cell).padStart(9)))
    .join('');
}

function report({ kind, counts, failures, seconds }: KindResult): void {
  const { read, refused, untyped, memory, hang } = counts;
  process.stdout.write(
    `${row([kind, read, refused, untyped, memory, hang, seconds.toFixed(1)])}\n`,
  );
  for (const { index, outcome, words, file } of failures) {
    process.stdout.write(
      `  ${outcome}: npm run fuzz -- --kind '${kind}' --seed ${seed} --only ${index}`,
    );
    process.stdout.write(
      `${file ? ` (${file})` : ''}\n    ${words.split('\n').slice(0, 3).join('\n    ')}\n`,
    );
  }
}

const failed = results.reduce(
  (sum, { counts }) => sum + counts.untyped + counts.memory + counts.hang,
  0,
);
const total = results.reduce((sum, { counts }) => sum + counts.read + counts.refused, failed);
process.stdout.write(`${total} files, ${failed} failures\n`);
process.exit(failed === 0 ? 0 : 1);
