import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { forward, convInfo, type Shape5 } from '../geometry.ts';
import { isSoftwareAdapter } from '../../backends/webgpu.ts';
import { convolve, type Mode, MOST_WORK, type Variant } from './conv.ts';
import { submit } from './program.ts';

/** CNN-1's second convolution, 3.5 GFLOP: 1 ms on a fast card, 20 ms on a slow integrated one. */
const EDGE = 40;
const CHANNELS = 32;
const ROUNDS = 3;
/** A round is as many convolutions as take this long, at most {@link MOST_RUNS}. */
const ROUND_MS = 8;
const MOST_RUNS = 16;
/** What another form must save to be taken. */
const GAIN = 0.95;

const chosen = new WeakMap<GPUDevice, Mode>();

/**
 * Direct on drivers that compute on the processor. Measured on SwiftShader, 2 cores, 32 to 32 channels at
 * 20^3 and 3x3x3: direct 0.26 s forward, 0.24 s and 0.44 s its gradients; tfjs's kernels 5 s, 19 s, 18 s.
 */
export function variantOf(backend: WebGPUBackend): Variant {
  const info = backend.device.adapterInfo ?? backend.adapterInfo;
  return isSoftwareAdapter(info as Partial<GPUAdapterInfo>) ? 'direct' : 'tiled';
}

/** How kernels run on the backend's device: as found by {@link calibrate}, else in the plain form. */
export function modeOf(backend: WebGPUBackend): Mode {
  const variant = variantOf(backend);
  return chosen.get(backend.device) ?? { variant, mostWork: MOST_WORK[variant] };
}

/** The size that no subgroup of the device is below; 0 where it has no subgroup operations. */
export function smallestSubgroup({ device }: WebGPUBackend): number {
  return device.features.has('subgroups') ? (device.adapterInfo?.subgroupMinSize ?? 0) : 0;
}

/**
 * Times one convolution in the forms for graphics hardware that the device can run and keeps to the
 * fastest, once for each device. Which one that is cannot be told from a device's name: ONNX Runtime saw
 * matrix products with subgroups run twice as fast on one Intel processor, as fast on NVIDIA and four times
 * slower on another Intel processor (its pull requests 23224 and 23377 and issue 28531).
 */
export async function calibrate(backend: WebGPUBackend): Promise<Mode> {
  const plain = modeOf(backend);
  const { device } = backend;
  if (chosen.has(device) || plain.variant === 'direct') return plain;
  const modes = await trusted(backend, formsOf(backend, plain)).catch(() => [plain]);
  // A device that fails here says so again when it is put to work.
  const times = await race(backend, modes).catch(() => modes.map(() => 0));
  const best = times.reduce((a, time, i) => (time < GAIN * times[a] ? i : a), 0);
  chosen.set(device, modes[best]);
  return modes[best];
}

/** The forms for graphics hardware that a device can run, the safest first. */
export function formsOf(backend: WebGPUBackend, plain: Mode): Mode[] {
  const subgroup = smallestSubgroup(backend);
  const forms = [plain, { ...plain, wide: true }];
  return subgroup > 0 ? [...forms, { ...plain, subgroup }] : forms;
}

/**
 * The modes that give the first one's numbers, to the bit, for a volume of odd edges: small whole numbers,
 * whose sums are exact in any order. Drivers have had faults in their subgroup operations.
 */
export async function trusted(backend: WebGPUBackend, modes: readonly Mode[]): Promise<Mode[]> {
  const whole = (shape: Shape5) => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => {
      const spread = Math.imul(i + 1, 2654435761) >>> 0;
      return (spread % 17) - 8;
    });
    return backend.makeTensorInfo(shape, 'float32', values);
  };
  const shape: Shape5 = [1, 7, 9, 11, CHANNELS];
  const filterShape: Shape5 = [3, 3, 3, CHANNELS, CHANNELS];
  const info = convInfo(shape, filterShape, { strides: [1, 1, 1], pad: 'same', dilations: 1 });
  const [x, filter] = [whole(shape), whole(filterShape)];
  const results: Float32Array[] = [];
  for (const mode of modes) {
    const y = convolve(backend, forward(info), x, filter, undefined, info.outShape, mode);
    results.push((await backend.read(y.dataId)) as Float32Array);
    backend.disposeData(y.dataId);
  }
  for (const { dataId } of [x, filter]) backend.disposeData(dataId);
  const [first, ...others] = results.map((values) => values.join());
  return modes.filter((_, i) => i === 0 || others[i - 1] === first);
}

/** Milliseconds of each mode for one convolution: the least of some rounds in turns. */
export async function race(
  backend: WebGPUBackend,
  modes: readonly Mode[],
  { edge, rounds } = { edge: EDGE, rounds: ROUNDS },
): Promise<number[]> {
  const ones = (shape: Shape5) => {
    const values = new Float32Array(shape.reduce((a, b) => a * b)).fill(1);
    return backend.makeTensorInfo(shape, 'float32', values);
  };
  const shape: Shape5 = [1, edge, edge, edge, CHANNELS];
  const filterShape: Shape5 = [3, 3, 3, CHANNELS, CHANNELS];
  const info = convInfo(shape, filterShape, { strides: [1, 1, 1], pad: 'same', dilations: 1 });
  const [x, filter] = [ones(shape), ones(filterShape)];
  const time = async (mode: Mode, runs: number) => {
    const start = performance.now();
    for (let run = 0; run < runs; run++) {
      const y = convolve(backend, forward(info), x, filter, undefined, info.outShape, mode);
      backend.disposeData(y.dataId);
    }
    submit(backend);
    await backend.device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / runs;
  };
  for (const mode of modes) await time(mode, 1); // compiles
  const once = await time(modes[0], 1);
  const runs = Math.min(MOST_RUNS, Math.max(1, Math.round(ROUND_MS / once)));
  const times = modes.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [i, mode] of modes.entries()) times[i] = Math.min(times[i], await time(mode, runs));
  }
  for (const { dataId } of [x, filter]) backend.disposeData(dataId);
  return times;
}
