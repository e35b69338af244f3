/// <reference types="vite/client" />
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { serveWorker } from '../worker/serve.ts';
import { LocalEngine } from './local.ts';
import { fetchUrl } from './model/fetch.ts';
import { createPlatform } from './platform.ts';
import { engineCalls } from './serve.ts';

const engine = new LocalEngine(
  createPlatform(fetchUrl, {
    'tfjs-backend-wasm.wasm': wasmUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    // Not started (see backends/wasm.ts), but tfjs wants to know every file.
    'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
  }),
);

serveWorker(engineCalls(engine));
