import type { LengthUnit } from '../../core/volume/index.ts';
import type { Bounds } from '../../scene/camera.ts';
import type { ShellLook } from '../../scene/shellGeometry.ts';
import type { CameraState } from '../../state/index.ts';

/** Surfaces of one view as the page carries them: base64 of little-endian numbers. */
export interface PackedMesh {
  /** uint16, `[vertices * 3]`: 0..65535 over the box of the view. */
  readonly positions: string;
  /** int8, `[vertices * 3]`. */
  readonly normals: string;
  /** uint32, `[triangles * 3]`. */
  readonly indices: string;
  readonly vertexStarts: readonly number[];
}

export interface StandaloneView {
  readonly title: string;
  readonly detail: string;
  readonly mesh: PackedMesh;
  readonly looks: readonly ShellLook[];
  /** `data:` address of its slices. */
  readonly slices: string;
}

/** All that the page shows. */
export interface StandalonePage {
  readonly title: string;
  readonly facts: readonly string[];
  readonly views: readonly StandaloneView[];
  readonly bounds: Bounds;
  readonly camera: CameraState;
  readonly lengthUnit: LengthUnit;
  /** `data:` addresses of the colour bars. */
  readonly colorBars: readonly string[];
  readonly notes: readonly string[];
  /** A table of numbers, its head first. */
  readonly table: readonly (readonly string[])[];
  readonly program: string;
}
