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
  // Without a context: making one waits for whatever the page is drawing, and WebGL is chosen by hand alone.
  async probe() {
    if (typeof OffscreenCanvas === 'undefined' || typeof WebGL2RenderingContext === 'undefined') {
      return undefined;
    }
    return { name: 'webgl', device: 'WebGL 2', hardware: false, reason: 'Chosen by hand.' };
  },
  async start() {
    await import('@tensorflow/tfjs-backend-webgl');
    if (!(await tf.setBackend('webgl'))) {
      throw new AppError('unsupported', 'WebGL 2 could not be started; accepted: wasm, cpu');
    }
    return { device: 'WebGL 2' };
  },
};
