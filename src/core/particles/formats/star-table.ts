import { decodeText } from '../../schema/utf8.ts';
import { badFile } from '../../errors.ts';
import { selectLines } from '../lines.ts';
import { ACCEPTED_STAR, readStar, type StarBlock, type StarColumns } from '../star.ts';
import { brokenRows } from './broken.ts';
import type { ParticleFormat } from './format.ts';

const XYZ = ['X', 'Y', 'Z'] as const;
/** The three labels that one with `#` for the axis stands for. */
export const labelled = (label: string) => XYZ.map((axis) => label.replace('#', axis));

export const hasAll = ({ labels }: StarBlock, wanted: readonly string[]) =>
  wanted.every((label) => labels.includes(label));

export const head = (bytes: Uint8Array) => decodeText(bytes.subarray(0, 1 << 16));

/** The table with a row per particle: the one with coordinates. */
export function particlesOf(blocks: readonly StarBlock[], wanted: readonly (readonly string[])[]) {
  // A list of one particle may have no loop_.
  const tables = [...blocks].sort((a, b) => Number(a.values !== null) - Number(b.values !== null));
  for (const labels of wanted) {
    const found = tables.find((block) => hasAll(block, labels));
    if (found) return { block: found, labels };
  }
  return null;
}

/** Interleaves three columns. */
export function interleaved(count: number, columns: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(3 * count);
  columns.forEach((column, axis) => {
    for (let i = 0; i < count; i++) out[3 * i + axis] = column[i];
  });
  return out;
}

export const pick = ({ numbers }: StarColumns, labels: readonly string[]) =>
  labels.map((l) => numbers[l]);

export function firstOf<T>(
  from: Readonly<Record<string, T>>,
  labels: readonly string[],
): T | undefined {
  const label = labels.find((one) => from[one] !== undefined);
  return label === undefined ? undefined : from[label];
}

export function selectRows(wanted: readonly (readonly string[])[]): ParticleFormat['select'] {
  return ({ bytes, name }, chosen) => {
    const found = particlesOf(readStar(bytes, name), wanted);
    if (!found) throw noCoordinates(name, 'coordinates');
    return selectLines(bytes, found.block.starts, chosen);
  };
}

export const brokenIn = (fileName: string, { rows, labels }: StarBlock) =>
  brokenRows({
    ...{ fileName, rows, accepted: ACCEPTED_STAR },
    twice: labels.filter((label, i) => labels.indexOf(label) < i).map((label) => `_${label}`),
  });

export const noCoordinates = (name: string, wanted: string) =>
  badFile(name, 'no table of it has coordinates', `STAR files with ${wanted}`);

export function triple(columns: StarColumns, labels: readonly string[]) {
  const [a, b, c] = pick(columns, labels);
  return [a, b, c] as const;
}
