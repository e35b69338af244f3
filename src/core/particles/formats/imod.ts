import { joinBytes } from '../../bytes.ts';
import { encodeUtf8 } from '../../schema/utf8.ts';
import { badFile } from '../../errors.ts';
import { Findings } from '../../volume/report.ts';
import type { ParticleFile, ParticleFormat } from './format.ts';

/*
 * A binary IMOD model (`imodview/binary-format` of IMOD's specification), big-endian:
 *
 *     0     "IMODV1.2", 128 characters of name, then 26 numbers; among them at 216 the pixel size, at 220 its unit
 *     240   chunks: OBJT (176 bytes), CONT (16 bytes, then 12 for each point), MESH (20 bytes, then its lists), and others
 *           that give their length themselves; IEOF ends the file
 */
const HEADER_BYTES = 240;
const PIXEL_SIZE_AT = 216;
const POINT_BYTES = 12;
const ACCEPTED = 'binary IMOD models (version 1.2)';

interface Chunk {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

const ascii = (bytes: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** Bytes of a chunk with its name; `int` reads a number at an offset from its start. */
function chunkBytes(id: string, int: (offset: number) => number): number {
  if (id === 'OBJT') return 180;
  if (id === 'CONT') return 20 + POINT_BYTES * int(4);
  if (id === 'MESH') return 20 + POINT_BYTES * int(4) + 4 * int(8);
  return 8 + int(4);
}

function chunksOf({ bytes, name }: ParticleFile): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let at = HEADER_BYTES;
  while (at + 4 <= bytes.length) {
    const id = ascii(bytes, at, 4);
    if (id === 'IEOF') return chunks;
    const int = (offset: number) =>
      at + offset + 4 <= bytes.length ? view.getInt32(at + offset) : -1;
    const length = chunkBytes(id, int);
    if (length < 8 || at + length > bytes.length) {
      throw badFile(
        name,
        `it is cut off or damaged in its ${id.replace(/[^\w ]/g, '?')} chunk`,
        ACCEPTED,
      );
    }
    chunks.push({ id, start: at, end: at + length });
    at += length;
  }
  return chunks;
}

/** IMOD models: every point of every contour is a particle; the object is its class. */
export const imod: ParticleFormat = {
  label: 'IMOD model',
  endings: ['.mod'],
  ownEndings: ['.mod'],
  looksLike: ({ bytes }) => ascii(bytes, 0, 8) === 'IMODV1.2',
  read(file) {
    const { bytes, name } = file;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < HEADER_BYTES) throw badFile(name, 'it is shorter than its header', ACCEPTED);
    const chunks = chunksOf(file);
    const contours = chunks.filter(({ id }) => id === 'CONT');
    const points = (chunk: Chunk) => view.getInt32(chunk.start + 4);
    const count = contours.reduce((sum, chunk) => sum + points(chunk), 0);
    const coordinates = new Float64Array(3 * count);
    const objects: string[] = [];
    const index = new Int32Array(count);
    let at = 0;
    for (const chunk of chunks) {
      if (chunk.id === 'OBJT') {
        const title = ascii(bytes, chunk.start + 4, 64)
          .split('\0')[0]
          .trim();
        objects.push(title || `object ${objects.length + 1}`);
      }
      if (chunk.id !== 'CONT') continue;
      for (let i = 0; i < points(chunk); i++, at++) {
        const from = chunk.start + 20 + POINT_BYTES * i;
        // The centre of the first pixel stands at 0.5 in x and y, that of the first section at 0 in z.
        coordinates[3 * at] = view.getFloat32(from) - 0.5;
        coordinates[3 * at + 1] = view.getFloat32(from + 4) - 0.5;
        coordinates[3 * at + 2] = view.getFloat32(from + 8);
        index[at] = objects.length - 1;
      }
    }
    const units = view.getInt32(PIXEL_SIZE_AT + 4);
    const pixel = view.getFloat32(PIXEL_SIZE_AT) * 10 ** (units + 10);
    const voxelSize = units !== 0 && pixel > 0 && Number.isFinite(pixel) ? pixel : null;
    const findings = new Findings();
    findings.info(
      'units',
      `Coordinates are taken in voxels ${voxelSize ? `of ${Number(voxelSize.toPrecision(6))} Å` : 'of the tomogram'}; the centre of the first one is at (0.5, 0.5, 0) in IMOD.`,
    );
    return {
      format: 'imod',
      fileName: name,
      count,
      coordinates,
      frame: { unit: 'voxel', from: 'corner', voxelSize },
      rotations: null,
      tomograms: [],
      tomogram: null,
      classes: objects.length > 1 ? { names: objects, index } : null,
      score: null,
      half: null,
      boxes: null,
      findings: findings.list,
    };
  },
  select(file, chosen) {
    const { bytes } = file;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const parts: Uint8Array[] = [bytes.slice(0, HEADER_BYTES)];
    let next = 0;
    let taken = 0;
    let kept: number[] | null = null;
    let whole = true;
    for (const { id, start, end } of chunksOf(file)) {
      if (id === 'CONT') {
        const points = view.getInt32(start + 4);
        kept = [];
        for (; taken < chosen.length && chosen[taken] < next + points; taken++)
          kept.push(chosen[taken] - next);
        next += points;
        whole = kept.length === points;
        const out = bytes.slice(start, start + 20 + POINT_BYTES * kept.length);
        kept.forEach((point, i) => {
          const from = start + 20 + POINT_BYTES * point;
          out.set(bytes.subarray(from, from + POINT_BYTES), 20 + POINT_BYTES * i);
        });
        new DataView(out.buffer).setInt32(4, kept.length);
        parts.push(out);
      } else if (id === 'SIZE' && kept) {
        const out = bytes.slice(start, start + 8 + 4 * kept.length);
        kept.forEach((point, i) => {
          out.set(bytes.subarray(start + 8 + 4 * point, start + 12 + 4 * point), 8 + 4 * i);
        });
        new DataView(out.buffer).setInt32(4, 4 * kept.length);
        parts.push(out);
      } else {
        if (id === 'OBJT') kept = null;
        // Labels and values of single points count them, so they are left out with the points.
        if (kept === null || whole) parts.push(bytes.slice(start, end));
      }
    }
    parts.push(encodeUtf8('IEOF'));
    return joinBytes(parts);
  },
};
