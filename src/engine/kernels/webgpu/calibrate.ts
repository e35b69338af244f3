import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { forward, convInfo, type Shape5 } from '../geometry.ts';
import { isSoftwareAdapter } from '../../backends/webgpu.ts';
import { convolve, type Mode, MOST_WORK, type Variant } from './conv.ts';
import { submit } from './program.ts';

/** CNN-2's second convolution. */
const SHAPE: Shape5 = [1, 20, 20, 20, 32];
const FILTER: Shape5 = [3, 3, 3, 32, 32];
/** Convolutions timed at a time: about 1 ms on a fast card, 50 ms on a slow integrated one. */
const RUNS = 8;
const ROUNDS = 3;
/** What the form with subgroups must save to be taken. */
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

/** How kernels run on the backend's device: as found by {@link calibrate}, else without subgroups. */
export function modeOf(backend: WebGPUBackend): Mode {
  const variant = variantOf(backend);
  return chosen.get(backend.device) ?? { variant, mostWork: MOST_WORK[variant] };
}

/** The size that no subgroup of the device is below; 0 where it has no subgroup operations. */
export function smallestSubgroup({ device }: WebGPUBackend): number {
  return device.features.has('subgroups') ? (device.adapterInfo?.subgroupMinSize ?? 0) : 0;
}

/**
 * Times one convolution with subgroup operations and with workgroup memory on the device and keeps to the
 * faster, once for each device. Which one that is cannot be told from a device's name: ONNX Runtime saw
 * matrix products with subgroups run twice as fast on one Intel processor, as fast on NVIDIA and four times
 * slower on another Intel processor (its pull requests 23224 and 23377 and issue 28531).
 */
export async function calibrate(backend: WebGPUBackend): Promise<Mode> {
  const plain = modeOf(backend);
  const { device } = backend;
  if (chosen.has(device)) return plain;
  const subgroup = plain.variant === 'direct' ? 0 : smallestSubgroup(backend);
  let best = plain;
  if (subgroup > 0) {
    const shared = { ...plain, subgroup };
    // A device that fails here says so again when it is put to work.
    const [without, withThem] = await race(backend, [plain, shared]).catch(() => [0, 0]);
    if (withThem < GAIN * without) best = shared;
  }
  chosen.set(device, best);
  return best;
}

/** Milliseconds of each mode: the least of some rounds in turns, after one that compiles. */
export async function race(
  backend: WebGPUBackend,
  modes: readonly Mode[],
  { runs, rounds } = { runs: RUNS, rounds: ROUNDS },
): Promise<number[]> {
  const ones = (shape: Shape5) =>
    backend.makeTensorInfo(
      shape,
      'float32',
      new Float32Array(shape.reduce((a, b) => a * b)).fill(1),
    );
  const [x, filter] = [ones(SHAPE), ones(FILTER)];
  const info = convInfo(SHAPE, FILTER, { strides: [1, 1, 1], pad: 'same', dilations: [1, 1, 1] });
  const times = modes.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, mode] of modes.entries()) {
      const start = performance.now();
      for (let run = 0; run < (round === 0 ? 1 : runs); run++) {
        const y = convolve(backend, forward(info), x, filter, undefined, info.outShape, mode);
        backend.disposeData(y.dataId);
      }
      submit(backend);
      await backend.device.queue.onSubmittedWorkDone();
      if (round > 0) times[i] = Math.min(times[i], performance.now() - start);
    }
  }
  for (const { dataId } of [x, filter]) backend.disposeData(dataId);
  return times;
}
