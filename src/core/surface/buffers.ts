import type { SurfaceMesh } from './mesh.ts';

/** Growing storage for one mesh at a time; keep one to spare the allocations of repeated extraction. */
export class SurfaceBuffers {
  positions = new Float32Array(3 * 4096);
  normals = new Float32Array(3 * 4096);
  indices = new Uint32Array(3 * 8192);
  vertexCount = 0;
  indexCount = 0;

  clear(): void {
    this.vertexCount = 0;
    this.indexCount = 0;
  }

  addVertex(x: number, y: number, z: number, nx: number, ny: number, nz: number): number {
    const at = this.vertexCount * 3;
    if (at === this.positions.length) {
      this.positions = grown(this.positions, new Float32Array(at * 2));
      this.normals = grown(this.normals, new Float32Array(at * 2));
    }
    const { positions, normals } = this;
    positions[at] = x;
    positions[at + 1] = y;
    positions[at + 2] = z;
    normals[at] = nx;
    normals[at + 1] = ny;
    normals[at + 2] = nz;
    return this.vertexCount++;
  }

  addTriangle(a: number, b: number, c: number): void {
    const at = this.indexCount;
    if (at === this.indices.length) this.indices = grown(this.indices, new Uint32Array(at * 2));
    this.indices[at] = a;
    this.indices[at + 1] = b;
    this.indices[at + 2] = c;
    this.indexCount = at + 3;
  }

  /** A copy of exactly what was added. */
  mesh(): SurfaceMesh {
    return {
      positions: this.positions.slice(0, this.vertexCount * 3),
      normals: this.normals.slice(0, this.vertexCount * 3),
      indices: this.indices.slice(0, this.indexCount),
    };
  }
}

function grown<A extends Float32Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
