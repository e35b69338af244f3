import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { env, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { DeviceFailure } from '../../backends/failure.ts';
import { COMPILE_ONLY, recorder } from '../../tfjs-internals.ts';

/**
 * A compute shader: `code` declares the operands' bindings (see {@link binding}), all of which it uses, and
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
  const tfjs = recorder(backend);
  const { device, pipelineCache } = tfjs;
  for (const { dataId } of [output, ...operands]) tfjs.uploadToGPU(dataId);
  const ahead = env().getBool(COMPILE_ONLY);
  pipelineCache[kernel.key] ??= compile(device, shader(kernel, operands.length, uniforms), ahead);
  if (ahead) return;
  const flat = (tensor: TensorInfo): TensorInfo => ({
    ...tensor,
    shape: [util.sizeFromShape(tensor.shape)],
  });
  const program = {
    pipeline: pipelineCache[kernel.key],
    dispatch: withinLimit(groups, device.limits.maxComputeWorkgroupsPerDimension),
    size: true,
    outputShape: flat(output).shape,
  };
  const values = Object.values(uniforms).map((value) => ({ type: 'int32', data: [value].flat() }));
  tfjs.recordAndSubmit(program, flat(output), operands.map(flat), values);
}

/** The uniforms begin as `recordAndSubmit` writes them: sizes and strides of flat operands and output. */
function shader(kernel: Kernel, operands: number, uniforms: Uniforms): string {
  const given = Array.from({ length: operands }, (_, i) => `size${i}: i32, stride${i}: i32,`);
  const own = Object.entries(uniforms).map(
    ([name, value]) => `${name}: ${typeof value === 'number' ? 'i32' : 'vec3<i32>'},`,
  );
  return `
struct Uniforms {
  nan: f32, infinity: f32, ${given.join(' ')} sizeOut: i32, strideOut: i32, size: i32, ${own.join(' ')}
};
@group(0) @binding(${operands + 1}) var<uniform> uniforms: Uniforms;
var<private> localId: vec3<u32>;
var<private> localIndex: u32;
var<private> workgroupId: vec3<u32>;
${kernel.code()}
@compute @workgroup_size(${kernel.workgroup.join()})
fn start(@builtin(local_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) at: u32,
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  localId = id;
  localIndex = at;
  workgroupId = group;
  let flat = (group.z * groups.y + group.y) * groups.x + group.x;
  main(i32(flat * ${kernel.workgroup.reduce((a, b) => a * b)}u + at));
}`;
}

function compile(
  device: GPUDevice,
  code: string,
  ahead: boolean,
): GPUComputePipeline | Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ code });
  const compute = { module, entryPoint: 'start' };
  return ahead
    ? device.createComputePipelineAsync({ compute, layout: 'auto' })
    : device.createComputePipeline({ compute, layout: 'auto' });
}

/**
 * Workgroups along x alone, which ask for nothing but their running index, spread over y and z where they
 * exceed the limit; the index then runs past the last one asked for.
 */
export function withinLimit([x, y, z]: Groups, limit: number): Groups {
  if (x <= limit || y > 1 || z > 1) return [x, y, z];
  const rows = Math.ceil(x / limit);
  if (rows <= limit) return [Math.ceil(x / rows), rows, 1];
  const planes = Math.ceil(rows / limit);
  return [limit, Math.ceil(rows / planes), planes];
}

/** Hands what is recorded to the device, so that no single submission runs into a driver's watchdog. */
export function submit(backend: WebGPUBackend): void {
  const tfjs = recorder(backend);
  if (!tfjs.commandEncoder) return; // tfjs has just done it: it hands over every 15 runs
  tfjs.endComputePassEncoder();
  tfjs.submitQueue();
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
