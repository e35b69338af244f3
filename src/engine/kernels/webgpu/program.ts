import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { DeviceFailure } from '../../backends/failure.ts';

/**
 * A compute shader: `code` declares its own views of the operands' bindings (see {@link binding}) and
 * `fn main(index: i32)`. Everything that `code` depends on must be in `key`.
 */
export interface Kernel {
  readonly key: string;
  readonly workgroup: readonly [number, number, number];
  readonly code: () => string;
}

/** Integer uniforms by name: one number, or `[d, h, w]`. */
export type Uniforms = Readonly<Record<string, number | readonly number[]>>;

export type Groups = [x: number, y: number, z: number];

/** tfjs's own declarations stay unused: several may share a binding when only one of them is used. */
export function binding(at: number, name: string, type: string): string {
  const access = at === 0 ? 'read_write' : 'read';
  return `@group(0) @binding(${at}) var<storage, ${access}> ${name}: array<${type}>;`;
}

/** Runs a kernel on `groups` workgroups; operands take bindings 1, 2, ...; the output takes 0. */
export function execute(
  backend: WebGPUBackend,
  kernel: Kernel,
  operands: readonly TensorInfo[],
  output: TensorInfo,
  uniforms: Uniforms,
  groups: Groups,
): void {
  for (const { shape } of [...operands, output]) assertBindable(backend, shape);
  const names = Object.keys(uniforms);
  const flat = (tensor: TensorInfo): TensorInfo => ({
    ...tensor,
    shape: [util.sizeFromShape(tensor.shape)],
  });
  const program: WebGPUProgram = {
    variableNames: operands.map((_, i) => `operand${i}`),
    uniforms: names
      .map((name) => `${name}: ${typeof uniforms[name] === 'number' ? 'i32' : 'vec3<i32>'},`)
      .join(' '),
    workgroupSize: [...kernel.workgroup],
    outputShape: flat(output).shape,
    dispatchLayout: { x: [0] },
    dispatch: groups,
    size: true,
    shaderKey: kernel.key,
    getUserCode: kernel.code,
  };
  const values = names.map((name) => ({ type: 'int32', data: [uniforms[name]].flat() }));
  backend.runWebGPUProgram(program, operands.map(flat), output.dtype, values, flat(output));
}

/** Hands what is recorded to the device, so that no single submission runs into a driver's watchdog. */
export function submit(backend: WebGPUBackend): void {
  const recorder = backend as unknown as {
    commandEncoder: GPUCommandEncoder | null;
    endComputePassEncoder(): void;
  };
  if (!recorder.commandEncoder) return; // tfjs has just done it: it hands over every 15 runs
  recorder.endComputePassEncoder();
  backend.submitQueue();
}

/** Parts `total` workgroups into runs that stay within the dispatch limit and `most` each. */
export function slices(
  backend: WebGPUBackend,
  total: number,
  most: number,
): { start: number; count: number }[] {
  const limit = backend.device.limits.maxComputeWorkgroupsPerDimension;
  const size = Math.max(1, Math.min(limit, Math.floor(most)));
  return Array.from({ length: Math.ceil(total / size) }, (_, i) => ({
    start: i * size,
    count: Math.min(size, total - i * size),
  }));
}

/**
 * @throws DeviceFailure `limit` when the tensor is larger than what the device lets a shader see, with
 * the edge of the cube that would fit
 */
export function assertBindable(backend: WebGPUBackend, shape: readonly number[]): void {
  const { maxStorageBufferBindingSize, maxBufferSize } = backend.device.limits;
  const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  const bytes = util.sizeFromShape([...shape]) * 4;
  if (bytes <= limit) return;
  const [batch, , , , channels] = shape;
  const edge = Math.floor(Math.cbrt(limit / 4 / (batch * channels)));
  const fits =
    shape.length === 5
      ? `a volume of at most ${edge} x ${edge} x ${edge} voxels at ${batch} x ${channels} channels, or backend wasm`
      : 'smaller tensors, or backend wasm';
  throw new DeviceFailure(
    'limit',
    `A tensor of shape [${shape.join(', ')}] takes ${megabytes(bytes)}, more than the ${megabytes(limit)} ` +
      `that this graphics device gives a shader; accepted: ${fits}.`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
