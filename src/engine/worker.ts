/// <reference types="vite/client" />
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { expose, transfer } from 'comlink';
import { LocalEngine } from './local.ts';
import { fetchUrl } from './model/fetch.ts';
import { createPlatform } from './platform.ts';
import type { EngineWorker } from './protocol.ts';
import { detach, serveEngine } from './serve.ts';

const served = serveEngine(
  new LocalEngine(
    createPlatform(fetchUrl, {
      'tfjs-backend-wasm.wasm': wasmUrl,
      'tfjs-backend-wasm-simd.wasm': simdUrl,
      // Not started (see backends/wasm.ts), but tfjs wants to know every file.
      'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
    }),
  ),
);

const api: EngineWorker = {
  async run(call, onProgress) {
    const transfers: Transferable[] = [];
    const reply = detach(await served.run(call, onProgress), transfers);
    return transfer(reply, transfers);
  },
  abort: served.abort,
};

expose(api);
