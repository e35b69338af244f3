import { BufferAttribute, BufferGeometry, Points, ShaderMaterial } from 'three';
import type { Ribbon } from '../core/structure/index.ts';
import type { Triple } from './camera.ts';

/** A structure to draw over a volume, as points or as a ribbon, and how it lies. */
export interface AtomsSpec {
  /** Å about their own centre, `[points * 3]`. */
  readonly positions: Float32Array;
  readonly chains: Uint16Array;
  /** Drawn in place of the points; about the same centre. */
  readonly ribbon: Ribbon | null;
  /** `[x, y, z, w]`. */
  readonly rotation: readonly [number, number, number, number];
  /** Å, world. */
  readonly centre: Triple;
}

/** Points that are seen through every surface. */
export interface PointsSpec {
  /** Å about `centre`, `[points * 3]` */
  readonly positions: Float32Array;
  /** `[points * 3]` */
  readonly colors: Uint8Array;
  /** Å, world. */
  readonly centre: Triple;
  /** Å */
  readonly radius: number;
}

/** Å; a little more than an atom, so that neighbours touch. */
const RADIUS = 2.2;

/** Muted, so that they are not taken for levels of a map. */
const CHAIN_COLORS = [
  [120, 150, 120],
  [150, 140, 170],
  [165, 150, 110],
  [110, 150, 155],
  [160, 130, 140],
  [135, 135, 125],
] as const;

/** `[points * 3]` */
export function chainTints(chains: Uint16Array): Uint8Array {
  const tint = new Uint8Array(3 * chains.length);
  chains.forEach((chain, i) => {
    tint.set(CHAIN_COLORS[chain % CHAIN_COLORS.length], 3 * i);
  });
  return tint;
}

const vertexShader = /* glsl */ `
  attribute vec3 tint;
  uniform float pixels;
  varying vec3 vTint;
  void main() {
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
    gl_PointSize = pixels;
    vTint = tint;
  }
`;

/** A ball lit as the shells are, seen from its front. */
const fragmentShader = /* glsl */ `
  varying vec3 vTint;
  void main() {
    vec2 at = 2.0 * gl_PointCoord - 1.0;
    float within = 1.0 - dot(at, at);
    if (within < 0.0) discard;
    vec3 n = vec3(at.x, -at.y, sqrt(within));
    float light = 0.45 + 0.55 * max(0.0, dot(n, normalize(vec3(-0.45, 0.6, 0.66))));
    gl_FragColor = vec4(vTint * light, 1.0);
  }
`;

/** Balls of one size, in one draw: the atoms of a structure among the surfaces, or particles over them. */
export class BallPoints {
  readonly object: Points<BufferGeometry, ShaderMaterial>;
  readonly #radius: number;

  static ofAtoms({ positions, chains }: Pick<AtomsSpec, 'positions' | 'chains'>): BallPoints {
    const points = new BallPoints(positions, chainTints(chains), RADIUS);
    // Before the translucent shells, which are drawn over it.
    points.object.renderOrder = -1;
    return points;
  }

  static over({ positions, colors, radius }: Omit<PointsSpec, 'centre'>): BallPoints {
    const points = new BallPoints(positions, colors, radius);
    points.object.renderOrder = 2;
    points.object.material.depthTest = false;
    points.object.material.transparent = true;
    return points;
  }

  private constructor(positions: Float32Array, tints: Uint8Array, radius: number) {
    this.#radius = radius;
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(positions, 3));
    geometry.setAttribute('tint', new BufferAttribute(tints, 3, true));
    const uniforms = { pixels: { value: 1 } };
    this.object = new Points(
      geometry,
      new ShaderMaterial({ vertexShader, fragmentShader, uniforms }),
    );
    this.object.frustumCulled = false;
  }

  /** @param pixelsPerA device pixels */
  prepare(pixelsPerA: number): void {
    this.object.material.uniforms.pixels.value = Math.max(1, 2 * this.#radius * pixelsPerA);
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.object.material.dispose();
  }
}
