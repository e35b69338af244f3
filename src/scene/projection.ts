import {
  BackSide,
  BoxGeometry,
  ClampToEdgeWrapping,
  CustomBlending,
  Data3DTexture,
  DataTexture,
  LinearFilter,
  Mesh,
  NearestFilter,
  OneFactor,
  OneMinusSrcAlphaFactor,
  RedFormat,
  ShaderMaterial,
  Vector3,
  Vector4,
} from 'three';
import { ENTRIES, HALF, NEUTRAL, type SliceColors } from '../core/color/index.ts';
import { MOST_STEPS } from '../core/surface/projectRay.ts';
import type { FloatVolume } from '../core/volume/types.ts';
import type { Bounds } from './camera.ts';

/** A map projected along the line of sight over the mean of a density, both on one grid. */
export interface ProjectionSpec {
  readonly density: FloatVolume;
  readonly heat: FloatVolume;
  /** The window is that of means of the density along lines of sight. */
  readonly colors: SliceColors;
}

const vertexShader = /* glsl */ `
  varying vec3 vLeave;
  varying vec3 vSight;
  varying vec3 vEye;
  void main() {
    mat4 back = inverse(modelViewMatrix);
    vLeave = position;
    vEye = (back * vec4(0.0, 0.0, 0.0, 1.0)).xyz;
    vSight = isOrthographic ? (back * vec4(0.0, 0.0, -1.0, 0.0)).xyz : position - vEye;
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }
`;

/** Both volumes are bytes: the map from -1 to 1 of its scale, the density over its range. */
const fragmentShader = /* glsl */ `
  uniform sampler3D heat;
  uniform sampler3D density;
  uniform sampler2D table;
  uniform mat4 modelViewMatrix;
  uniform vec3 halves;
  uniform vec3 voxels;
  uniform vec2 window;
  uniform vec2 signs;
  uniform bool grey;
  uniform bool painted;
  uniform vec3 neutral;
  uniform vec4 cut[3];
  uniform int cuts;
  varying vec3 vLeave;
  varying vec3 vSight;
  varying vec3 vEye;

  bool isCut(vec3 place) {
    if (cuts == 0) return false;
    vec3 seen = (modelViewMatrix * vec4(place, 1.0)).xyz;
    for (int i = 0; i < 3; i++)
      if (i < cuts && dot(cut[i].xyz, seen) <= cut[i].w) return false;
    return true;
  }

  void main() {
    vec3 sight = normalize(vSight);
    vec3 enters = min((-halves - vLeave) / sight, (halves - vLeave) / sight);
    float way = -max(max(enters.x, enters.y), enters.z);
    if (!isOrthographic) way = min(way, distance(vLeave, vEye));
    float crossed = way * length(sight * voxels / (2.0 * halves));
    int steps = int(clamp(ceil(2.0 * crossed), 1.0, ${MOST_STEPS}.0));
    float best = 0.0;
    float sum = 0.0;
    float seen = 0.0;
    for (int i = 0; i < steps; i++) {
      vec3 place = vLeave - sight * way * (1.0 - (float(i) + 0.5) / float(steps));
      if (isCut(place)) continue;
      vec3 at = place / (2.0 * halves) + 0.5;
      float value = clamp((texture(heat, at).r * 255.0 - 128.0) / 127.0, signs.x, signs.y);
      if (abs(value) > abs(best)) best = value;
      sum += texture(density, at).r;
      seen += 1.0;
    }
    if (seen == 0.0) discard;
    vec3 color = grey ? vec3(clamp((sum / seen - window.x) * window.y, 0.0, 1.0)) : neutral;
    float entry = (best * ${HALF}.0 + ${HALF}.5) / ${ENTRIES}.0;
    vec4 heatColor = texture(table, vec2(entry, 0.5));
    if (painted) color = mix(color, heatColor.rgb, heatColor.a);
    // The mean of few voxels is mostly noise: the rim of the box fades out.
    float cover = smoothstep(0.0, 0.3 * min(min(halves.x, halves.y), halves.z), way * seen / float(steps));
    gl_FragColor = vec4(color * cover, cover);
  }
`;

/** The projection of one view. */
export class ProjectionBox {
  readonly mesh: Mesh<BoxGeometry, ShaderMaterial>;
  private shown: ProjectionSpec | null = null;

  constructor({ half }: Bounds) {
    const uniforms = {
      ...{ heat: { value: null }, density: { value: null }, table: { value: null } },
      ...{ halves: { value: new Vector3(...half) }, voxels: { value: new Vector3() } },
      ...{ window: { value: [0, 1] }, signs: { value: [-1, 1] } },
      ...{ grey: { value: true }, painted: { value: true } },
      neutral: { value: NEUTRAL.map((one) => one / 255) },
      cut: { value: [new Vector4(), new Vector4(), new Vector4()] },
      cuts: { value: 0 },
    };
    this.mesh = new Mesh(
      new BoxGeometry(2 * half[0], 2 * half[1], 2 * half[2]),
      new ShaderMaterial({
        ...{ vertexShader, fragmentShader, uniforms },
        ...{ side: BackSide, transparent: true, depthWrite: false, premultipliedAlpha: true },
        ...{ blending: CustomBlending, blendSrc: OneFactor, blendDst: OneMinusSrcAlphaFactor },
      }),
    );
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
    // Before the lines of the box, which stand over it.
    this.mesh.renderOrder = -3;
  }

  show(spec: ProjectionSpec | null): void {
    this.mesh.visible = spec !== null;
    if (!spec) {
      this.release();
      return;
    }
    const { density, heat, colors } = spec;
    const { window, scale, mix, sign } = colors;
    const { uniforms } = this.mesh.material;
    const [nz, ny, nx] = density.shape;
    uniforms.voxels.value.set(nx, ny, nz);
    const before = this.shown;
    if (before?.density !== density) {
      const [low, high] = rangeOf(density.data);
      uniforms.density.value?.dispose();
      uniforms.density.value = texture3D(density, (value) => ((value - low) / (high - low)) * 255);
      uniforms.density.value.userData = { low, high };
    }
    if (before?.heat !== heat || before.colors.scale.limit !== scale.limit) {
      const steps = scale.limit > 0 ? 127 / scale.limit : 0;
      uniforms.heat.value?.dispose();
      uniforms.heat.value = texture3D(heat, (value) => 128 + (value * steps || 0));
    }
    const { low, high } = uniforms.density.value.userData;
    const width = (window.high - window.low) / (high - low);
    uniforms.window.value = [(window.low - low) / (high - low), 1 / width];
    uniforms.signs.value = [sign === 'positive' ? 0 : -1, sign === 'negative' ? 0 : 1];
    uniforms.grey.value = mix !== 'heatmap';
    uniforms.painted.value = mix !== 'density';
    uniforms.table.value?.dispose();
    const { solid, overlay } = scale.palette;
    uniforms.table.value = tableTexture(mix === 'heatmap' ? solid : overlay);
    this.shown = spec;
  }

  /** Takes the volumes off the graphics device. */
  private release(): void {
    const { heat, density, table } = this.mesh.material.uniforms;
    for (const uniform of [heat, density, table]) {
      uniform.value?.dispose();
      uniform.value = null;
    }
    this.shown = null;
  }

  dispose(): void {
    this.release();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

/** Of the values that are numbers, with some room where all are equal. */
function rangeOf(data: Float32Array): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low < high ? [low, high] : [0, 1];
}

/** Interpolated between voxel centres, which every device does for bytes. */
function texture3D({ data, shape }: FloatVolume, byte: (value: number) => number): Data3DTexture {
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    bytes[i] = Math.min(255, Math.max(0, Math.round(byte(data[i]) || 0)));
  }
  const texture = new Data3DTexture(bytes, shape[2], shape[1], shape[0]);
  texture.format = RedFormat;
  texture.minFilter = texture.magFilter = LinearFilter;
  texture.wrapS = texture.wrapT = texture.wrapR = ClampToEdgeWrapping;
  texture.unpackAlignment = 1;
  texture.needsUpdate = true;
  return texture;
}

function tableTexture(table: Uint8ClampedArray): DataTexture {
  const texture = new DataTexture(new Uint8Array(table), ENTRIES, 1);
  texture.minFilter = texture.magFilter = NearestFilter;
  texture.needsUpdate = true;
  return texture;
}
