/** Worker of the device bench's page. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { adapterName } from '../../src/engine/backends/adapter.ts';
import { kernelThreads } from '../../src/engine/kernels/index.ts';
import { sharingMemory } from '../../src/engine/kernels/wasm/shared-memory.ts';
import { LocalEngine } from '../../src/engine/local.ts';
import { fetchUrl } from '../../src/engine/model/fetch.ts';
import { createPlatform } from '../../src/engine/platform.ts';
import { tf } from '../../src/engine/tf.ts';
import { adapterInfo } from '../../src/engine/tfjs-internals.ts';
import { measureDevice } from './measure.ts';
import type { DeviceAnswer, DeviceRequest } from './messages.ts';

const WASM = [
  'tfjs-backend-wasm.wasm',
  'tfjs-backend-wasm-simd.wasm',
  'tfjs-backend-wasm-threaded-simd.wasm',
];

async function measure(request: DeviceRequest, say: (answer: DeviceAnswer) => void): Promise<void> {
  const { backend } = request;
  if (backend === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  setWasmPaths('/tfjs/');
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // as the engine does
  if (!(await sharingMemory(() => tf.setBackend(backend)))) throw new Error(`no ${backend}`);
  const paths = Object.fromEntries(WASM.map((name) => [name, `/tfjs/${name}`]));
  const engine = new LocalEngine(createPlatform(fetchUrl, paths));
  if (backend === 'webgpu')
    say({ device: adapterName(adapterInfo(tf.backend() as WebGPUBackend)) });
  await measureDevice(engine, request, (row) => say({ row }));
  if (backend === 'wasm') say({ device: `${await kernelThreads()} threads` });
}

self.onmessage = async ({ data }: MessageEvent<DeviceRequest>) => {
  const say = (answer: DeviceAnswer) => self.postMessage(answer);
  await measure(data, say).then(
    () => say({ done: true }),
    (error) => say({ error: String(error) }),
  );
};
