import type { Rgb } from '../color/index.ts';
import type { SurfaceMesh } from '../surface/mesh.ts';

/** One surface with how it looks and what it is called. */
export interface NamedSurface extends SurfaceMesh {
  readonly name: string;
  /** sRGB, 0..255. */
  readonly color: Rgb;
  /** 0..1. */
  readonly opacity: number;
}
