import { AppError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import type { BackendDriver } from './types.ts';

export const cpu: BackendDriver = {
  probe: async () => ({
    name: 'cpu',
    device: 'plain JavaScript',
    hardware: true,
    reason: 'Neither WebGPU nor WebAssembly is available.',
  }),
  async start() {
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    return { device: 'plain JavaScript' };
  },
};

export const webgl: BackendDriver = {
  async probe() {
    if (typeof OffscreenCanvas === 'undefined') return undefined;
    const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
    if (!gl) return undefined;
    const info = gl.getExtension('WEBGL_debug_renderer_info');
    const device = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    return { name: 'webgl', device, hardware: false, reason: 'Chosen by hand.' };
  },
  async start() {
    await import('@tensorflow/tfjs-backend-webgl');
    if (!(await tf.setBackend('webgl'))) {
      throw new AppError('unsupported', 'WebGL 2 could not be started; accepted: wasm, cpu');
    }
    return { device: 'WebGL 2' };
  },
};
