import { decodeText, encodeUtf8 } from '../../schema/utf8.ts';
import {
  anyObject,
  type DocumentKind,
  list,
  nullable,
  number,
  object,
  parseJson,
  text,
  validate,
} from '../../schema/index.ts';
import { badFile } from '../../errors.ts';
import { Findings } from '../../volume/report.ts';
import type { ParticleList } from '../types.ts';
import type { ParticleFile, ParticleFormat } from './format.ts';

const MAX_POINTS = 10_000_000;
const location = object({ x: number(), y: number(), z: number() });
const row = list(number(), { min: 4, max: 4 });
const point = object(
  { location },
  { transformation_: list(row, { min: 4, max: 4 }), score: nullable(number()) },
);
const picks = object(
  { pickable_object_name: text(1000), points: nullable(list(point, { max: MAX_POINTS })) },
  {
    run_name: nullable(text(1000)),
    voxel_spacing: nullable(number()),
    unit: text(100),
    trust_orientation: nullable((v) => v === true),
  },
);

const kindOf = (file: string): DocumentKind => ({
  file,
  accepted: 'the picks of a copick project (JSON)',
  maxBytes: 2 ** 30,
});

const read = ({ bytes, name }: Pick<ParticleFile, 'bytes' | 'name'>) =>
  validate(picks, parseJson(bytes, kindOf(name)), name);

/**
 * Picks of one run in one or several files, one for each object, behind each other.
 *
 * @param fileName what the list is called
 * @throws AppError 'bad-file'
 */
export function readPicks(files: readonly ParticleFile[], fileName: string): ParticleList {
  const documents = files.map(read);
  const [{ run_name, voxel_spacing, unit }] = documents;
  const other = documents.findIndex((one) => one.unit !== unit || one.run_name !== run_name);
  if (other > 0)
    throw badFile(
      files[other].name,
      `it is of another run, or in another unit, than ${files[0].name}`,
      'the picks of one run',
    );
  const names = [...new Set(documents.map((one) => one.pickable_object_name))];
  const points = documents.flatMap((one) => one.points ?? []);
  const objects = documents.flatMap((one) =>
    (one.points ?? []).map(() => names.indexOf(one.pickable_object_name)),
  );
  const coordinates = new Float64Array(3 * points.length);
  const rotations = new Float32Array(9 * points.length);
  points.forEach(({ location: { x, y, z }, transformation_ }, i) => {
    coordinates.set([x, y, z], 3 * i);
    for (let axis = 0; axis < 3; axis++) {
      const line = transformation_?.[axis];
      coordinates[3 * i + axis] += line?.[3] ?? 0;
      for (let k = 0; k < 3; k++)
        rotations[9 * i + 3 * axis + k] = line?.[k] ?? (k === axis ? 1 : 0);
    }
  });
  const oriented =
    documents.every((one) => one.trust_orientation !== false) &&
    points.some(({ transformation_ }) => transformation_);
  const findings = new Findings();
  const inVoxels = unit !== undefined && /pixel|voxel/i.test(unit);
  findings.info(
    'units',
    `Coordinates are taken in ${inVoxels ? 'voxels' : 'Å'} from the corner of the tomogram, as copick writes them.`,
  );
  return {
    format: 'copick',
    fileName,
    count: points.length,
    coordinates,
    frame: inVoxels
      ? { unit: 'voxel', from: 'corner', voxelSize: voxel_spacing ?? null }
      : { unit: 'Å', from: 'corner', voxelSize: null },
    rotations: oriented ? rotations : null,
    tomograms: run_name ? [{ name: run_name, shape: null, voxelSize: voxel_spacing ?? null }] : [],
    tomogram: run_name ? new Int32Array(points.length) : null,
    classes: { names, index: Int32Array.from(objects) },
    score: points.some(({ score }) => typeof score === 'number')
      ? { name: 'score', values: Float32Array.from(points, ({ score }) => score ?? Number.NaN) }
      : null,
    half: null,
    boxes: null,
    findings: findings.list,
  };
}

/** Who made picks, by the head of their file: user and session, whose picks of several objects belong together. */
export function makerOf(head: Uint8Array): string {
  const text = decodeText(head);
  const value = (key: string) => new RegExp(`"${key}"\\s*:\\s*("[^"]*")`).exec(text)?.[1] ?? '';
  return `${value('user_id')} ${value('session_id')}`;
}

/** The same files with the chosen of their points, counted through all of them; files without any are left out. */
export function selectPicks(files: readonly ParticleFile[], chosen: Uint32Array): ParticleFile[] {
  const out: ParticleFile[] = [];
  let from = 0;
  for (const file of files) {
    const document = wholeOf(file);
    const to = from + (document.points?.length ?? 0);
    const own = chosen.filter((row) => row >= from && row < to).map((row) => row - from);
    if (own.length > 0) out.push({ name: file.name, bytes: picked(file, document, own) });
    from = to;
  }
  return out;
}

/** A file that was read before, with what the reader does not use. */
function wholeOf({ bytes, name }: Pick<ParticleFile, 'bytes' | 'name'>) {
  const document = validate(anyObject, parseJson(bytes, kindOf(name)), name);
  return document as { readonly points?: readonly unknown[] | null };
}

/** Indented as the file is; copick's own take one line or four spaces. */
function picked(
  { bytes }: Pick<ParticleFile, 'bytes'>,
  document: ReturnType<typeof wholeOf>,
  chosen: Uint32Array,
): Uint8Array {
  const kept = { ...document, points: Array.from(chosen, (i) => document.points?.[i]) };
  const text = decodeText(bytes);
  const indent = /^\s*\{\r?\n(\s+)"/.exec(text)?.[1] ?? '';
  return encodeUtf8(JSON.stringify(kept, null, indent) + (text.endsWith('\n') ? '\n' : ''));
}

/** Picks of a copick project: Å from the corner, a 4x4 matrix a point, whose translation is added. */
export const copick: ParticleFormat = {
  label: 'copick picks',
  endings: ['.json'],
  looksLike({ bytes, name }) {
    if (!/\.json$/i.test(name)) return false;
    const head = decodeText(bytes.subarray(0, 1 << 16));
    return head.includes('"pickable_object_name"');
  },
  read: (file) => readPicks([file], file.name),
  select: (file, chosen) => picked(file, wholeOf(file), chosen),
};
