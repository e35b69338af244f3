import type { SurfaceMesh } from './mesh.ts';
import { centroids } from './sort.ts';

/** Several surfaces in one set of buffers, so that their triangles can be sorted together. */
export interface ShellMesh extends SurfaceMesh {
  /** First vertex of each shell, then the number of vertices: `[shells + 1]`. */
  readonly vertexStarts: Uint32Array;
  /** First triangle of each shell, then the number of triangles: `[shells + 1]`. */
  readonly triangleStarts: Uint32Array;
  /** Middle of each triangle, Å, `[triangles * 3]`. */
  readonly centres: Float32Array;
}

export function mergeShells(meshes: readonly SurfaceMesh[]): ShellMesh {
  const vertexStarts = new Uint32Array(meshes.length + 1);
  const triangleStarts = new Uint32Array(meshes.length + 1);
  meshes.forEach((mesh, i) => {
    vertexStarts[i + 1] = vertexStarts[i] + mesh.positions.length / 3;
    triangleStarts[i + 1] = triangleStarts[i] + mesh.indices.length / 3;
  });
  const positions = new Float32Array(vertexStarts[meshes.length] * 3);
  const normals = new Float32Array(vertexStarts[meshes.length] * 3);
  const indices = new Uint32Array(triangleStarts[meshes.length] * 3);
  meshes.forEach((mesh, i) => {
    positions.set(mesh.positions, vertexStarts[i] * 3);
    normals.set(mesh.normals, vertexStarts[i] * 3);
    let at = triangleStarts[i] * 3;
    for (let j = 0; j < mesh.indices.length; j++) indices[at++] = mesh.indices[j] + vertexStarts[i];
  });
  const centres = centroids(positions, indices);
  return { positions, normals, indices, vertexStarts, triangleStarts, centres };
}

/** Which shell a triangle belongs to. */
export function shellOf({ triangleStarts }: ShellMesh, triangle: number): number {
  let shell = 0;
  while (triangle >= triangleStarts[shell + 1]) shell++;
  return shell;
}
