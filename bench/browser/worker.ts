/** Worker of the bench's page: one engine on one backend, forward passes of one volume. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { adapterName } from '../../src/engine/backends/adapter.ts';
import { kernelThreads, registerFastKernels } from '../../src/engine/kernels/index.ts';
import { sharingMemory } from '../../src/engine/kernels/wasm/shared-memory.ts';
import { openNetwork } from '../../src/engine/model/open.ts';
import { predict } from '../../src/engine/explain/forward.ts';
import { mainView, placeLoaded } from '../../src/engine/loaded.ts';
import { openSource } from '../../src/engine/model/source.ts';
import { tf } from '../../src/engine/tf.ts';
import { adapterInfo } from '../../src/engine/tfjs-internals.ts';
import type { PageAnswer, PageRequest } from './messages.ts';

type Load = Extract<PageRequest, { do: 'load' }>;

let run: () => Promise<ArrayLike<number>>;

async function bytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function prepareTfjs(own: boolean, backend: Load['backend']): Promise<string> {
  const { inputShape } = await (await fetch('/files/about.json')).json();
  if (backend === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  setWasmPaths('/tfjs/');
  if (own) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // as the engine does
  const start = () => tf.setBackend(backend);
  if (!(await (own ? sharingMemory(start) : start()))) throw new Error(`no ${backend}`);
  if (own) await registerFastKernels(backend);
  const url = new URL('/files/model.json', self.location.href).href;
  const source = openSource({ kind: 'url', id: 'network', url }, bytes);
  const { network } = mainView(placeLoaded('network', await openNetwork(source, {}, {})));
  const input = new Float32Array((await bytes('/files/input.f32')).buffer);
  run = async () => {
    const y = tf.tidy(() => predict(network, tf.tensor(input, [1, ...inputShape])));
    const values = await y.data();
    y.dispose();
    return values;
  };
  if (backend === 'wasm') return own ? `${await kernelThreads()} threads` : 'threads of tfjs';
  return adapterName(adapterInfo(tf.backend() as WebGPUBackend));
}

/** Loaded from its own files, as its documentation has it. */
async function prepareOrt(backend: Load['backend'], threads: number): Promise<string> {
  const module = `/ort/ort.${backend}.min.mjs`;
  const ort = (await import(/* @vite-ignore */ module)) as typeof import('onnxruntime-web');
  ort.env.wasm.wasmPaths = '/ort/';
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(await bytes('/files/network.onnx'), {
    executionProviders: [backend],
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const { inputShape } = await (await fetch('/files/about.json')).json();
  const [z, y, x, c] = inputShape as number[];
  const input = new Float32Array((await bytes('/files/input.f32')).buffer);
  run = async () => {
    const result = await session.run({ x: new ort.Tensor('float32', input, [1, c, z, y, x]) });
    return (await result.y.getData()) as Float32Array;
  };
  return `ONNX Runtime Web ${ort.env.versions.web}`;
}

async function respond(request: PageRequest): Promise<PageAnswer> {
  if (request.do === 'load') {
    const { engine, backend, threads } = request;
    if (engine === 'ort') return { device: await prepareOrt(backend, threads) };
    return { device: await prepareTfjs(engine === 'own', backend) };
  }
  const start = performance.now();
  const values = await run();
  return { ms: performance.now() - start, values: Array.from(values) };
}

self.onmessage = async ({ data }: MessageEvent<PageRequest>) => {
  const answer = await respond(data).catch((error) => ({ error: String(error) }));
  self.postMessage(answer);
};
