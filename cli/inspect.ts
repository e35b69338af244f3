import { basename } from 'node:path';
import {
  formatLabel,
  reportOf,
  VOLUME_ENDINGS_TEXT,
  type VolumeReport,
} from '../src/core/volume/index.ts';
import { defineCommand } from './command.ts';
import { withFile } from './files.ts';
import { READING_OPTIONS, readingOptions } from './input-options.ts';
import { columns } from './parse.ts';

export const command = defineCommand({
  usage: 'FILE [--json]',
  positionals: [1, 1],
  about:
    'Says what a volume file holds and, in words, what is unusual about it and how it is read.\n' +
    `FILE: ${VOLUME_ENDINGS_TEXT}; recognised by content.`,
  options: {
    json: { type: 'boolean', help: 'one JSON document on stdout instead of text' },
    'unsigned-bytes': {
      type: 'boolean',
      help: 'read mode 0 as unsigned, whatever the header says',
    },
    ...READING_OPTIONS,
  },
  async run([path], values, io) {
    const report = await withFile(path, (source) =>
      reportOf(source, {
        ...readingOptions(values),
        ...(values['unsigned-bytes'] ? { signedBytes: false } : {}),
      }),
    );
    if (values.json) io.json(report);
    else for (const line of reportLines(basename(path), report)) io.print(line);
  },
});

/** The report as text, one fact a line. */
function reportLines(name: string, report: VolumeReport): string[] {
  const { shape, voxelSize, stats } = report;
  const extent = [2, 1, 0].map((axis, i) => (shape[axis] * voxelSize[i]) / 10);
  const rows: [string, string][] = [
    ['format', [formatLabel(report.format), packed(report)].filter(Boolean).join(', ')],
    ['holds', holds(report)],
    ['shape', `${shape.join(' x ')} (z, y, x)`],
    [
      'values',
      `${report.valueType}${report.mode === null ? '' : ` (mode ${report.mode})`}, ${report.endian}-endian`,
    ],
    ...(report.voxelSizeKnown
      ? ([
          ['voxel size', `${voxelSize.map(short).join(' x ')} Å (x, y, z)`],
          ['extent', `${extent.map(short).join(' x ')} nm (x, y, z)`],
          ['origin', `${report.origin.map(short).join(', ')} Å (x, y, z)`],
        ] satisfies [string, string][])
      : ([['voxel size', 'not known']] satisfies [string, string][])),
    ['range', `${short(stats.min)} to ${short(stats.max)}`],
    ['mean, rms', `${short(stats.mean)}, ${short(stats.rms)}`],
  ];
  if (report.axes.join('') !== 'xyz') rows.push(['file axes', report.axes.join(', ')]);
  if (report.spaceGroup !== null) rows.push(['space group', String(report.spaceGroup)]);
  for (const label of report.labels) rows.push(['label', label]);
  const findings = report.findings.map(({ severity, message }) => `  ${severity}: ${message}`);
  return [
    name,
    ...columns(rows),
    ...(findings.length > 0 ? ['', 'findings', ...findings] : ['', 'nothing unusual']),
  ];
}

function packed({ compression }: VolumeReport): string {
  return compression === 'none' ? '' : compression;
}

function holds({ kind, volumes, sections }: VolumeReport): string {
  switch (kind) {
    case 'volume':
      return 'one volume';
    case 'volume-stack':
      return `${volumes} volumes`;
    case 'image-stack':
      return `${sections} images`;
    case 'image':
      return 'one image';
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
