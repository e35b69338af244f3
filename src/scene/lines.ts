import { LineMaterial } from 'three/examples/jsm/lines/LineMaterial.js';
import { LineSegments2 } from 'three/examples/jsm/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/examples/jsm/lines/LineSegmentsGeometry.js';
import type { Frame, Triple } from './camera.ts';

/** The twelve edges of a box, `[edges * 2 * 3]` Å, about the origin. */
export function boxEdges({ half: [hx, hy, hz] }: Frame): Float32Array {
  const points: number[] = [];
  for (const a of [-1, 1]) {
    for (const b of [-1, 1]) {
      points.push(-hx, a * hy, b * hz, hx, a * hy, b * hz);
      points.push(a * hx, -hy, b * hz, a * hx, hy, b * hz);
      points.push(a * hx, b * hy, -hz, a * hx, b * hy, hz);
    }
  }
  return Float32Array.from(points);
}

/** Three lines through a point, from wall to wall of the box, about its centre. */
export function crosshairEdges({ centre, half }: Frame, at: Triple): Float32Array {
  const [x, y, z] = [0, 1, 2].map((i) => Math.min(half[i], Math.max(-half[i], at[i] - centre[i])));
  const [hx, hy, hz] = half;
  return Float32Array.of(-hx, y, z, hx, y, z, x, -hy, z, x, hy, z, x, y, -hz, x, y, hz);
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
    // The viewport in CSS pixels is set by the picture that is being drawn.
    this.object.onBeforeRender = () => {};
  }

  set(points: Float32Array): void {
    this.object.geometry.dispose();
    this.object.geometry = new LineSegmentsGeometry();
    this.object.geometry.setPositions(points);
  }

  prepare(width: number, height: number, ink: string): void {
    this.material.resolution.set(width, height);
    this.material.color.setStyle(ink);
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.material.dispose();
  }
}
