import {
  OrthographicCamera,
  PerspectiveCamera,
  type Scene,
  type ShaderMaterial,
  Vector4,
  type WebGLRenderer,
  WebGLRenderTarget,
} from 'three';
import { eyeDistance, pixelsPerAngstrom, radiusOf, type Triple, turn } from './camera.ts';
import { halfSpaces, seenFrom } from './cut.ts';
import type { BallPoints } from './atoms.ts';
import type { BoxLines, ThinLines } from './lines.ts';
import type { ProjectionBox } from './projection.ts';
import type { ViewSpec } from './viewRegistry.ts';
import type { ShellGeometry } from './shellGeometry.ts';

/** One view as it lives on the canvas. */
export interface DrawnView {
  readonly spec: ViewSpec;
  /** Centred on the box of `spec.bounds`. */
  readonly scene: Scene;
  readonly shells: ShellGeometry | null;
  readonly box: BoxLines;
  readonly crosshair: ThinLines;
  readonly atoms: BallPoints | null;
  readonly points: BallPoints | null;
  readonly projection: ProjectionBox;
  /** Of the shells; shared by all views. */
  readonly material: ShaderMaterial;
}

/** Straight (not premultiplied) RGBA, top row first. */
export interface Pixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

const viewport = new Vector4();
const parallel = new OrthographicCamera();
const perspective = new PerspectiveCamera();

/**
 * Draws a view into the current viewport of the renderer.
 * @param width, height of the view in CSS pixels
 * @param color CSS colour of the box and the crosshair
 * @param moving large surfaces may wait with their order until the camera rests
 */
export function drawView(
  gl: WebGLRenderer,
  { spec, scene, shells, box, crosshair, atoms, points, projection, material }: DrawnView,
  width: number,
  height: number,
  color: string,
  moving: boolean,
): void {
  const { camera, bounds } = spec;
  const orthographic = camera.projection === 'orthographic';
  const lens = orthographic ? parallel : perspective;
  const scale = pixelsPerAngstrom(camera, bounds, width, height);
  const distance = eyeDistance(camera, bounds, scale, height);
  const radius = radiusOf(bounds);
  const back = turn(camera.quaternion, [0, 0, 1]);
  const eye = [0, 1, 2].map((i) => camera.target[i] + distance * back[i]);

  lens.quaternion.set(...camera.quaternion);
  lens.position.set(eye[0], eye[1], eye[2]);
  lens.near = Math.max(distance - 2.5 * radius, distance * 0.02);
  lens.far = distance + 2.5 * radius;
  if (lens === parallel) {
    parallel.right = width / 2 / scale;
    parallel.left = -parallel.right;
    parallel.top = height / 2 / scale;
    parallel.bottom = -parallel.top;
  } else {
    perspective.fov = (Math.atan(height / 2 / scale / distance) * 360) / Math.PI;
    perspective.aspect = width / height;
  }
  lens.updateProjectionMatrix();

  const { centre } = bounds;
  shells?.sortFor(
    [-back[0], -back[1], -back[2]],
    orthographic ? null : [eye[0] + centre[0], eye[1] + centre[1], eye[2] + centre[2]],
    moving,
  );
  const from: Triple = [eye[0] + centre[0], eye[1] + centre[1], eye[2] + centre[2]];
  for (const one of [material, projection.mesh.material]) setCut(one, spec, from);
  box.face(back);
  box.lines.prepare(width, height, color);
  crosshair.prepare(width, height, color);
  const pixelsPerA = (scale * gl.getCurrentViewport(viewport).w) / height;
  atoms?.prepare(pixelsPerA);
  points?.prepare(pixelsPerA);
  gl.render(scene, lens);
}

/** Sets what the shader cuts away in this view; called for each view. */
function setCut(material: ShaderMaterial, { cut, camera, crosshair }: ViewSpec, eye: Triple): void {
  const { uniforms } = material;
  const spaces = halfSpaces(cut, camera.quaternion, crosshair);
  uniforms.cuts.value = spaces.length;
  spaces.forEach((space, i) => {
    const vector: Vector4 = uniforms.cut.value[i];
    vector.set(...seenFrom(space, camera.quaternion, eye));
  });
}

/** Draws a view off screen, `width * scale` by `height * scale` pixels, on a clear ground. */
export function drawToPixels(
  gl: WebGLRenderer,
  view: DrawnView,
  width: number,
  height: number,
  scale: number,
  color: string,
): Pixels {
  const w = Math.round(width * scale);
  const h = Math.round(height * scale);
  const target = new WebGLRenderTarget(w, h, { samples: 4 });
  const raw = new Uint8Array(w * h * 4);
  try {
    gl.setRenderTarget(target);
    gl.setClearColor(0, 0);
    gl.clear();
    drawView(gl, view, width, height, color, false);
    gl.readRenderTargetPixels(target, 0, 0, w, h, raw);
  } finally {
    gl.setRenderTarget(null);
    target.dispose();
  }
  return { data: straightened(raw, w, h), width: w, height: h };
}

/** Bottom row first and premultiplied becomes top row first and straight. */
function straightened(raw: Uint8Array, w: number, h: number): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(w * h * 4);
  for (let y = 0; y < h; y++) {
    let from = (h - 1 - y) * w * 4;
    let to = y * w * 4;
    for (let x = 0; x < w; x++, from += 4, to += 4) {
      const alpha = raw[from + 3];
      if (alpha === 0) continue;
      data[to] = (raw[from] * 255) / alpha;
      data[to + 1] = (raw[from + 1] * 255) / alpha;
      data[to + 2] = (raw[from + 2] * 255) / alpha;
      data[to + 3] = alpha;
    }
  }
  return data;
}
