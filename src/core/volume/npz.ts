import { badFile, sentence } from '../errors.ts';
import { looksLikeNpy, planNpy } from '../npy/index.ts';
import { checkExpansion } from './compression/budget.ts';
import { openZip, type ZipEntry } from './compression/zip.ts';
import { conclude, readWhole, type VolumeFile } from './file.ts';
import { Findings, type ReadAs } from './report.ts';
import { computeStats } from './stats.ts';
import type { VoxelArray } from './types.ts';

const ACCEPTED = 'archives of numpy.savez with arrays of shape (z, y, x) or (n, z, y, x)';

/** Whether the bytes begin as a ZIP archive whose first file is an array. */
export function looksLikeNpz(head: Uint8Array): boolean {
  if (head[0] !== 0x50 || head[1] !== 0x4b || head[2] !== 3 || head[3] !== 4) return false;
  const length = head[26] | (head[27] << 8);
  let name = '';
  for (let i = 30; i < 30 + length && i < head.length; i++) name += String.fromCharCode(head[i]);
  return name.endsWith('.npy');
}

/**
 * Reads the volumes of a `.npz` as one set. Arrays that are no volumes (labels, voxel sizes) and
 * volumes of other shapes than the first are named and left out. Throws `bad-file` when it holds none or
 * is damaged.
 */
export function openNpz(
  bytes: Uint8Array,
  fileName: string,
  options: { readonly readAs?: ReadAs } = {},
): VolumeFile {
  const arrays = entriesOf(bytes, fileName).filter(({ name }) => name.endsWith('.npy'));
  const readable = arrays.map((entry) => ({ entry, file: arrayOf(entry, fileName, options) }));
  const is3D = ({ file }: (typeof readable)[number]) => file?.report.kind.startsWith('volume');
  const first = readable.find(is3D) ?? readable.find(({ file }) => file !== null);
  const files: VolumeFile[] = [];
  const left: string[] = [];
  for (const { entry, file } of readable) {
    const taken = file && first?.file && (file === first.file || sameKind(file, first.file));
    if (taken) files.push(file);
    else left.push(entry.name.replace(/\.npy$/, ''));
  }
  if (files.length === 0) {
    const names = left.slice(0, 5).join(', ');
    throw badFile(fileName, `none of its arrays (${names}) is a volume`, ACCEPTED);
  }
  const findings = new Findings();
  findings.list.push(...files[0].report.findings.filter(({ code }) => !OF_VALUES.has(code)));
  const data = joined(files.map((file) => file.data));
  const volumes = files.reduce((sum, { report }) => sum + report.volumes, 0);
  if (left.length > 0) {
    findings.info(
      'arrays-left-out',
      `The archive also holds ${left.slice(0, 10).join(', ')}${left.length > 10 ? ' and more' : ''}, which ${left.length === 1 ? 'is no volume' : 'are no volumes'} of the same shape and left out.`,
    );
  }
  if (files.length > 1) {
    findings.info('volume-stack', `The archive holds ${volumes} volumes of the same shape.`);
  }
  const { report } = files[0];
  const stats = computeStats(data);
  const kind = volumes > 1 && report.kind === 'volume' ? 'volume-stack' : report.kind;
  const header = { ...report, format: 'npz', kind, volumes, findings: findings.list } as const;
  const sections = report.shape[0] * volumes;
  return {
    fileName,
    data,
    stats,
    report: conclude(
      { header: { ...header, sections }, findings, valueType: () => report.valueType },
      stats,
    ),
  };
}

/** Findings about the values of one array, which are made again for all together. */
const OF_VALUES: ReadonlySet<string> = new Set(['constant', 'not-finite']);

function entriesOf(bytes: Uint8Array, fileName: string): ZipEntry[] {
  let entries: ZipEntry[];
  try {
    entries = openZip(bytes);
  } catch (error) {
    throw badFile(fileName, `the archive is damaged or cut off (${sentence(error)})`, ACCEPTED);
  }
  // Entries may share their bytes, so the sum counts and not each of them.
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  checkExpansion(size, bytes.length, fileName);
  return entries;
}

/** The array of an entry as a file of its own; null when its shape is not that of a volume. */
function arrayOf(
  entry: ZipEntry,
  fileName: string,
  options: { readonly readAs?: ReadAs },
): VolumeFile | null {
  let content: Uint8Array;
  try {
    content = entry.read();
  } catch (error) {
    throw badFile(fileName, `${entry.name} is damaged (${sentence(error)})`, ACCEPTED);
  }
  if (!looksLikeNpy(content)) return null;
  const name = `${fileName}/${entry.name}`;
  try {
    return readWhole(planNpy(content, content.length, name, options), content);
  } catch {
    return null; // an array of text, complex values or another shape
  }
}

function sameKind(
  { report: a, data }: VolumeFile,
  { report: b, data: other }: VolumeFile,
): boolean {
  return (
    a.kind !== 'image' &&
    a.kind !== 'image-stack' &&
    a.shape.every((n, i) => n === b.shape[i]) &&
    data.constructor === other.constructor
  );
}

function joined(arrays: readonly VoxelArray[]): VoxelArray {
  if (arrays.length === 1) return arrays[0];
  const type = arrays[0].constructor as new (length: number) => VoxelArray;
  const out = new type(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}
