import type { FloatVolume, Shape3, Vec3 } from '../volume/types.ts';
import type { SurfaceMesh } from './mesh.ts';

/** A volume filled from a field in Å; for tests and benchmarks. */
export function sampled(
  shape: Shape3,
  voxelSize: Vec3,
  field: (x: number, y: number, z: number) => number,
  origin: Vec3 = [
    (-(shape[2] - 1) * voxelSize[0]) / 2,
    (-(shape[1] - 1) * voxelSize[1]) / 2,
    (-(shape[0] - 1) * voxelSize[2]) / 2,
  ],
): FloatVolume {
  const [nz, ny, nx] = shape;
  const data = new Float32Array(nz * ny * nx);
  let at = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        data[at++] = field(
          origin[0] + x * voxelSize[0],
          origin[1] + y * voxelSize[1],
          origin[2] + z * voxelSize[2],
        );
      }
    }
  }
  return { data, shape, voxelSize, origin };
}

export interface Topology {
  /** Directed edges without exactly one opposite: 0 for a closed, consistently oriented 2-manifold. */
  readonly badEdges: number;
  /** Vertices that no triangle uses, or whose triangles do not form one single fan. */
  readonly badVertices: number;
  /** Vertices - edges + faces. */
  readonly euler: number;
  readonly components: number;
}

/** Checks a mesh by counting, independently of how it was made. */
export function topology({ positions, indices }: SurfaceMesh): Topology {
  const vertices = positions.length / 3;
  const faces = indices.length / 3;
  const directed = new Map<number, number>();
  const parent = Int32Array.from({ length: vertices }, (_, i) => i);
  const find = (v: number): number => {
    while (parent[v] !== v) v = parent[v] = parent[parent[v]];
    return v;
  };
  const key = (a: number, b: number) => a * vertices + b;
  const degree = new Uint32Array(vertices);
  const fan: Map<number, number>[] = Array.from({ length: vertices }, () => new Map());
  for (let i = 0; i < indices.length; i += 3) {
    for (let j = 0; j < 3; j++) {
      const a = indices[i + j];
      const b = indices[i + ((j + 1) % 3)];
      const c = indices[i + ((j + 2) % 3)];
      directed.set(key(a, b), (directed.get(key(a, b)) ?? 0) + 1);
      degree[a]++;
      fan[a].set(b, c);
      parent[find(a)] = find(b);
    }
  }
  let badEdges = 0;
  for (const [edge, count] of directed) {
    const reverse = key(edge % vertices, Math.floor(edge / vertices));
    if (count !== 1 || directed.get(reverse) !== 1) badEdges++;
  }
  let badVertices = 0;
  const roots = new Set<number>();
  for (let v = 0; v < vertices; v++) {
    roots.add(find(v));
    const first = fan[v].keys().next().value;
    let length = 0;
    for (let at = first; at !== undefined && length <= degree[v]; ) {
      at = fan[v].get(at);
      length++;
      if (at === first) break;
    }
    if (length !== degree[v] || degree[v] < 3) badVertices++;
  }
  return {
    badEdges,
    badVertices,
    euler: vertices - directed.size / 2 + faces,
    components: roots.size,
  };
}
