import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { env, type TensorInfo } from '@tensorflow/tfjs-core';
import { DeviceFailure } from '../../backends/failure.ts';

/**
 * A texture of four float32 per texel, `height` rows of `width`. tfjs keeps it as a packed tensor of twice
 * the size along both axes; only this folder's shaders know what is where in it.
 */
export interface Quads {
  readonly width: number;
  readonly height: number;
}

/** Room for `quads` whose content a shader will write. */
export function makeQuads(backend: MathBackendWebGL, quads: Quads): TensorInfo {
  const made = backend.makeTensorInfo(logicalShape(quads), 'float32');
  backend.texData.get(made.dataId).isPacked = true;
  backend.uploadToGPU(made.dataId);
  return made;
}

/** The shape under which tfjs makes a packed texture of this size. */
export function logicalShape({ width, height }: Quads): [number, number] {
  return [2 * height, 2 * width];
}

/** The largest edge of a texture. */
export function maxEdge(): number {
  return env().getNumber('WEBGL_MAX_TEXTURE_SIZE');
}

/** Texels in a row of what is laid out in rows: enough to need few of them. */
export function rowLength(): number {
  return Math.min(8192, maxEdge());
}

/** @throws DeviceFailure `limit` when no texture of this device is as large, in words about `what` */
export function assertFits({ width, height }: Quads, what: string): void {
  const edge = maxEdge();
  if (width <= edge && height <= edge) return;
  throw new DeviceFailure(
    'limit',
    `${what} needs a texture of ${width} x ${height} texels, more than the ${edge} x ${edge} that this graphics device allows; accepted: a smaller volume, or backend wasm.`,
  );
}

/** Whether tfjs has the tensor, or would bring it, as blocks of 2 x 2. */
export function isPacked(backend: MathBackendWebGL, x: TensorInfo): boolean {
  const { texture, isPacked: packed } = backend.texData.get(x.dataId);
  return texture == null || packed === true;
}

/** Runs a program of tfjs's kind whose output is packed and stays so. */
export function runPacked(
  backend: MathBackendWebGL,
  variableNames: string[],
  inputs: TensorInfo[],
  outputShape: number[],
  userCode: string,
  packedInputs: boolean,
): TensorInfo {
  const program = { variableNames, outputShape, userCode, packedInputs, packedOutput: true };
  return backend.runWebGLProgram(program, inputs, 'float32', undefined, true);
}
