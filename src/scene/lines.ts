import { LineMaterial } from 'three/examples/jsm/lines/LineMaterial.js';
import { LineSegments2 } from 'three/examples/jsm/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/examples/jsm/lines/LineSegmentsGeometry.js';
import type { Bounds, Triple } from './camera.ts';

/**
 * The edges of a box, `[9 edges * 2 * 3]` Å, about the origin, without the three that meet in the
 * corner nearest to the viewer, which would run across what is looked at.
 * @param octant that corner: bit 0, 1, 2 set on the positive side of x, y, z
 */
export function boxEdges({ half }: Bounds, octant: number): Float32Array {
  const points: number[] = [];
  for (let corner = 0; corner < 8; corner++) {
    for (let axis = 0; axis < 3; axis++) {
      const other = corner | (1 << axis);
      if (other === corner || corner === octant || other === octant) continue;
      for (const end of [corner, other]) {
        for (let i = 0; i < 3; i++) points.push((end >> i) & 1 ? half[i] : -half[i]);
      }
    }
  }
  return Float32Array.from(points);
}

/** The corner of a box that points along `towards`, as {@link boxEdges} counts them. */
export function octantOf(towards: Triple): number {
  return towards.reduce((bits, value, axis) => (value > 0 ? bits | (1 << axis) : bits), 0);
}

/** Three lines through a point, from wall to wall of the box, about its centre. */
export function crosshairEdges({ centre, half }: Bounds, at: Triple): Float32Array {
  const [x, y, z] = [0, 1, 2].map((i) => Math.min(half[i], Math.max(-half[i], at[i] - centre[i])));
  const [hx, hy, hz] = half;
  return Float32Array.of(-hx, y, z, hx, y, z, x, -hy, z, x, hy, z, x, y, -hz, x, y, hz);
}

/** The box of a view; follows the side it is seen from. */
export class BoxLines {
  readonly lines = new ThinLines(1, 0.4);
  private octant = -1;

  constructor(private readonly bounds: Bounds) {}

  /** @param towards the viewer */
  face(towards: Triple): void {
    const octant = octantOf(towards);
    if (octant === this.octant) return;
    this.octant = octant;
    this.lines.set(boxEdges(this.bounds, octant));
  }
}

/** Line segments of a constant width in CSS pixels, drawn before the translucent shells. */
export class ThinLines {
  readonly object: LineSegments2;
  private readonly material: LineMaterial;

  constructor(width: number, opacity: number) {
    this.material = new LineMaterial({ linewidth: width, opacity, transparent: true });
    this.object = new LineSegments2(new LineSegmentsGeometry(), this.material);
    this.object.renderOrder = -1;
    this.object.frustumCulled = false;
    // `prepare` says the size of the view; three would take the canvas's.
    this.object.onBeforeRender = () => {};
  }

  set(points: Float32Array): void {
    this.object.geometry.dispose();
    this.object.geometry = new LineSegmentsGeometry();
    this.object.geometry.setPositions(points);
  }

  prepare(width: number, height: number, color: string): void {
    this.material.resolution.set(width, height);
    this.material.color.setStyle(color);
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.material.dispose();
  }
}
