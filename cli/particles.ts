import { basename } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import {
  frameText,
  PARTICLE_FORMATS,
  PARTICLE_LABELS_TEXT,
  type ParticleList,
  type PlacedParticles,
} from '../src/core/particles/index.ts';
import { defineCommand } from './command.ts';
import { copickRunIn } from './copick-run.ts';
import { readBytes } from './files.ts';
import { READING_OPTIONS, readingOptions } from './input-options.ts';
import { columns, oneOf } from './parse.ts';
import { particlesOf, placedBy, PLACING_OPTIONS } from './particle-files.ts';
import { withTomogram } from './tomogram-files.ts';
import { refuseFile, writeAtomically } from './write.ts';

const { tilts: _, ctf: __, boxes: ___, ...TOMOGRAM_OPTIONS } = PLACING_OPTIONS;

export const command = defineCommand({
  usage: 'LIST [--tomogram FILE]',
  positionals: [1, 1],
  about: [
    'Says what a list of particles holds and how its coordinates are read, whether they fit a tomogram,',
    'and writes some of its rows in the format they came in. `explain LIST --tomogram FILE --model MODEL',
    '--volume N` explains one of them.',
    `LIST: ${PARTICLE_LABELS_TEXT}; or the folder of a copick run, with its tomogram.`,
  ].join('\n'),
  options: {
    ...TOMOGRAM_OPTIONS,
    ...READING_OPTIONS,
    rows: { type: 'string', value: 'N[-M],...', help: 'rows for --out, from 1' },
    half: {
      type: 'string',
      value: '1|2',
      help: 'of those rows (of all, without --rows) the half set',
    },
    out: { type: 'string', value: 'FILE', help: 'write those rows there, in the same format' },
    force: { type: 'boolean', help: 'replace the file of --out' },
    json: { type: 'boolean', help: 'one JSON document on stdout instead of text' },
  },
  async run([path], values, io) {
    const chosen = values.rows !== undefined || values.half !== undefined;
    if (chosen !== (values.out !== undefined)) {
      throw badInput(
        'particles: --out belongs to --rows or --half; accepted: it and one of them or both, or none',
      );
    }
    const run = await copickRunIn(path, values);
    if (run && chosen)
      throw badInput(
        `particles: --out writes one file, and ${path} is a folder; accepted: a file of its picks`,
      );
    const list = await (run ? run.list() : particlesOf(path));
    const tomogram = values.tomogram ?? run?.tomogram;
    const placed =
      tomogram === undefined
        ? null
        : await withTomogram(tomogram, readingOptions(values), async ({ header }) =>
            placedBy(list, header, { ...values, tomogram }),
          );
    if (values.out !== undefined) {
      const rows = halfOf(list, values.half, rowsOf(values.rows ?? `1-${list.count}`, list));
      if (!values.force) await refuseFile(`--out ${values.out}`, values.out);
      const format = PARTICLE_FORMATS[list.format];
      const { fileName: name } = list;
      const bytes = format.select({ name, bytes: await readBytes(name) }, rows);
      await writeAtomically(values.out, bytes);
      io.note(`${values.out}: ${rows.length} of ${list.count} particles`);
    }
    if (values.json) io.json(documentOf(list, placed, tomogram));
    else for (const line of linesOf(list, placed, tomogram)) io.print(line);
  },
});

/** Row numbers from 0, ascending, of `1-3,7`; throws `bad-input`. */
function rowsOf(text: string, { count, fileName }: ParticleList): Uint32Array {
  const chosen = new Set<number>();
  for (const part of text.split(',')) {
    const found = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    const from = Number(found?.[1]);
    const to = Number(found?.[2] ?? from);
    if (!found || from < 1 || to < from || to > count) {
      throw badInput(
        `--rows ${part}: not rows of ${fileName}; accepted: 1 to ${count}, such as 1-20,35`,
      );
    }
    for (let row = from; row <= to; row++) chosen.add(row - 1);
  }
  return Uint32Array.from(chosen).sort();
}

/** Those of some rows that are in a half set, where one is asked for; throws `bad-input`. */
function halfOf(
  { half, fileName }: ParticleList,
  asked: string | undefined,
  rows: Uint32Array,
): Uint32Array {
  if (asked === undefined) return rows;
  const number = Number(oneOf('half', asked, ['1', '2']));
  const found = half ? rows.filter((row) => half[row] === number) : rows.subarray(0, 0);
  if (found.length > 0) return found;
  const problem = half ? 'none of these rows is in it' : 'the list has no _rlnRandomSubset';
  throw badInput(`--half ${asked}: ${problem}; accepted: rows of ${fileName} in a half set`);
}

function countsOf(names: readonly string[], index: Int32Array) {
  const counts = new Uint32Array(names.length);
  for (const i of index) counts[i]++;
  return names.map((name, i) => ({ name, count: counts[i] }));
}

function documentOf(list: ParticleList, placed: PlacedParticles | null, tomogram?: string) {
  const { format, count, frame, rotations, tomograms, classes, score, findings } = list;
  const counts =
    list.tomogram &&
    countsOf(
      tomograms.map(({ name }) => name),
      list.tomogram,
    );
  return {
    format,
    count,
    coordinates: frame,
    angles: rotations !== null,
    tomograms: tomograms.map((one, i) => ({ ...one, ...(counts && { count: counts[i].count }) })),
    classes: classes ? countsOf(classes.names, classes.index) : [],
    score: score ? { name: score.name, ...rangeOf(score.values) } : null,
    ...(placed && {
      placed: {
        tomogram,
        coordinates: placed.frame,
        count: placed.index.length,
        inside: placed.insideCount,
        better: placed.better,
      },
    }),
    findings: [...findings, ...(placed?.findings ?? [])],
  };
}

function rangeOf(values: Float32Array): { readonly min: number; readonly max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

function linesOf(list: ParticleList, placed: PlacedParticles | null, tomogram?: string): string[] {
  const { count, coordinates, angles, tomograms, classes, score, findings } = documentOf(
    list,
    placed,
  );
  const few = (all: readonly { readonly name: string; readonly count?: number }[]) =>
    all
      .slice(0, 6)
      .map((one) => (one.count === undefined ? one.name : `${one.name} (${one.count})`))
      .join(', ') + (all.length > 6 ? ` and ${all.length - 6} more` : '');
  const rows: [string, string][] = [
    ['format', PARTICLE_FORMATS[list.format].label],
    ['particles', String(count)],
    ['coordinates', frameText(coordinates)],
    ['angles', angles ? 'yes' : 'no'],
    ...(list.half ? [['half sets', halvesText(list.half)] as [string, string]] : []),
  ];
  if (tomograms.length > 0) rows.push(['tomograms', few(tomograms)]);
  if (classes.length > 0) rows.push(['classes', few(classes)]);
  if (score) rows.push(['score', `${score.name}, ${short(score.min)} to ${short(score.max)}`]);
  if (placed && tomogram !== undefined) {
    rows.push([
      'in the tomogram',
      `${placed.insideCount} of ${placed.index.length} inside ${basename(tomogram)}`,
    ]);
  }
  return [
    basename(list.fileName),
    ...columns(rows),
    ...(findings.length > 0
      ? ['', 'findings', ...findings.map(({ severity, message }) => `  ${severity}: ${message}`)]
      : []),
  ];
}

function short(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function halvesText(half: Uint8Array): string {
  const count = (number: number) => half.reduce((sum, one) => sum + Number(one === number), 0);
  return `${count(1)} in 1, ${count(2)} in 2`;
}
