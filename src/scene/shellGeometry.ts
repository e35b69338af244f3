import { BufferAttribute, BufferGeometry, DynamicDrawUsage } from 'three';
import { paintVertices, type SurfacePaint } from '../core/surface/paint.ts';
import type { ShellMesh } from '../core/surface/shells.ts';
import { type TriangleSorter, triangleSorter } from '../core/surface/sort.ts';
import type { Triple } from './camera.ts';

export interface ShellLook {
  /** sRGB, 0..255. */
  readonly color: readonly [number, number, number];
  /** 0..1 of a face seen straight on. */
  readonly opacity: number;
  /** A heatmap over the colour. */
  readonly paint?: SurfacePaint;
}

/** Triangles that are sorted within a frame even while the camera moves; about 10 ms. */
const LIVE_LIMIT = 150_000;
/** Cosine of the turn (1 degree) below which the order is kept. */
const SAME_DIRECTION = Math.cos(Math.PI / 180);

/** The GPU side of one view's shells: a geometry whose index follows the direction of sight. */
export class ShellGeometry {
  readonly geometry = new BufferGeometry();
  private readonly sorter: TriangleSorter;
  private readonly index: BufferAttribute;
  private sortedAlong: Triple | null = null;
  private sortedFrom: Triple | null = null;

  constructor(readonly mesh: ShellMesh) {
    this.sorter = triangleSorter(mesh.indices, mesh.centres);
    this.index = new BufferAttribute(new Uint32Array(mesh.indices), 1);
    this.index.setUsage(DynamicDrawUsage);
    this.geometry.setIndex(this.index);
    this.geometry.setAttribute('position', new BufferAttribute(mesh.positions, 3));
    this.geometry.setAttribute('normal', new BufferAttribute(mesh.normals, 3));
    const tint = new Uint8Array((mesh.positions.length / 3) * 4);
    this.geometry.setAttribute('tint', new BufferAttribute(tint, 4, true));
  }

  /** Colours shell by shell; no extraction, no sort. */
  paint(looks: readonly ShellLook[]): void {
    const tint = this.geometry.getAttribute('tint') as BufferAttribute;
    const words = new Uint32Array(tint.array.buffer);
    const { positions, vertexStarts } = this.mesh;
    looks.forEach(({ color, opacity, paint }, shell) => {
      const [r, g, b] = color;
      const alpha = Math.round(Math.min(1, Math.max(0, opacity)) * 255);
      const [from, to] = [vertexStarts[shell], vertexStarts[shell + 1]];
      if (paint) {
        const bytes = new Uint8Array(tint.array.buffer);
        paintVertices(positions, from, to, paint, color, alpha, bytes);
        return;
      }
      const word = ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;
      words.fill(word, from, to);
    });
    tint.needsUpdate = true;
  }

  /**
   * Puts the triangles in back-to-front order for a view: parallel `along` a unit vector, or
   * perspective from `eye` (Å). Large meshes wait until the camera rests (`moving` false).
   * @returns whether the order is exact for this view
   */
  sortFor(along: Triple, eye: Triple | null, moving: boolean): boolean {
    if (this.isSortedFor(along, eye)) return true;
    if (moving && this.sorter.count > LIVE_LIMIT && this.sortedAlong) return false;
    const out = this.index.array as Uint32Array;
    if (eye) this.sorter.byDistance([...eye], out);
    else this.sorter.byDirection([...along], out);
    this.index.needsUpdate = true;
    this.sortedAlong = along;
    this.sortedFrom = eye;
    return true;
  }

  private isSortedFor(along: Triple, eye: Triple | null): boolean {
    if (!this.sortedAlong || (eye === null) !== (this.sortedFrom === null)) return false;
    const from = this.sortedFrom;
    if (eye && from && eye.some((value, i) => value !== from[i])) return false;
    const [x, y, z] = this.sortedAlong;
    return x * along[0] + y * along[1] + z * along[2] > SAME_DIRECTION;
  }

  dispose(): void {
    this.geometry.dispose();
  }
}
