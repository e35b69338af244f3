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
