import { AppError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import type { BackendDriver } from './types.ts';

/** Names under which drivers that compute on the processor present themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b|\bcpu\b/i;

export function isSoftwareAdapter(info: Partial<GPUAdapterInfo>): boolean {
  const words = [info.vendor, info.architecture, info.device, info.description].join(' ');
  return info.isFallbackAdapter === true || SOFTWARE.test(words);
}

export function adapterName(info: Partial<GPUAdapterInfo>): string {
  const name =
    info.description || [info.vendor, info.architecture || info.device].filter(Boolean).join(' ');
  return name || 'unnamed graphics adapter';
}

export const webgpu: BackendDriver = {
  async probe() {
    const gpu = globalThis.navigator?.gpu as GPU | undefined;
    const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
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
    await import('@tensorflow/tfjs-backend-webgpu');
    if (!(await tf.setBackend('webgpu'))) {
      throw new AppError(
        'unsupported',
        'WebGPU could not be started on this machine; accepted: wasm, cpu',
      );
    }
    const { device, adapterInfo } = tf.backend() as unknown as {
      device: GPUDevice;
      adapterInfo?: Partial<GPUAdapterInfo>;
    };
    return {
      device: adapterName(adapterInfo ?? {}),
      lost: device.lost.then(({ message, reason }) => message || reason || 'unknown reason'),
    };
  },
};
