import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { DeviceFailure } from '../../backends/failure.ts';
import type { Quads } from './quads.ts';

/**
 * A fragment shader that writes several textures at once, which tfjs's own programs cannot: one vec4 to
 * each of `y0, y1, …` at its pixel. Everything that `code` depends on must be in `key`.
 */
export interface Pass {
  readonly key: string;
  /** Textures written. */
  readonly targets: number;
  /** Textures read, by name. */
  readonly inputs: readonly string[];
  /** Integer uniforms by name, scalars or `ivec3`. */
  readonly uniforms: Readonly<Record<string, number | readonly number[]>>;
  /** GLSL ES 3.00: functions and `void main()`. */
  readonly code: () => string;
}

interface Compiled {
  readonly program: WebGLProgram;
  readonly locations: Map<string, WebGLUniformLocation | null>;
}

interface Programs {
  readonly framebuffer: WebGLFramebuffer;
  readonly compiled: Map<string, Compiled>;
}

const cache = new WeakMap<WebGL2RenderingContext, Programs>();

/** One triangle that covers the viewport, without any vertex buffer. */
const VERTICES = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

/** How the passes run on a device. */
export interface Mode {
  /** Textures that one pass may write: 4 everywhere, 8 on most devices. */
  readonly targets: number;
  /** Multiply-adds after which a band of a pass is handed over. */
  readonly mostWork: number;
}

/** About 0.2 s on a slow integrated graphics processor; Windows resets a device after 2 s. */
const MOST_WORK = 2e9;

export function modeOf(backend: MathBackendWebGL): Mode {
  const gl = context(backend);
  const targets = Math.min(
    8,
    gl.getParameter(gl.MAX_DRAW_BUFFERS) as number,
    gl.getParameter(gl.MAX_COLOR_ATTACHMENTS) as number,
  );
  return { targets, mostWork: MOST_WORK };
}

/**
 * Runs a pass over all pixels of its targets, which are all of the size `quads`; in bands of `rows` pixel
 * rows, each handed to the device on its own.
 */
export function draw(
  backend: MathBackendWebGL,
  pass: Pass,
  inputs: readonly TensorInfo[],
  targets: readonly TensorInfo[],
  quads: Quads,
  rows: number,
): void {
  const gl = context(backend);
  const { framebuffer, compiled } = programs(gl);
  let ready = compiled.get(pass.key);
  if (!ready) {
    ready = compile(gl, pass);
    compiled.set(pass.key, ready);
  }
  const attachments = targets.map((_, i) => gl.COLOR_ATTACHMENT0 + i);
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  for (const [i, target] of targets.entries())
    attach(gl, attachments[i], backend.getTexture(target.dataId));
  gl.drawBuffers(attachments);
  // biome-ignore lint/correctness/useHookAtTopLevel: WebGL's, not React's.
  gl.useProgram(ready.program);
  gl.bindVertexArray(null);
  for (const [i, input] of inputs.entries()) {
    gl.activeTexture(gl.TEXTURE0 + i);
    gl.bindTexture(gl.TEXTURE_2D, backend.getTexture(input.dataId));
    gl.uniform1i(ready.locations.get(pass.inputs[i]) ?? null, i);
  }
  for (const [name, value] of Object.entries(pass.uniforms)) {
    const location = ready.locations.get(name) ?? null;
    if (typeof value === 'number') gl.uniform1i(location, value);
    else gl.uniform3iv(location, [...value]);
  }
  gl.viewport(0, 0, quads.width, quads.height);
  for (let row = 0; row < quads.height; row += rows) {
    gl.scissor(0, row, quads.width, Math.min(rows, quads.height - row));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    if (rows < quads.height) gl.flush();
  }
  for (const attachment of attachments) attach(gl, attachment, null);
}

function attach(gl: WebGL2RenderingContext, at: number, texture: WebGLTexture | null): void {
  gl.framebufferTexture2D(gl.FRAMEBUFFER, at, gl.TEXTURE_2D, texture, 0);
}

function context(backend: MathBackendWebGL): WebGL2RenderingContext {
  return backend.getGPGPUContext().gl as WebGL2RenderingContext;
}

function programs(gl: WebGL2RenderingContext): Programs {
  const known = cache.get(gl);
  if (known) return known;
  const made = { framebuffer: gl.createFramebuffer() as WebGLFramebuffer, compiled: new Map() };
  cache.set(gl, made);
  return made;
}

/** @throws DeviceFailure `fault` with the driver's words */
function compile(gl: WebGL2RenderingContext, pass: Pass): Compiled {
  const program = gl.createProgram() as WebGLProgram;
  const shaders = [
    shader(gl, gl.VERTEX_SHADER, VERTICES),
    shader(gl, gl.FRAGMENT_SHADER, fragmentSource(pass)),
  ];
  for (const part of shaders) gl.attachShader(program, part);
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    const words = [program, ...shaders].map((_, i) =>
      i === 0 ? gl.getProgramInfoLog(program) : gl.getShaderInfoLog(shaders[i - 1]),
    );
    throw new DeviceFailure(
      'fault',
      `The graphics device refused a shader (${words.filter(Boolean).join('; ').trim()}).`,
    );
  }
  for (const part of shaders) gl.deleteShader(part);
  const names = [...pass.inputs, ...Object.keys(pass.uniforms)];
  const locations = new Map(names.map((name) => [name, gl.getUniformLocation(program, name)]));
  return { program, locations };
}

function shader(gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader {
  const made = gl.createShader(kind) as WebGLShader;
  gl.shaderSource(made, source);
  gl.compileShader(made);
  return made;
}

function fragmentSource({ inputs, uniforms, targets, code }: Pass): string {
  const type = (value: number | readonly number[]) => (typeof value === 'number' ? 'int' : 'ivec3');
  return `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
${inputs.map((name) => `uniform sampler2D ${name};`).join('\n')}
${Object.entries(uniforms)
  .map(([name, value]) => `uniform ${type(value)} ${name};`)
  .join('\n')}
${Array.from({ length: targets }, (_, i) => `layout(location = ${i}) out vec4 y${i};`).join('\n')}
${code()}`;
}
