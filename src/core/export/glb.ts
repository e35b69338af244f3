import { strToU8 } from 'fflate';
import type { NamedSurface } from './types.ts';

const MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;
const FLOAT = 5126;
const UNSIGNED_INT = 5125;
const VERTICES = 34962;
const INDICES = 34963;

/**
 * A binary glTF 2.0 file with one node per surface, in world coordinates in Å (glTF itself counts in
 * metres; the asset's `extras.unit` says what it is). Surfaces are drawn in their order: of nested ones
 * put the inner first.
 *
 * @param about written into the asset's `extras`
 */
export function writeGlb(
  surfaces: readonly NamedSurface[],
  generator: string,
  about: Readonly<Record<string, unknown>> = {},
): Uint8Array<ArrayBuffer> {
  // glTF allows no accessor without elements.
  const kept = surfaces.filter(({ indices }) => indices.length > 0);
  const arrays: (Float32Array | Uint32Array)[] = [];
  const views: object[] = [];
  const accessors: object[] = [];
  let length = 0;
  const add = (
    data: Float32Array | Uint32Array,
    type: 'VEC3' | 'SCALAR',
    rest: object = {},
  ): number => {
    const target = data instanceof Float32Array ? VERTICES : INDICES;
    views.push({ buffer: 0, byteOffset: length, byteLength: data.byteLength, target });
    arrays.push(data);
    length += data.byteLength;
    accessors.push({
      bufferView: views.length - 1,
      componentType: data instanceof Float32Array ? FLOAT : UNSIGNED_INT,
      count: data.length / (type === 'VEC3' ? 3 : 1),
      type,
      ...rest,
    });
    return accessors.length - 1;
  };
  const meshes = kept.map(({ name, positions, normals, indices }, material) => ({
    name,
    primitives: [
      {
        attributes: {
          POSITION: add(positions, 'VEC3', extentOf(positions)),
          NORMAL: add(normals, 'VEC3'),
        },
        indices: add(indices, 'SCALAR'),
        material,
      },
    ],
  }));
  const document = {
    asset: { version: '2.0', generator, extras: { unit: 'Å', ...about } },
    scene: 0,
    scenes: [{ nodes: kept.map((_, i) => i) }],
    nodes: kept.map(({ name }, mesh) => ({ name, mesh })),
    meshes,
    materials: kept.map(({ name, color, opacity }) => ({
      name,
      doubleSided: true,
      ...(opacity < 1 && { alphaMode: 'BLEND' }),
      pbrMetallicRoughness: {
        baseColorFactor: [...color.map(linear), opacity],
        metallicFactor: 0,
        roughnessFactor: 0.8,
      },
    })),
    ...(kept.length > 0 && { accessors, bufferViews: views, buffers: [{ byteLength: length }] }),
  };
  return pack(strToU8(JSON.stringify(document)), arrays, length);
}

/** Header, JSON padded with blanks, and the binary chunk, which is whole words already. */
function pack(
  json: Uint8Array,
  arrays: readonly (Float32Array | Uint32Array)[],
  length: number,
): Uint8Array<ArrayBuffer> {
  const jsonLength = Math.ceil(json.length / 4) * 4;
  const out = new Uint8Array(12 + 8 + jsonLength + (length > 0 ? 8 + length : 0));
  const view = new DataView(out.buffer);
  const words = (at: number, values: readonly number[]) =>
    values.forEach((value, i) => void view.setUint32(at + 4 * i, value, true));
  words(0, [MAGIC, 2, out.length, jsonLength, JSON_CHUNK]);
  out.fill(32, 20, 20 + jsonLength);
  out.set(json, 20);
  if (length === 0) return out;
  let at = 20 + jsonLength;
  words(at, [length, BINARY_CHUNK]);
  at += 8;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    out.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return out;
}

/** Smallest and largest x, y, z, which glTF asks for. */
function extentOf(positions: Float32Array): { min: number[]; max: number[] } {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const axis = i % 3;
    if (positions[i] < min[axis]) min[axis] = positions[i];
    if (positions[i] > max[axis]) max[axis] = positions[i];
  }
  return { min, max };
}

/** Linear light of an sRGB channel 0..255 (IEC 61966-2-1), as glTF keeps colours. */
function linear(channel: number): number {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}
