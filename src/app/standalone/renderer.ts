import { centroids, type TriangleSorter, triangleSorter } from '../../core/surface/sort.ts';
import { type Bounds, eyeDistance, pixelsPerAngstrom, radiusOf, turn } from '../../scene/camera.ts';
import type { ShellLook } from '../../scene/shellGeometry.ts';
import { fragmentShader, vertexShader } from '../../scene/shellShading.ts';
import type { CameraState } from '../../state/index.ts';
import type { UnpackedMesh } from './pack.ts';

/** What three declares by itself. */
const VERTEX = `
  attribute vec3 position;
  attribute vec3 normal;
  uniform mat4 modelViewMatrix;
  uniform mat4 projectionMatrix;
  uniform mat3 normalMatrix;
  uniform bool isOrthographic;
  ${vertexShader}`;

/** Surfaces on the graphics device. */
export interface Uploaded {
  readonly sorter: TriangleSorter;
  readonly order: Uint32Array;
  readonly index: WebGLBuffer;
  readonly array: WebGLVertexArrayObject;
}

/** Draws views one after the other on one canvas of its own, from which they are copied. */
export class Renderer {
  readonly canvas = document.createElement('canvas');
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;

  /** @throws Error when the browser gives no WebGL2 */
  constructor() {
    const gl = this.canvas.getContext('webgl2', { premultipliedAlpha: true, antialias: true });
    if (!gl) throw new Error('This browser gives no WebGL2, so nothing can be turned here.');
    this.#gl = gl;
    const program = gl.createProgram();
    for (const [type, source] of [
      [gl.VERTEX_SHADER, VERTEX],
      [gl.FRAGMENT_SHADER, fragmentShader],
    ] as const) {
      const shader = gl.createShader(type)!;
      gl.shaderSource(shader, `precision highp float;${source}`);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    this.#program = program;
  }

  upload(mesh: UnpackedMesh, looks: readonly ShellLook[]): Uploaded {
    const gl = this.#gl;
    const tint = new Uint8Array((mesh.positions.length / 3) * 4);
    looks.forEach(({ color, opacity }, shell) => {
      for (let i = mesh.vertexStarts[shell]; i < mesh.vertexStarts[shell + 1]; i++) {
        tint.set([...color, Math.round(255 * opacity)], 4 * i);
      }
    });
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    const attribute = (name: string, data: BufferSource, size: number, type: number) => {
      const place = gl.getAttribLocation(this.#program, name);
      gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
      gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, size, type, type !== gl.FLOAT, 0, 0);
    };
    attribute('position', mesh.positions as BufferSource, 3, gl.FLOAT);
    attribute('normal', mesh.normals as BufferSource, 3, gl.BYTE);
    attribute('tint', tint, 4, gl.UNSIGNED_BYTE);
    const index = gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, index);
    gl.bindVertexArray(null);
    const sorter = triangleSorter(mesh.indices, centroids(mesh.positions, mesh.indices));
    return { sorter, order: new Uint32Array(mesh.indices.length), index, array };
  }

  /** One view, `width` by `height` pixels, on a clear ground. */
  draw(view: Uploaded, camera: CameraState, bounds: Bounds, width: number, height: number): void {
    const gl = this.#gl;
    this.canvas.width = width;
    this.canvas.height = height;
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    // biome-ignore lint/correctness/useHookAtTopLevel: it is WebGL's
    gl.useProgram(this.#program);
    const orthographic = camera.projection === 'orthographic';
    const back = turn(camera.quaternion, [0, 0, 1]);
    const scale = pixelsPerAngstrom(camera, bounds, width, height);
    const distance = eyeDistance(camera, bounds, scale, height);
    const eye = [0, 1, 2].map((i) => camera.target[i] + distance * back[i]);
    if (orthographic) view.sorter.byDirection([-back[0], -back[1], -back[2]], view.order);
    else view.sorter.byDistance([eye[0], eye[1], eye[2]], view.order);

    const matrix = viewMatrix(camera, eye);
    const uniform = (name: string) => gl.getUniformLocation(this.#program, name);
    gl.uniformMatrix4fv(uniform('modelViewMatrix'), false, matrix);
    gl.uniformMatrix3fv(
      uniform('normalMatrix'),
      false,
      [0, 1, 2, 4, 5, 6, 8, 9, 10].map((i) => matrix[i]),
    );
    const half = [width / 2 / scale, height / 2 / scale] as const;
    const depth = 2.5 * radiusOf(bounds);
    gl.uniformMatrix4fv(
      uniform('projectionMatrix'),
      false,
      projection(
        orthographic,
        half,
        Math.max(distance - depth, distance * 0.02),
        distance + depth,
        distance,
      ),
    );
    gl.uniform1i(uniform('isOrthographic'), Number(orthographic));

    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.bindVertexArray(view.array);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, view.order, gl.DYNAMIC_DRAW);
    gl.drawElements(gl.TRIANGLES, view.order.length, gl.UNSIGNED_INT, 0);
  }
}

/** World (about the middle of the bounds) to camera, column-major. */
function viewMatrix({ quaternion }: CameraState, eye: readonly number[]): number[] {
  const axes = [
    turn(quaternion, [1, 0, 0]),
    turn(quaternion, [0, 1, 0]),
    turn(quaternion, [0, 0, 1]),
  ];
  const columns = [0, 1, 2].flatMap((i) => [axes[0][i], axes[1][i], axes[2][i], 0]);
  const moved = axes.map((axis) => -(axis[0] * eye[0] + axis[1] * eye[1] + axis[2] * eye[2]));
  return [...columns, ...moved, 1];
}

/** @param half Å across and up at `distance`, where the target lies */
function projection(
  orthographic: boolean,
  half: readonly [number, number],
  near: number,
  far: number,
  distance: number,
): number[] {
  const range = far - near;
  if (orthographic) {
    return [
      1 / half[0],
      0,
      0,
      0,
      0,
      1 / half[1],
      0,
      0,
      0,
      0,
      -2 / range,
      0,
      0,
      0,
      -(far + near) / range,
      1,
    ];
  }
  const [x, y] = [distance / half[0], distance / half[1]];
  return [
    x,
    0,
    0,
    0,
    0,
    y,
    0,
    0,
    0,
    0,
    -(far + near) / range,
    -1,
    0,
    0,
    (-2 * far * near) / range,
    0,
  ];
}
