import { AppError, sentence } from '../../core/errors.ts';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from '../tf.ts';
import { adapterInfo, webgpuDevice } from '../tfjs-internals.ts';
import { adapterName, isSoftwareAdapter } from './adapter.ts';
import type { BackendDriver, Complaint, MemoryLimits } from './types.ts';

/** tfjs's own for WebGPU. */
const PRIORITY = 3;

const SCOPES = ['out-of-memory', 'internal', 'validation'] as const;

/** Where tfjs's kernels and this project's gain from more than the standard guarantees. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

type Limits = Readonly<Record<string, number>>;

/** As much as the adapter has. */
const most = (offered: GPUSupportedLimits): Limits =>
  Object.fromEntries(LIMITS.map((name) => [name, offered[name]]));

/** What the graphics memory of a small machine holds beside the rest of a browser. */
const ASSUMED_MEMORY = 2 * 2 ** 30;
const SLAB = 192 * 2 ** 20;

/**
 * What a device can hold. WebGPU reports how large one buffer can be, but not how much memory there is:
 * that is taken for 2 GiB, and for less on a device whose largest buffer is below 512 MiB, as on phones.
 * A device that has less than assumed reports so, and the task moves to another backend.
 */
export function memoryOf({
  maxStorageBufferBindingSize,
  maxBufferSize,
}: Pick<GPUSupportedLimits, 'maxStorageBufferBindingSize' | 'maxBufferSize'>): MemoryLimits {
  const tensor = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  return {
    total: Math.min(ASSUMED_MEMORY, 4 * maxBufferSize),
    slab: Math.min(SLAB, tensor),
    operation: Number.POSITIVE_INFINITY,
    tensor,
  };
}

/**
 * TensorFlow.js on WebGPU. `limits` are asked of the adapter; what is left out stays at what the standard
 * guarantees everywhere.
 */
export function createWebgpu(
  limits: (offered: GPUSupportedLimits) => Limits = most,
): BackendDriver {
  let own: GPUDevice | undefined;

  /** Makes a device that tfjs uses from here on, in place of any before. */
  async function register(): Promise<GPUDevice> {
    const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
    const adapter = await requestAdapter();
    if (!adapter) throw refused('no graphics adapter answers');
    const requiredLimits = limits(adapter.limits) as Record<string, GPUSize64>;
    const device = await adapter.requestDevice({ requiredLimits }).catch((error: unknown) => {
      throw refused(`${adapterName(adapter.info)} gives no device: ${sentence(error)}`);
    });
    if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
    tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info), PRIORITY);
    own = device;
    return device;
  }

  return {
    async probe() {
      const adapter = await requestAdapter();
      if (!adapter) return undefined;
      const hardware = !isSoftwareAdapter(adapter.info);
      return {
        name: 'webgpu',
        device: adapterName(adapter.info),
        hardware,
        reason: hardware
          ? 'WebGPU on real graphics hardware is the fastest.'
          : `WebGPU runs on ${adapterName(adapter.info)}, which computes on the processor.`,
      };
    },

    async start() {
      const used = webgpuDevice();
      const reusable = used && !lost.has(used) && (used === own || limits === most);
      const device = reusable ? used : await register();
      void device.lost.then(() => lost.add(device));
      if (!(await tf.setBackend('webgpu'))) throw refused('TensorFlow.js cannot use it');
      return {
        device: adapterName(adapterInfo(tf.backend() as WebGPUBackend)),
        memory: memoryOf(device.limits),
        lost: device.lost.then(({ message, reason }) => message || reason || 'unknown reason'),
        listen: () => listen(device),
      };
    },
  };
}

export const webgpu = createWebgpu();

const lost = new WeakSet<GPUDevice>();

async function requestAdapter(): Promise<GPUAdapter | null> {
  const gpu = globalThis.navigator?.gpu as GPU | undefined;
  return (await gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;
}

function refused(why: string): AppError {
  return new AppError(
    'unsupported',
    `WebGPU could not be started on this machine (${why}); accepted: wasm, cpu`,
  );
}

/** Scopes around a task: without them errors go to the console and the results are zeros. */
function listen(device: GPUDevice): () => Promise<Complaint | undefined> {
  for (const filter of SCOPES) device.pushErrorScope(filter);
  return async () => {
    // Popped in the reverse order; a lost device may reject, its loss is reported elsewhere.
    const pops = SCOPES.map(() => device.popErrorScope().catch(() => null));
    const [validation, internal, memory] = await Promise.all(pops);
    const gravest = memory ?? internal ?? validation;
    return gravest ? { kind: memory ? 'memory' : 'fault', message: gravest.message } : undefined;
  };
}
