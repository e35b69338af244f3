import { toBase64 } from '../../core/drawing/index.ts';
import type { ShellMesh } from '../../core/surface/shells.ts';
import { type Bounds, radiusOf } from '../../scene/camera.ts';
import type { PackedMesh } from './types.ts';
import { mapTo } from '../../core/typed-arrays.ts';

/** 16 bits over twice the radius: a thousandth of a voxel of a box of 40. */
const STEPS = 65535;

const extent = (bounds: Bounds) => 2 * radiusOf(bounds);

/** A mesh at a precision that no eye sees, in a third of its bytes. */
export function packMesh(mesh: ShellMesh, bounds: Bounds): PackedMesh {
  const { positions, normals, indices, vertexStarts } = mesh;
  const size = extent(bounds);
  const places = mapTo(new Uint16Array(positions.length), positions, (value, i) => {
    const share = (value - bounds.centre[i % 3]) / size + 0.5;
    return Math.round(STEPS * Math.min(1, Math.max(0, share)));
  });
  return {
    positions: toBase64(new Uint8Array(places.buffer)),
    normals: toBase64(
      new Uint8Array(
        mapTo(new Int8Array(normals.length), normals, (n) => Math.round(127 * n)).buffer,
      ),
    ),
    indices: toBase64(new Uint8Array(indices.buffer, indices.byteOffset, indices.byteLength)),
    vertexStarts: [...vertexStarts],
  };
}

export interface UnpackedMesh {
  /** Å, about the middle of the bounds, `[vertices * 3]`. */
  readonly positions: Float32Array;
  readonly normals: Int8Array;
  readonly indices: Uint32Array;
  readonly vertexStarts: readonly number[];
}

export function unpackMesh(packed: PackedMesh, bounds: Bounds): UnpackedMesh {
  const size = extent(bounds);
  const places = new Uint16Array(bytesOf(packed.positions));
  return {
    positions: mapTo(
      new Float32Array(places.length),
      places,
      (step) => (step / STEPS - 0.5) * size,
    ),
    normals: new Int8Array(bytesOf(packed.normals)),
    indices: new Uint32Array(bytesOf(packed.indices)),
    vertexStarts: packed.vertexStarts,
  };
}

function bytesOf(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer;
}
