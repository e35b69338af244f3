import {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  DoubleSide,
  Group,
  LinearFilter,
  Mesh,
  ShaderMaterial,
} from 'three';
import type { Bounds } from './camera.ts';

/** A picture of one slice, standing where the slice is. */
export interface PlaneImage {
  /** World axes that run across, up and through the picture: 0 is x. */
  readonly across: 0 | 1 | 2;
  readonly up: 0 | 1 | 2;
  readonly through: 0 | 1 | 2;
  /** Å, world, along `through`. */
  readonly at: number;
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity, the top row first. */
  readonly rgba: Uint8ClampedArray;
}

const vertexShader = /* glsl */ `
  varying vec2 vPlace;
  void main() {
    vPlace = uv;
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }
`;

/** The picture as it is: slices are measured, not lit. */
const fragmentShader = /* glsl */ `
  uniform sampler2D picture;
  varying vec2 vPlace;
  void main() {
    gl_FragColor = texture2D(picture, vPlace);
    if (gl_FragColor.a < 0.5) discard;
  }
`;

/** Pictures of slices in the box of one view. */
export class SlicePlanes {
  readonly object = new Group();
  private readonly planes: Plane[] = [];

  constructor(private readonly bounds: Bounds) {}

  show(images: readonly PlaneImage[]): void {
    while (this.planes.length < images.length) {
      const plane = new Plane();
      this.planes.push(plane);
      this.object.add(plane.mesh);
    }
    this.planes.forEach((plane, i) => {
      plane.mesh.visible = i < images.length;
      if (i < images.length) plane.show(images[i], this.bounds);
    });
  }

  dispose(): void {
    for (const plane of this.planes) plane.dispose();
  }
}

class Plane {
  readonly mesh: Mesh<BufferGeometry, ShaderMaterial>;
  private texture: DataTexture | null = null;

  constructor() {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(new Float32Array(12), 3));
    // The first row of the picture is the top one.
    geometry.setAttribute('uv', new BufferAttribute(Float32Array.of(0, 1, 1, 1, 0, 0, 1, 0), 2));
    geometry.setIndex([0, 1, 2, 2, 1, 3]);
    const uniforms = { picture: { value: null } };
    const material = new ShaderMaterial({
      ...{ vertexShader, fragmentShader, uniforms, side: DoubleSide },
    });
    this.mesh = new Mesh(geometry, material);
    this.mesh.frustumCulled = false;
    // Before the translucent shells, which are drawn over it.
    this.mesh.renderOrder = -2;
  }

  show({ across, up, through, at, width, height, rgba }: PlaneImage, bounds: Bounds): void {
    const position = this.mesh.geometry.getAttribute('position') as BufferAttribute;
    for (let corner = 0; corner < 4; corner++) {
      const place = 3 * corner;
      position.array[place + across] = (corner & 1 ? 1 : -1) * bounds.half[across];
      position.array[place + up] = (corner & 2 ? 1 : -1) * bounds.half[up];
      position.array[place + through] = at - bounds.centre[through];
    }
    position.needsUpdate = true;
    const { image } = this.texture ?? {};
    if (this.texture && image?.width === width && image.height === height) {
      (image.data as Uint8Array).set(rgba);
    } else {
      this.texture?.dispose();
      this.texture = new DataTexture(new Uint8Array(rgba), width, height);
      this.texture.minFilter = LinearFilter;
      this.mesh.material.uniforms.picture.value = this.texture;
    }
    this.texture.needsUpdate = true;
  }

  dispose(): void {
    this.texture?.dispose();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
