import type { SurfaceMesh } from './mesh.ts';
import { mapTo } from '../typed-arrays.ts';

/** A mesh without its smallest pieces. */
export interface Dusted {
  readonly mesh: SurfaceMesh;
  /** How many pieces are left out. */
  readonly hidden: number;
  /** Whether no piece is large enough. */
  readonly onlyDust: boolean;
}

/**
 * A mesh without its separate pieces that are smaller than `size` (Å, the diagonal of the box around a piece): in noise
 * a surface is mostly such pieces. The largest piece stays in any case, and the mesh itself where nothing goes.
 */
export function withoutDust(mesh: SurfaceMesh, size: number): Dusted {
  const pieces = piecesOf(mesh.indices, mesh.positions.length / 3);
  const sizes = sizesOf(mesh.positions, pieces);
  const largest = sizes.reduce((most, one) => Math.max(most, one), 0);
  const least = Math.min(size, largest);
  let hidden = 0;
  const kept = pieces.map((piece, v) => {
    const stays = sizes[piece] >= least;
    if (!stays && piece === v) hidden++;
    return Number(stays);
  });
  return { mesh: hidden > 0 ? only(mesh, kept) : mesh, hidden, onlyDust: largest < size };
}

/** By vertex: the first vertex of the piece that it belongs to (union-find with path halving). */
function piecesOf(indices: Uint32Array, vertices: number): Uint32Array {
  const parent = new Uint32Array(vertices).map((_, v) => v);
  const rootOf = (v: number): number => {
    let at = v;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]];
    return at;
  };
  for (let i = 0; i < indices.length; i += 3) {
    const a = rootOf(indices[i]);
    for (let corner = 1; corner < 3; corner++) {
      const b = rootOf(indices[i + corner]);
      if (a !== b) parent[b] = a;
    }
  }
  return parent.map((_, v) => rootOf(v));
}

/** Å: the diagonal of the box around each piece, at its first vertex. */
function sizesOf(positions: Float32Array, pieces: Uint32Array): Float32Array {
  const boxes = new Float32Array(pieces.length * 6);
  for (let at = 0; at < boxes.length; at += 6) {
    boxes.fill(Infinity, at, at + 3);
    boxes.fill(-Infinity, at + 3, at + 6);
  }
  for (let v = 0; v < pieces.length; v++) {
    const at = 6 * pieces[v];
    for (let i = 0; i < 3; i++) {
      const place = positions[3 * v + i];
      boxes[at + i] = Math.min(boxes[at + i], place);
      boxes[at + 3 + i] = Math.max(boxes[at + 3 + i], place);
    }
  }
  return mapTo(new Float32Array(pieces.length), pieces, (_, v) => {
    const at = 6 * v;
    const edge = (i: number) => Math.max(0, boxes[at + 3 + i] - boxes[at + i]);
    return Math.hypot(edge(0), edge(1), edge(2));
  });
}

/** The triangles between kept vertices, with those alone. */
function only({ positions, normals, indices }: SurfaceMesh, kept: Uint32Array): SurfaceMesh {
  const places = new Uint32Array(kept.length);
  let count = 0;
  for (let v = 0; v < kept.length; v++) if (kept[v]) places[v] = count++;
  const fewer = {
    positions: new Float32Array(3 * count),
    normals: new Float32Array(3 * count),
    indices: indices.filter((v) => kept[v]).map((v) => places[v]),
  };
  for (let v = 0; v < kept.length; v++) {
    if (!kept[v]) continue;
    fewer.positions.set(positions.subarray(3 * v, 3 * v + 3), 3 * places[v]);
    fewer.normals.set(normals.subarray(3 * v, 3 * v + 3), 3 * places[v]);
  }
  return fewer;
}
