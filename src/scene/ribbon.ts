import { BufferAttribute, BufferGeometry, DoubleSide, Mesh, ShaderMaterial } from 'three';
import type { Ribbon } from '../core/structure/index.ts';
import { chainTints } from './atoms.ts';

const vertexShader = /* glsl */ `
  attribute vec3 tint;
  varying vec3 vTint;
  varying vec3 vNormal;
  void main() {
    vTint = tint;
    vNormal = normalMatrix * normal;
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }
`;

/** Lit as the atoms are; the ends of a tube are open and show its inside. */
const fragmentShader = /* glsl */ `
  varying vec3 vTint;
  varying vec3 vNormal;
  void main() {
    vec3 n = normalize(vNormal) * (gl_FrontFacing ? 1.0 : -1.0);
    float light = 0.45 + 0.55 * max(0.0, dot(n, normalize(vec3(-0.45, 0.6, 0.66))));
    gl_FragColor = vec4(vTint * light, 1.0);
  }
`;

/** The ribbon of a structure in one view. */
export class RibbonMesh {
  readonly object: Mesh<BufferGeometry, ShaderMaterial>;

  constructor({ positions, normals, indices, chains }: Ribbon) {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(positions, 3));
    geometry.setAttribute('normal', new BufferAttribute(normals, 3));
    geometry.setAttribute('tint', new BufferAttribute(chainTints(chains), 3, true));
    geometry.setIndex(new BufferAttribute(indices, 1));
    const side = DoubleSide;
    this.object = new Mesh(geometry, new ShaderMaterial({ vertexShader, fragmentShader, side }));
    this.object.frustumCulled = false;
    // Before the translucent shells, which are drawn over it.
    this.object.renderOrder = -1;
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.object.material.dispose();
  }
}
