/** Worker of the bench's page: opens a network as the app does when its file is dropped. */
import { LocalEngine } from '../../src/engine/local.ts';
import { fetchUrl } from '../../src/engine/model/fetch.ts';
import { createPlatform } from '../../src/engine/platform.ts';

const simd = '/tfjs/tfjs-backend-wasm-simd.wasm';
const engine = new LocalEngine(
  createPlatform(fetchUrl, {
    'tfjs-backend-wasm.wasm': '/tfjs/tfjs-backend-wasm.wasm',
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
  }),
);

self.onmessage = async ({ data }: MessageEvent<{ file: File; inputShape: number[] }>) => {
  try {
    const { file, inputShape } = data;
    await engine.selectBackend('wasm');
    const start = performance.now();
    const files = [{ name: file.name, bytes: file }];
    const { parameters } = await engine.loadModel({ kind: 'files', id: 'n', files, inputShape });
    self.postMessage({ ms: performance.now() - start, parameters });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
